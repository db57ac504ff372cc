#pragma once

#include <string_view>

namespace mq::broker::config {

/// Is this well-formed UTF-8: shortest forms only, no surrogates, nothing above U+10FFFF?
bool is_utf8(std::string_view text);

}  // namespace mq::broker::config
