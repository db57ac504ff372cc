#pragma once

#include "mqtt/result.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mq::broker::config {

/// What stands behind a directive's name, read; which members count depends on the kind of
/// argument.
struct Value {
    bool flag = false;
    std::int64_t number = 0;
    std::string text;      ///< the string, the word, or the first word
    std::string rest;      ///< what follows the first word, where the kind has such a part
    bool surplus = false;  ///< more words follow, which are ignored
};

/// Why a value does not fit; continues the sentence `Invalid 'name' value`.
struct Complaint {
    std::string text;
};

using ValueResult = Result<Value, Complaint>;

struct Argument;
using Reader = ValueResult (*)(const Argument& argument, std::string_view text);

/// The kind of value that a directive takes. The factories below make them.
struct Argument {
    Reader read = nullptr;
    std::int64_t min = 0;
    std::int64_t max = 0;
    std::string_view words;  ///< for word(): the known ones, separated by spaces
    bool raise = false;      ///< for integer(): less than min counts as min
    bool once = false;       ///< a second line for the same object is an error
};

constexpr std::int64_t int_max = 2147483647;
constexpr std::size_t text_bytes_max = 65535;

/// An argument that `read` reads; what `max` means is up to it.
Argument of(Reader read, std::int64_t max = static_cast<std::int64_t>(text_bytes_max));

/// `true`, `1`, `false` or `0` -> flag
Argument boolean();
/// A C integer (decimal, 0x hexadecimal, 0 octal) from min to max -> number
Argument integer(std::int64_t min, std::int64_t max);
/// The same, where any smaller number counts as min
Argument raised_integer(std::int64_t min, std::int64_t max);
/// The rest of the line, trimmed, UTF-8, given once -> text
Argument text(std::size_t bytes_max = text_bytes_max);
/// The same, where the last line wins
Argument last_text();
/// One of these words -> text
Argument word(std::string_view words);
/// A number and one of s h d w m y; a month has 30 days, a year 365 -> number, in seconds
Argument duration();
/// Port, then perhaps a host, a socket path (port 0) or a comment -> number, rest
Argument endpoint();
/// A destination of log lines; `file` has a path -> text, rest
Argument log_destination();
/// A numeric address, perhaps with /LEN -> text
Argument address_range();
/// Protocol levels out of 3 4 5 -> number: bits 0 to 2
Argument protocol_levels();
/// Whole bytes in hexadecimal digits; `digits` of them unless that is 0 -> text
Argument hexadecimal(std::int64_t digits);
/// A topic without wildcards -> text
Argument topic_prefix();
/// `name path`
Argument name_and_path();
/// host[:port] ...
Argument addresses();
/// pattern [direction [qos [local-prefix [remote-prefix]]]]
Argument bridge_topic();
/// base [cap [stable]], in seconds
Argument restart_timeout();
/// idle interval count, each above 0
Argument keepalive_probes();

}  // namespace mq::broker::config
