#include "client/cli/option_parser.hpp"

#include "base/file.hpp"
#include "client/cli/environment.hpp"
#include "client/cli/option_check.hpp"
#include "client/cli/option_table.hpp"
#include "client/cli/property_argument.hpp"

#include <cstring>

namespace mq::cli {
namespace {

constexpr std::size_t options_file_bytes_max = std::size_t{1} << 20;

Problem usage_problem(std::string what, Program program) {
    return {std::move(what), "",
            std::string("For help type: ") + program_name(program) + " --help"};
}

/// The file of -o; empty: there is none. What is wrong in the line is told by those who read it.
std::string named_options_file(Program program, const std::vector<std::string>& words) {
    for (std::size_t at = 0; at < words.size(); ++at) {
        const auto* const row = find_option(program, words[at]);
        const auto count = row == nullptr ? Outcome<std::size_t>(std::size_t{0})
                                          : values_of(*row, words, at, program);
        if (!count) {
            return {};
        }
        if (row != nullptr && words[at] == "-o") {
            return words[at + 1];
        }
        at += *count;
    }
    return {};
}

std::vector<std::string> without_first_file(const std::vector<std::string>& words,
                                            Program program) {
    std::vector<std::string> rest;
    bool found = false;
    for (std::size_t at = 0; at < words.size(); ++at) {
        const auto* const row = find_option(program, words[at]);
        if (!found && row != nullptr && words[at] == "-o" && at + 1 < words.size()) {
            found = true;
            ++at;
            continue;
        }
        rest.push_back(words[at]);
        if (row == nullptr) {
            continue;
        }
        const auto count = values_of(*row, words, at, program);
        for (std::size_t i = 0; count && i < *count; ++i) {
            rest.push_back(words[++at]);
        }
    }
    return rest;
}

Outcome<void> read_options_file(Options& options, const std::filesystem::path& path) {
    const auto content = read_file(path, options_file_bytes_max);
    if (!content) {
        return content.error();
    }
    const auto lines = parse_options_file(*content);
    if (!lines) {
        return Problem{path.string() + ": " + lines.error().what, ""};
    }
    for (const auto& line : *lines) {
        if (auto done = parse_options(options, words_of(line, options.program)); !done) {
            return Problem{
                path.string() + ":" + std::to_string(line.number) + ": " + done.error().what, ""};
        }
    }
    return {};
}

}  // namespace

const char* program_name(Program program) {
    return program == program_pub   ? "mqpub"
           : program == program_sub ? "mqsub"
           : program == program_rr  ? "mqrr"
           : program == program_ctl ? "mqctl"
                                    : "mqbench";
}

const char* other_program_name(Program program) {
    return program == program_pub   ? "mosquitto_pub"
           : program == program_sub ? "mosquitto_sub"
           : program == program_rr  ? "mosquitto_rr"
           : program == program_ctl ? "mosquitto_ctrl"
                                    : "mqbench";
}

Outcome<std::size_t> values_of(const OptionRow& row, const std::vector<std::string>& words,
                               std::size_t at, Program program) {
    std::size_t wanted = static_cast<std::size_t>(row.values);
    const std::size_t there = words.size() - at - 1;
    if (row.values == OptionRow::property_values) {
        wanted = there >= 2 && is_user_property(words[at + 2]) ? 4 : 3;
    }
    if (there >= wanted) {
        return wanted;
    }
    if (wanted == 1) {
        return usage_problem(words[at] + " needs a value", program);
    }
    return usage_problem(words[at] + " needs " + std::to_string(wanted) +
                             (wanted == 4 ? " values: a command, user-property, a name and a value"
                                          : " values: a command, a property and its value"),
                         program);
}

void wipe_passwords(int argc, char** argv) {
    for (int i = 1; i + 1 < argc; ++i) {
        const std::string word = argv[i];
        if (word == "-P" || word == "--pw" || word == "-L" || word == "--url" ||
            word == "--proxy" || word == "--psk") {
            ::explicit_bzero(argv[i + 1], std::strlen(argv[i + 1]));
            ++i;
        }
    }
}

Outcome<void> parse_options(Options& options, const std::vector<std::string>& words) {
    for (std::size_t at = 0; at < words.size(); ++at) {
        const auto* const row = find_option(options.program, words[at]);
        if (row == nullptr) {
            return usage_problem("unknown option '" + words[at] + "'", options.program);
        }
        const auto count = values_of(*row, words, at, options.program);
        if (!count) {
            return count.error();
        }
        const OptionValues values = std::span(words).subspan(at + 1, *count);
        if (auto done = row->apply(options, values); !done) {
            return usage_problem(words[at] + ": " + done.error().what, options.program);
        }
        if (options.help || options.show_version) {
            return {};
        }
        at += *count;
    }
    return {};
}

std::vector<std::string> words_of(const OptionsFileLine& line, Program program) {
    std::vector<std::string> words = {line.option};
    const auto* const row = find_option(program, line.option);
    std::string rest = line.value;
    if (row != nullptr && row->values == OptionRow::property_values) {
        std::size_t cuts = 2;
        for (std::size_t i = 0; i < cuts; ++i) {
            const std::size_t end = rest.find(' ');
            if (end == std::string::npos) {
                break;
            }
            words.push_back(rest.substr(0, end));
            rest.erase(0, end + 1);
            if (i == 1 && is_user_property(words.back())) {
                cuts = 3;
            }
        }
    }
    if (line.has_value) {
        words.push_back(rest);
    }
    return words;
}

Outcome<void> read_options_into(Options& options, const std::vector<std::string>& words) {
    const Program program = options.program;
    const std::string named = named_options_file(program, words);
    const std::filesystem::path path =
        named.empty() ? default_options_file(program_name(program), other_program_name(program))
                      : std::filesystem::path(named);
    if (!path.empty()) {
        if (auto done = read_options_file(options, path); !done) {
            return done;
        }
    }
    return parse_options(options, without_first_file(words, program));
}

Outcome<void> complete_options(Options& options) {
    auto done = apply_environment(options);
    return done ? check_options(options) : done;
}

Outcome<Options> read_options(Program program, int argc, char** argv) {
    Options options(program);
    const std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
    if (auto done = read_options_into(options, words); !done) {
        return done.error();
    }
    wipe_passwords(argc, argv);
    if (options.help || options.show_version) {
        return options;
    }
    if (auto done = complete_options(options); !done) {
        return usage_problem(done.error().what, program);
    }
    return options;
}

}  // namespace mq::cli
