#include "broker/config/values.hpp"

#include "broker/config/address_range.hpp"
#include "broker/config/nearest.hpp"
#include "broker/config/words.hpp"
#include "mqtt/utf8.hpp"

#include <algorithm>
#include <utility>

namespace mq::broker::config {
namespace {

/// Words behind a value are ignored, as ever; a comment among them needs no remark.
bool is_surplus(std::string_view rest) {
    rest = trimmed(rest);
    return !rest.empty() && rest.front() != '#';
}

std::string range_text(const Argument& argument) {
    if (argument.raise || argument.max == int_max) {
        return argument.min == 0 || argument.raise
                   ? "it must be a whole number"
                   : "it must be a whole number, at least " + std::to_string(argument.min);
    }
    return "it must be a whole number from " + std::to_string(argument.min) + " to " +
           std::to_string(argument.max);
}

ValueResult read_boolean(const Argument&, std::string_view text) {
    const auto word = take_word(text);
    Value value;
    value.flag = word == "true" || word == "1";
    value.surplus = is_surplus(text);
    if (!value.flag && word != "false" && word != "0") {
        return Complaint{" " + quoted(word) + ": it must be true or false"};
    }
    return value;
}

ValueResult read_integer(const Argument& argument, std::string_view text) {
    const auto word = take_word(text);
    const auto number = c_integer(word);
    if (!number || *number > argument.max || (*number < argument.min && !argument.raise)) {
        return Complaint{" " + quoted(word) + ": " + range_text(argument)};
    }
    Value value;
    value.number = std::max(*number, argument.min);
    value.surplus = is_surplus(text);
    return value;
}

ValueResult read_text(const Argument& argument, std::string_view text) {
    text = trimmed(text);
    if (static_cast<std::int64_t>(text.size()) > argument.max) {
        return Complaint{": it must have at most " + std::to_string(argument.max) + " bytes"};
    }
    if (!mqtt::is_valid_utf8(text)) {
        return Complaint{": it must be UTF-8"};
    }
    Value value;
    value.text = text;
    return value;
}

ValueResult read_word(const Argument& argument, std::string_view text) {
    const auto word = take_word(text);
    const auto known = split_words(argument.words);
    for (const auto each : known) {
        if (word == each) {
            Value value;
            value.text = word;
            value.surplus = is_surplus(text);
            return value;
        }
    }
    std::string complaint =
        " " + quoted(word) + ": it must be one of " + std::string(argument.words);
    if (const auto near = nearest_name(word, known); !near.empty()) {
        complaint += "; did you mean " + quoted(near) + "?";
    }
    return Complaint{complaint};
}

ValueResult read_duration(const Argument&, std::string_view text) {
    const auto word = take_word(text);
    constexpr std::int64_t day = 86400;
    std::int64_t unit = 0;
    switch (word.empty() ? '\0' : word.back()) {
        case 's':
            unit = 1;
            break;
        case 'h':
            unit = 3600;
            break;
        case 'd':
            unit = day;
            break;
        case 'w':
            unit = 7 * day;
            break;
        case 'm':
            unit = 30 * day;
            break;
        case 'y':
            unit = 365 * day;
            break;
        default:
            break;
    }
    const auto number = unit == 0 ? std::nullopt : c_integer(word.substr(0, word.size() - 1));
    if (!number || *number <= 0) {
        return Complaint{
            " " + quoted(word) +
            ": it must be a number above 0 and one of the letters s h d w m y, as in 14d"};
    }
    Value value;
    value.number = *number * unit;
    value.surplus = is_surplus(text);
    return value;
}

ValueResult read_endpoint(const Argument&, std::string_view text) {
    const auto word = take_word(text);
    const auto port = c_integer(word);
    if (!port || *port < 0 || *port > 65535) {
        return Complaint{" " + quoted(word) + ": the port must be a whole number from 1 to 65535"};
    }
    Value value;
    value.number = *port;
    const auto host = trimmed(text);
    value.rest = host.starts_with('#') ? std::string_view{} : host;
    if (!mqtt::is_valid_utf8(value.rest)) {
        return Complaint{": the address must be UTF-8"};
    }
    if (*port == 0 && value.rest.empty()) {
        return Complaint{" '0': port 0 means a Unix socket, whose path must follow"};
    }
    return value;
}

ValueResult read_log_destination(const Argument& argument, std::string_view text) {
    auto value = read_word(argument, text);
    if (!value) {
        return value;
    }
    take_word(text);
    if (value->text == "file") {
        value->rest = trimmed(text);
        value->surplus = false;
        if (value->rest.empty()) {
            return Complaint{" 'file': a path must follow"};
        }
        if (!mqtt::is_valid_utf8(value->rest)) {
            return Complaint{" 'file': the path must be UTF-8"};
        }
    }
    return value;
}

ValueResult read_protocol_levels(const Argument&, std::string_view text) {
    bool seen[3] = {};
    for (const char each : text) {
        if (each == '3' || each == '4' || each == '5') {
            seen[each - '3'] = true;
        } else if (each != ' ' && each != ',' && each != '\t') {
            return Complaint{" " + quoted(text) +
                             ": it must be a list of protocol levels out of 3 4 5"};
        }
    }
    Value value;
    value.number = (seen[0] ? 1 : 0) | (seen[1] ? 2 : 0) | (seen[2] ? 4 : 0);
    if (!seen[0] && !seen[1] && !seen[2]) {
        return Complaint{": it must name a protocol level, 3, 4 or 5"};
    }
    return value;
}

ValueResult read_address_range(const Argument&, std::string_view text) {
    const auto word = take_word(text);
    if (!AddressRange::parse(word)) {
        return Complaint{" " + quoted(word) +
                         ": it must be a numeric address, as 192.0.2.1 or 2001:db8::/32"};
    }
    Value value;
    value.text = word;
    value.surplus = is_surplus(text);
    return value;
}

ValueResult read_hexadecimal(const Argument& argument, std::string_view text) {
    text = trimmed(text);
    const bool digits = text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
    // The value may be a secret, so the complaint does not repeat it.
    if (!digits || text.size() % 2 != 0) {
        return Complaint{": it must be whole bytes in hexadecimal digits, without 0x"};
    }
    if (argument.max != 0 && static_cast<std::int64_t>(text.size()) != argument.max) {
        return Complaint{": it must have " + std::to_string(argument.max) + " hexadecimal digits"};
    }
    Value value;
    value.text = text;
    return value;
}

ValueResult read_topic_prefix(const Argument& argument, std::string_view text) {
    if (text.find_first_of("+#") != std::string_view::npos) {
        return Complaint{" " + quoted(trimmed(text)) +
                         ": it must not contain the wildcards + and #"};
    }
    return read_text(argument, text);
}

ValueResult read_name_and_path(const Argument& argument, std::string_view text) {
    const auto name = take_word(text);
    if (trimmed(text).empty()) {
        return Complaint{" " + quoted(name) + ": a path must follow the name"};
    }
    auto value = read_text(argument, text);
    if (value) {
        value->rest = std::exchange(value->text, std::string(name));
    }
    return value;
}

}  // namespace

Argument of(Reader read, std::int64_t max) {
    Argument argument;
    argument.read = read;
    argument.max = max;
    return argument;
}

Argument boolean() {
    return of(read_boolean);
}

Argument integer(std::int64_t min, std::int64_t max) {
    Argument argument = of(read_integer, max);
    argument.min = min;
    return argument;
}

Argument raised_integer(std::int64_t min, std::int64_t max) {
    Argument argument = integer(min, max);
    argument.raise = true;
    return argument;
}

Argument text(std::size_t bytes_max) {
    Argument argument = of(read_text, static_cast<std::int64_t>(bytes_max));
    argument.once = true;
    return argument;
}

Argument last_text() {
    return of(read_text);
}

Argument word(std::string_view words) {
    Argument argument = of(read_word);
    argument.words = words;
    return argument;
}

Argument duration() {
    return of(read_duration);
}
Argument endpoint() {
    return of(read_endpoint);
}

Argument log_destination() {
    Argument argument = of(read_log_destination);
    argument.words = "none stdout stderr file syslog topic dlt android";
    return argument;
}

Argument address_range() {
    return of(read_address_range);
}

Argument protocol_levels() {
    return of(read_protocol_levels);
}
Argument hexadecimal(std::int64_t digits) {
    return of(read_hexadecimal, digits);
}
Argument topic_prefix() {
    return of(read_topic_prefix);
}
Argument name_and_path() {
    return of(read_name_and_path);
}

}  // namespace mq::broker::config
