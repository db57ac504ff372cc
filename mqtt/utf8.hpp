#pragma once

#include <string_view>

namespace mq::mqtt {

/// Whether `text` may stand in an MQTT string: well-formed UTF-8 without surrogates and U+0000
/// [MQTT-1.5.4-1, 2]. Control characters and non-characters are allowed, as the specification only
/// advises against them.
bool is_valid_utf8(std::string_view text);

}  // namespace mq::mqtt
