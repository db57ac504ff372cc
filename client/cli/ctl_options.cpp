#include "client/cli/ctl_options.hpp"

#include "client/cli/ctl_commands.hpp"
#include "client/cli/option_parser.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace mq::cli {
namespace {

using Words = std::vector<std::string>;

Problem wrong(Problem problem) {
    problem.exit_code = ctl_exit_arguments;
    return problem;
}

/// A command line, taken apart.
struct Parts {
    Words ours;     ///< options of the table with their values
    Words command;  ///< the rest
};

/// Whether a value follows this option of a command.
bool command_option_has_value(const std::string& word) {
    constexpr std::array with_value{"-f", "--file", "-n", "--count"};
    return std::find(with_value.begin(), with_value.end(), word) != with_value.end();
}

Outcome<Parts> take_apart(const Words& words) {
    Parts parts;
    for (std::size_t at = 0; at < words.size(); ++at) {
        const std::string& word = words[at];
        const OptionRow* const row = find_option(program_ctl, word);
        if (row == nullptr) {
            parts.command.push_back(word);
            if (command_option_has_value(word) && at + 1 < words.size()) {
                parts.command.push_back(words[++at]);
            } else if (word == "dynsec" && parts.command.size() == 1) {
                // its arguments are its own business
                parts.command.insert(parts.command.end(),
                                     words.begin() + static_cast<std::ptrdiff_t>(at) + 1,
                                     words.end());
                break;
            }
            continue;
        }
        const auto count = values_of(*row, words, at, program_ctl);
        if (!count) {
            return count.error();
        }
        const auto begin = words.begin() + static_cast<std::ptrdiff_t>(at);
        parts.ours.insert(parts.ours.end(), begin, begin + static_cast<std::ptrdiff_t>(*count) + 1);
        at += *count;
    }
    return parts;
}

/// There is one way to the broker.
Outcome<void> check_way(const Options& options) {
    const bool socket = !options.control_socket.empty();
    const bool prefix = !options.prefix.empty();
    const char* const what =
        (socket || prefix) && options.says_which_broker()
            ? "--socket and --prefix go to the broker of this account, and exclude options "
              "about another way"
        : socket && prefix ? "--socket and --prefix exclude each other"
                           : nullptr;
    return what == nullptr ? Outcome<void>()
                           : Problem{what, "", "For help type: mqctl --help", ctl_exit_arguments};
}

}  // namespace

Outcome<CtlOptions> read_ctl_options(int argc, char** argv) {
    CtlOptions options;
    auto parts = take_apart(Words(argv + std::min(argc, 1), argv + argc));
    if (!parts) {
        return wrong(parts.error());
    }
    Options& broker = options.broker;
    if (auto done = read_options_into(broker, parts->ours); !done) {
        return wrong(done.error());
    }
    wipe_passwords(argc, argv);
    if (broker.help || broker.show_version) {
        options.verb = broker.help ? CtlVerb::help : CtlVerb::version;
        return options;
    }
    if (auto done = complete_options(broker); !done) {
        return wrong(done.error());
    }
    if (auto done = check_way(broker); !done) {
        return done.error();
    }
    const auto command = read_ctl_command(options, std::move(parts->command));
    if (!command) {
        return command.error();
    }
    if (!*command && argc > 1) {
        return Problem{"What is to be done? There is no command", "", "For help type: mqctl --help",
                       ctl_exit_arguments};
    }
    return options;
}

}  // namespace mq::cli
