#include "broker/config/values.hpp"
#include "broker/config/words.hpp"
#include "mqtt/utf8.hpp"

namespace mq::broker::config {
namespace {

Complaint not_utf8() {
    return {": it must be UTF-8"};
}

ValueResult read_addresses(const Argument&, std::string_view text) {
    if (!mqtt::is_valid_utf8(text)) {
        return not_utf8();
    }
    for (const auto each : split_words(text)) {
        const auto colon = each.rfind(':');
        if (colon == std::string_view::npos) {
            continue;
        }
        const auto port = c_integer(each.substr(colon + 1));
        if (!port || *port < 1 || *port > 65535 || colon == 0) {
            return Complaint{" " + quoted(each) +
                             ": it must be host or host:port, port 1 to 65535"};
        }
    }
    return Value{};
}

/// The topic pattern, in double quotes if it has spaces; false when a quote is not closed.
bool take_pattern(std::string_view& text) {
    text = trimmed(text);
    if (!text.starts_with('"')) {
        return !take_word(text).empty();
    }
    const auto end = text.find('"', 1);
    if (end == std::string_view::npos) {
        return false;
    }
    text.remove_prefix(end + 1);
    return true;
}

ValueResult read_bridge_topic(const Argument&, std::string_view text) {
    if (!mqtt::is_valid_utf8(text)) {
        return not_utf8();
    }
    const auto whole = text;
    if (!take_pattern(text)) {
        return Complaint{" " + quoted(whole) + ": the quote before the pattern is never closed"};
    }
    const auto direction = take_word(text);
    if (!direction.empty() && direction != "in" && direction != "out" && direction != "both") {
        return Complaint{" " + quoted(direction) + ": the direction must be in, out or both"};
    }
    const auto qos = take_word(text);
    if (!qos.empty() && qos != "0" && qos != "1" && qos != "2") {
        return Complaint{" " + quoted(qos) + ": the QoS must be 0, 1 or 2"};
    }
    for (int prefix = 0; prefix < 2; ++prefix) {
        const auto word = take_word(text);
        if (word.find_first_of("+#") != std::string_view::npos) {
            return Complaint{" " + quoted(word) + ": a prefix must not contain + or #"};
        }
    }
    return Value{};
}

ValueResult read_restart_timeout(const Argument&, std::string_view text) {
    const auto words = split_words(text);
    const auto base = words.empty() ? std::nullopt : c_integer(words.front());
    const auto cap = words.size() > 1 ? c_integer(words[1]) : base;
    const auto stable = words.size() > 2 ? c_integer(words[2]) : std::int64_t{0};
    if (!base || *base < 1 || *base > 3600 || !cap || *cap < *base || *cap > 7200 || !stable ||
        *stable < 0) {
        return Complaint{
            " " + quoted(text) +
            ": it must be a base from 1 to 3600 and perhaps a cap from base to 7200, in "
            "seconds"};
    }
    return Value{};
}

ValueResult read_keepalive_probes(const Argument&, std::string_view text) {
    const auto words = split_words(text);
    bool good = words.size() >= 3;
    for (std::size_t i = 0; good && i < 3; ++i) {
        const auto number = c_integer(words[i]);
        good = number && *number > 0;
    }
    if (!good) {
        return Complaint{" " + quoted(text) +
                         ": it must be three numbers above 0: idle interval count"};
    }
    return Value{};
}

}  // namespace

Argument addresses() {
    return of(read_addresses);
}
Argument bridge_topic() {
    return of(read_bridge_topic);
}
Argument restart_timeout() {
    return of(read_restart_timeout);
}
Argument keepalive_probes() {
    return of(read_keepalive_probes);
}

}  // namespace mq::broker::config
