#include "client/cli/environment.hpp"

#include "client/cli/option_values.hpp"
#include "client/cli/url.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <unistd.h>

namespace mq::cli {
namespace {

/// What an option does with its one value.
template <Outcome<void> (*option)(Options&, OptionValues)>
Outcome<void> as(Options& options, const std::string& value) {
    return option(options, std::array{value});
}

bool has_broker(const Options& options) {
    return !options.host.empty() || !options.unix_path.empty();
}

bool has_trust(const Options& options) {
    return !options.unix_path.empty() || !options.cafile.empty() || !options.capath.empty() ||
           !options.psk.empty();
}

/// Whatever of a URL was not said otherwise; unlike -L's it may do without a topic.
Outcome<void> apply_url(Options& options, const std::string& value) {
    auto parsed = parse_broker_url(value);
    if (!parsed) {
        return parsed.error();
    }
    if (parsed->topic == "" || !options.topics.empty()) {
        parsed->topic.reset();
    }
    if (options.port) {
        parsed->port = options.port;
    }
    if (options.user || options.password) {
        parsed->password.reset();  // it may be another user's
    }
    if (options.user) {
        parsed->user.reset();
    }
    return apply::parsed_url(options, std::move(*parsed));
}

/// Looks at the file at once: later it could not be told where the path is from.
Outcome<void> apply_cafile(Options& options, const std::string& value) {
    if (::access(value.c_str(), R_OK) != 0) {
        return system_problem(value, errno);
    }
    options.cafile = value;
    return {};
}

// MQTT_URL comes behind those that say one thing each, and goes without what these have said.
constexpr Variable variables[] = {
    {"MQTT_HOST", program_every, has_broker, as<apply::text<&Options::host>>},
    {"MQTT_PORT", program_every, [](const Options& o) { return o.port.has_value(); },
     as<apply::number<&Options::port, 0, 65535>>},
    {"MQTT_USERNAME", program_every, [](const Options& o) { return o.user.has_value(); },
     as<apply::utf8<&Options::user>>},
    {"MQTT_PASSWORD", program_every, [](const Options& o) { return o.password.has_value(); },
     as<apply::password>},
    {"MQTT_CLIENT_ID", program_all | program_ctl,
     [](const Options& o) { return o.id || o.id_prefix; }, as<apply::id>},
    {"MQTT_CAFILE", program_every, has_trust, apply_cafile},
    {"MQTT_URL", program_every, has_broker, apply_url},
};

}  // namespace

std::span<const Variable> environment_variables() {
    return variables;
}

Outcome<void> apply_environment(Options& options) {
    if (options.is(program_ctl) && !options.says_which_broker()) {
        return {};
    }
    for (const Variable& variable : variables) {
        const char* const value = std::getenv(variable.name);
        if (value == nullptr || *value == '\0' || !options.is(variable.programs) ||
            variable.is_said(options)) {
            continue;
        }
        if (auto done = variable.apply(options, value); !done) {
            return Problem{std::string(variable.name) + ": " + done.error().what, ""};
        }
    }
    return {};
}

}  // namespace mq::cli
