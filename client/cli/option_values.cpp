#include "client/cli/option_values.hpp"

#include "client/cli/password_source.hpp"
#include "client/cli/url.hpp"

#include <charconv>
#include <cmath>
#include <cstdlib>

namespace mq::cli::apply {
namespace {

Outcome<void> wrong(std::string why) {
    return Problem{std::move(why), ""};
}

Outcome<void> check_filter(const std::string& filter) {
    if (auto valid = check_utf8(filter); !valid) {
        return valid;
    }
    if (mosquitto_sub_topic_check(filter.c_str()) != MOSQ_ERR_SUCCESS) {
        return wrong(
            "'" + filter +
            "' is no filter: it must have 1 to 65535 bytes and at most 200 slashes, + must "
            "fill a level, # the last one");
    }
    return {};
}

Outcome<void> check_topic(const std::string& topic) {
    if (auto valid = check_utf8(topic); !valid) {
        return valid;
    }
    if (mosquitto_pub_topic_check(topic.c_str()) != MOSQ_ERR_SUCCESS) {
        return wrong("'" + topic +
                     "' is no topic: it must have 1 to 65535 bytes and at most 200 slashes, and "
                     "neither + nor #");
    }
    return {};
}

Outcome<void> take_password(Options& options, Outcome<Secret> password) {
    if (!password) {
        return password.error();
    }
    options.password = std::move(*password);
    return {};
}

}  // namespace

Outcome<long> whole_number(const std::string& text, long low, long high) {
    long value = 0;
    const char* const end = text.data() + text.size();
    const char* const start = text.data() + (text.size() > 1 && text[0] == '+' ? 1 : 0);
    const auto [stop, error] = std::from_chars(start, end, value);
    if (error != std::errc{} || stop != end || value < low || value > high) {
        return Problem{"'" + text + "' is no whole number from " + std::to_string(low) + " to " +
                           std::to_string(high),
                       ""};
    }
    return value;
}

Outcome<double> fraction(const std::string& text, double high) {
    char* end = nullptr;
    const double value = std::strtod(text.c_str(), &end);
    if (text.empty() || *end != '\0' || !std::isfinite(value) || value < 0 || value > high) {
        return Problem{
            "'" + text + "' is no number from 0 to " + std::to_string(static_cast<long>(high)), ""};
    }
    return value;
}

Outcome<void> check_utf8(const std::string& text) {
    const bool fits = text.size() <= 65535;
    if (!fits ||
        mosquitto_validate_utf8(text.c_str(), static_cast<int>(text.size())) != MOSQ_ERR_SUCCESS) {
        return wrong("the text must be UTF-8 without control characters, and at most 65535 bytes");
    }
    return {};
}

Outcome<void> parsed_url(Options& options, BrokerUrl url) {
    if (url.tls) {
        options.tls_use_os_certs = true;
    }
    options.websockets = options.websockets || url.websockets;
    options.host = std::move(url.host);
    options.port = url.port.value_or(default_port(url.tls));
    if (url.user) {
        options.user = std::move(url.user);
    }
    if (url.password) {
        options.password = std::move(url.password);
    }
    if (!url.topic || options.is(program_ctl | program_bench)) {
        return {};  // these two have topics of their own
    }
    const std::string one[] = {std::move(*url.topic)};
    return topic(options, one);
}

Outcome<void> url(Options& options, OptionValues values) {
    auto parsed = parse_broker_url(values[0]);
    if (!parsed) {
        return parsed.error();
    }
    if (!parsed->topic && options.is(program_all)) {
        return wrong("the topic is missing: /topic behind the host");
    }
    return parsed_url(options, std::move(*parsed));
}

Outcome<void> proxy(Options& options, OptionValues values) {
    auto parsed = parse_proxy_url(values[0]);
    if (!parsed) {
        return parsed.error();
    }
    options.proxy_host = std::move(parsed->host);
    options.proxy_port = parsed->port.value_or(1080);
    options.proxy_user = std::move(parsed->user).value_or("");
    if (parsed->password) {
        options.proxy_password = std::move(*parsed->password);
    }
    return {};
}

Outcome<void> version(Options& options, OptionValues values) {
    static constexpr struct {
        const char* name;
        int version;
    } names[] = {{"mqttv31", MQTT_PROTOCOL_V31},   {"31", MQTT_PROTOCOL_V31},
                 {"mqttv311", MQTT_PROTOCOL_V311}, {"311", MQTT_PROTOCOL_V311},
                 {"mqttv5", MQTT_PROTOCOL_V5},     {"5", MQTT_PROTOCOL_V5}};
    for (const auto& each : names) {
        if (values[0] == each.name) {
            options.version = each.version;
            return {};
        }
    }
    return wrong("there is no version '" + values[0] +
                 "'; there are 5 (mqttv5), 311 (mqttv311) and 31 (mqttv31)");
}

Outcome<void> id(Options& options, OptionValues values) {
    if (options.id_prefix) {
        return wrong("-i and -I exclude each other");
    }
    return utf8<&Options::id>(options, values);
}

Outcome<void> id_prefix(Options& options, OptionValues values) {
    if (options.id) {
        return wrong("-i and -I exclude each other");
    }
    return utf8<&Options::id_prefix>(options, values);
}

Outcome<void> session_expiry(Options& options, OptionValues values) {
    if (values[0] == "-1" || values[0] == "\u221e") {
        options.session_expiry_s = MQTT_SESSION_EXPIRY_NEVER;
    } else {
        const auto seconds = whole_number(values[0], 0, MQTT_SESSION_EXPIRY_NEVER);
        if (!seconds) {
            return Problem{seconds.error().what + ", or -1 or \u221e for never", ""};
        }
        options.session_expiry_s = static_cast<std::uint32_t>(*seconds);
    }
    options.version = MQTT_PROTOCOL_V5;
    return {};
}

Outcome<void> password(Options& options, OptionValues values) {
    options.password = Secret(std::string(values[0]));
    return {};
}

Outcome<void> password_file(Options& options, OptionValues values) {
    return take_password(options, password_of_file(values[0]));
}

Outcome<void> password_input(Options& options, OptionValues) {
    return take_password(options, password_of_standard_input());
}

Outcome<void> password_environment(Options& options, OptionValues values) {
    return take_password(options, password_of_environment(values[0]));
}

Outcome<void> will_topic(Options& options, OptionValues values) {
    if (auto valid = check_topic(values[0]); !valid) {
        return valid;
    }
    options.will_topic = values[0];
    return {};
}

Outcome<void> topic(Options& options, OptionValues values) {
    const bool filter = options.is(program_sub | program_bench);
    if (auto valid = filter ? check_filter(values[0]) : check_topic(values[0]); !valid) {
        return valid;
    }
    if (!options.is(program_sub)) {
        options.topics.clear();  // the last one wins
    }
    options.topics.push_back(values[0]);
    return {};
}

Outcome<void> unsubscribe(Options& options, OptionValues values) {
    if (auto valid = check_filter(values[0]); !valid) {
        return valid;
    }
    options.unsubscribe.push_back(values[0]);
    return {};
}

Outcome<void> filter_out(Options& options, OptionValues values) {
    if (auto valid = check_filter(values[0]); !valid) {
        return valid;
    }
    options.filter_out.push_back(values[0]);
    return {};
}

Outcome<void> response_topic(Options& options, OptionValues values) {
    if (auto valid = check_topic(values[0]); !valid) {
        return valid;
    }
    options.response_topic = values[0];
    return {};
}

Outcome<void> retain_handling(Options& options, OptionValues values) {
    if (values[0] == "always") {
        options.retain_handling = MQTT_SUB_OPT_SEND_RETAIN_ALWAYS;
    } else if (values[0] == "new") {
        options.retain_handling = MQTT_SUB_OPT_SEND_RETAIN_NEW;
    } else if (values[0] == "never") {
        options.retain_handling = MQTT_SUB_OPT_SEND_RETAIN_NEVER;
    } else {
        return wrong("there is no '" + values[0] + "'; there are always, new and never");
    }
    return {};
}

Outcome<void> no_retained(Options& options, OptionValues) {
    if (options.retained_only) {
        return wrong("-R and --retained-only exclude each other");
    }
    options.no_retained = true;
    return {};
}

Outcome<void> retained_only(Options& options, OptionValues) {
    if (options.no_retained) {
        return wrong("-R and --retained-only exclude each other");
    }
    options.retained_only = true;
    return {};
}

Outcome<void> repeat_delay(Options& options, OptionValues values) {
    const auto seconds = fraction(values[0], 2'000'000'000.0);
    if (!seconds) {
        return seconds.error();
    }
    options.repeat_delay_s = *seconds;
    return {};
}

Outcome<void> format(Options& options, OptionValues values) {
    auto parsed = OutputFormat::parse(values[0]);
    if (!parsed) {
        return parsed.error();
    }
    options.format = std::move(*parsed);
    return {};
}

Outcome<void> random_filter(Options& options, OptionValues values) {
    const auto percent = fraction(values[0], 100);
    if (!percent || *percent < 0.1) {
        return wrong("'" + values[0] + "' is no percentage from 0.1 to 100");
    }
    options.percent_of_100 = static_cast<unsigned>(std::lround(*percent * 100));
    return {};
}

Outcome<void> latency(Options& options, OptionValues) {
    options.latency = true;
    options.nodelay = true;
    return {};
}

Outcome<void> service_lookup(Options&, OptionValues) {
    return wrong("looking up brokers by DNS SRV is not there; name the host by -h");
}

}  // namespace mq::cli::apply
