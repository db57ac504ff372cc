#pragma once

#include "client/cli/option_table.hpp"

#include <string>

namespace mq::cli {
struct BrokerUrl;
}

/// What options do with their values: one function a kind of value, and one an option that is like
/// no other. All have the type of OptionRow::apply.
namespace mq::cli::apply {

/// A whole number from `low` to `high`.
Outcome<long> whole_number(const std::string& text, long low, long high);
/// A number with a fraction, of at least 0 and at most `high`.
Outcome<double> fraction(const std::string& text, double high);
/// A problem unless `text` is UTF-8 as MQTT wants it.
Outcome<void> check_utf8(const std::string& text);

template <auto member>
Outcome<void> on(Options& options, OptionValues) {
    options.*member = true;
    return {};
}

template <auto member>
Outcome<void> off(Options& options, OptionValues) {
    options.*member = false;
    return {};
}

template <auto member>
Outcome<void> text(Options& options, OptionValues values) {
    options.*member = values[0];
    return {};
}

/// An empty name, as that of a script's variable, must not lead to the broker of this machine.
template <auto member>
Outcome<void> filled(Options& options, OptionValues values) {
    if (values[0].empty()) {
        return Problem{"there is nothing in it", ""};
    }
    return text<member>(options, values);
}

template <auto member>
Outcome<void> utf8(Options& options, OptionValues values) {
    if (auto valid = check_utf8(values[0]); !valid) {
        return valid;
    }
    options.*member = values[0];
    return {};
}

template <auto member, long low, long high>
Outcome<void> number(Options& options, OptionValues values) {
    const auto value = whole_number(values[0], low, high);
    if (!value) {
        return value.error();
    }
    using Member = std::remove_reference_t<decltype(options.*member)>;
    if constexpr (std::is_integral_v<Member>) {
        options.*member = static_cast<Member>(*value);
    } else {
        options.*member = static_cast<typename Member::value_type>(*value);
    }
    return {};
}

template <MessageSource source>
Outcome<void> message(Options& options, OptionValues values) {
    if (options.source != MessageSource::none) {
        return Problem{"only one of -f, -l, -m, -n and -s can be given", ""};
    }
    options.source = source;
    options.message = values.empty() ? std::string() : values[0];
    return {};
}

/// What a URL says about the broker; its topic, if there is one and the program has a use for it.
Outcome<void> parsed_url(Options& options, BrokerUrl url);
Outcome<void> url(Options& options, OptionValues values);
Outcome<void> proxy(Options& options, OptionValues values);
Outcome<void> version(Options& options, OptionValues values);
Outcome<void> id(Options& options, OptionValues values);
Outcome<void> id_prefix(Options& options, OptionValues values);
Outcome<void> session_expiry(Options& options, OptionValues values);
Outcome<void> password(Options& options, OptionValues values);
Outcome<void> password_file(Options& options, OptionValues values);
Outcome<void> password_input(Options& options, OptionValues values);
Outcome<void> password_environment(Options& options, OptionValues values);
Outcome<void> will_topic(Options& options, OptionValues values);
Outcome<void> topic(Options& options, OptionValues values);
Outcome<void> unsubscribe(Options& options, OptionValues values);
Outcome<void> filter_out(Options& options, OptionValues values);
Outcome<void> response_topic(Options& options, OptionValues values);
Outcome<void> retain_handling(Options& options, OptionValues values);
Outcome<void> no_retained(Options& options, OptionValues values);
Outcome<void> retained_only(Options& options, OptionValues values);
Outcome<void> repeat_delay(Options& options, OptionValues values);
Outcome<void> format(Options& options, OptionValues values);
Outcome<void> random_filter(Options& options, OptionValues values);
Outcome<void> latency(Options& options, OptionValues values);
Outcome<void> service_lookup(Options& options, OptionValues values);

}  // namespace mq::cli::apply
