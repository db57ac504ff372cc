#pragma once

#include "client/cli/json_writer.hpp"

#include <string_view>

namespace mq::cli {

/// Deepest nesting that is taken.
constexpr std::size_t json_depth_max = 256;

/// Whether `text` is one JSON value, with blanks around it at most.
bool is_json(std::string_view text);

/// Appends the value that `text` is, laid out anew: numbers with a fraction or an exponent in their
/// shortest form, integers digit by digit, members in their order, even if twice. False when it is
/// not JSON; part of it may have been written by then.
bool copy_json(std::string_view text, JsonWriter& writer);

}  // namespace mq::cli
