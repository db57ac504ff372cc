#include "broker/config/arguments.hpp"

#include "broker/config/nearest.hpp"
#include "broker/config/words.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>

namespace mq::broker {
namespace {

using config::quoted;

constexpr int invalid_input = 3;

constexpr std::string_view option_names[] = {
    "-c",           "--config-file", "-d", "--daemon", "-h", "--help",    "--version",
    "-p",           "--port",        "-q", "--quiet",  "-v", "--verbose", "--test-config",
    "--tls-keylog", "--explain-acl",
};

Problem misuse(const std::string& text) {
    return {"Error: " + text, "", "Use '-h' to see the usage.", invalid_input};
}

/// Walks over the arguments; a value belongs to the option before it.
class Reader {
 public:
    explicit Reader(std::span<const std::string_view> arguments) : left_(arguments) {}

    Outcome<Arguments> read() {
        while (!left_.empty() && !is_last_action()) {
            const auto option = left_.front();
            left_ = left_.subspan(1);
            if (auto taken = take(option); !taken) {
                return taken.error();
            }
        }
        return result_;
    }

 private:
    [[nodiscard]] bool is_last_action() const {
        return result_.action == Arguments::Action::help ||
               result_.action == Arguments::Action::version;
    }

    Outcome<void> take(std::string_view option) {
        if (option == "-c" || option == "--config-file") {
            return take_config_file(option);
        }
        if (option == "-p" || option == "--port") {
            return take_port(option);
        }
        if (option == "--explain-acl") {
            return take_acl_question(option);
        }
        if (option == "--tls-keylog") {
            return take_tls_keylog(option);
        }
        return take_switch(option);
    }

    Outcome<void> take_switch(std::string_view option) {
        if (option == "-d" || option == "--daemon") {
            result_.daemon = true;
        } else if (option == "-q" || option == "--quiet") {
            result_.quiet = true;
        } else if (option == "-v" || option == "--verbose") {
            result_.verbose = true;
        } else if (option == "-h" || option == "--help") {
            result_.action = Arguments::Action::help;
        } else if (option == "--version") {
            result_.action = Arguments::Action::version;
        } else if (option == "--test-config") {
            result_.action = Arguments::Action::test_config;
        } else {
            return unknown(option);
        }
        return {};
    }

    Outcome<void> take_config_file(std::string_view option) {
        const auto path = value();
        if (!path) {
            return misuse(quoted(option) + " needs the path of a configuration file behind it.");
        }
        result_.config_files.emplace_back(*path);
        return {};
    }

    Outcome<void> take_tls_keylog(std::string_view option) {
        const auto path = value();
        if (!path || path->empty()) {
            return misuse(quoted(option) + " needs the path of a file behind it.");
        }
        result_.tls_keylog = *path;
        return {};
    }

    Outcome<void> take_port(std::string_view option) {
        const auto text = value();
        if (!text) {
            return misuse(quoted(option) + " needs a port behind it.");
        }
        std::uint16_t port = 0;
        const char* const end = text->data() + text->size();
        const auto [stop, error] = std::from_chars(text->data(), end, port);
        if (error != std::errc() || stop != end || port == 0) {
            return misuse("Invalid port " + quoted(*text) +
                          ": it must be a number from 1 to 65535.");
        }
        if (result_.ports.size() == argument_ports_max) {
            return misuse(quoted(option) + " can be given " + std::to_string(argument_ports_max) +
                          " times at most.");
        }
        result_.ports.push_back(port);
        return {};
    }

    /// The words up to the next option: USER TOPIC, or USER CLIENTID TOPIC.
    Outcome<void> take_acl_question(std::string_view option) {
        const auto user = value();
        const auto first = value();
        if (!user || !first) {
            return misuse(quoted(option) +
                          " needs a user name (- for none), if you like a client "
                          "id, and a topic behind it.");
        }
        std::optional<std::string_view> second;
        if (!left_.empty() && !is_option(left_.front())) {
            second = value();
        }
        result_.action = Arguments::Action::explain_acl;
        Arguments::AclQuestion& question = result_.acl_question;
        question = {};
        if (!user->empty() && *user != "-") {
            question.user_name = *user;
        }
        if (second) {
            question.client_id = *first;
        }
        question.topic = second.value_or(*first);
        return {};
    }

    [[nodiscard]] static bool is_option(std::string_view word) {
        return std::find(std::begin(option_names), std::end(option_names), word) !=
               std::end(option_names);
    }

    [[nodiscard]] static Outcome<void> unknown(std::string_view option) {
        std::string text = "Unknown option " + quoted(option) + ".";
        if (const auto near = config::nearest_name(option, option_names); near.size() > 2) {
            text += " Did you mean " + quoted(near) + "?";
        }
        return misuse(text);
    }

    std::optional<std::string_view> value() {
        if (left_.empty()) {
            return std::nullopt;
        }
        const auto first = left_.front();
        left_ = left_.subspan(1);
        return first;
    }

    std::span<const std::string_view> left_;
    Arguments result_;
};

std::string_view base_name(std::string_view path) {
    return path.substr(path.rfind('/') + 1);
}

}  // namespace

Outcome<Arguments> parse_arguments(std::span<const std::string_view> arguments) {
    return Reader(arguments).read();
}

void override_config(Config& config, const Arguments& arguments) {
    config.tls_keylog = arguments.tls_keylog;
    if (arguments.verbose) {
        config.log.mask = log_mask_all;
    }
    if (arguments.quiet) {
        config.log.mask = 0;
        config.log.clear_destinations();
    }
}

std::string usage_text(std::string_view program_path, std::string_view version) {
    const std::string name(base_name(program_path));
    return version_text(program_path, version) + "\nUsage: " + name +
           " [-c FILE] [-d] [-h] [-p PORT] [-q] [-v] [--tls-keylog FILE]\n" + "       " + name +
           " -c FILE --test-config\n" + "       " + name +
           " -c FILE --explain-acl USER [CLIENTID] TOPIC\n" + R"(
 -c, --config-file FILE  read this configuration file; without one, the broker
                         serves programs on this machine only, on port 1883
 -d, --daemon            go into the background after the start
 -h, --help              show this text
 -p, --port PORT         port for programs on this machine; up to 10 times; has
                         no effect when the configuration opens a listener
 -q, --quiet             write no log at all
 -v, --verbose           write every type of log line
     --explain-acl USER [CLIENTID] TOPIC
                         print which line of the ACL file decides whether the
                         user may read and write the topic; USER - is a client
                         without a user name
     --test-config       check the configuration file and end: 0 if it is good
     --tls-keylog FILE   append the secrets of all TLS connections to this file,
                         by which captured traffic can be read: for debugging
     --version           show the version
)";
}

std::string version_text(std::string_view program_path, std::string_view version) {
    return std::string(base_name(program_path)) + " version " + std::string(version) +
           "\nAn MQTT broker for 5.0, 3.1.1 and 3.1, part of mqhome.\nMIT licence.\n";
}

}  // namespace mq::broker
