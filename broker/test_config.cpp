#include "broker/test_config.hpp"

#include "broker/auth/realms.hpp"
#include "broker/net/listener.hpp"

#include <string>

namespace mq::broker {

ConfigCheck test_config(const ParseResult& parsed) {
    constexpr int invalid_input = 3;
    std::string text = diagnostics_text(parsed.diagnostics);
    if (!parsed.good()) {
        return {text, invalid_input};
    }
    const auto realms = Realms().load(parsed.config);
    for (const std::string& warning : realms.warnings) {
        text += "Warning: " + warning + "\n";
    }
    std::string problems;
    for (const Problem& problem : realms.problems) {
        problems += problem.text() + "\n";
    }
    for (const ListenerConfig& listener : parsed.config.listeners) {
        if (const auto good = Listener::check_files(listener); !good) {
            problems += good.error().text() + "\n";
        }
    }
    if (!problems.empty()) {
        return {text + problems, invalid_input};
    }
    return {text + "Configuration file is OK.\n", 0};
}

}  // namespace mq::broker
