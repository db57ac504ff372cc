#pragma once

#include <string_view>

namespace mq::mqtt {

/// Whether `text` is well-formed UTF-8 without surrogates and U+0000 [MQTT-1.5.4-1, 2].
bool is_valid_utf8(std::string_view text);

/// Whether `text` may stand in a packet. Control characters and non-characters are refused as well:
/// §1.5.4 leaves it to the receiver, and Mosquitto refuses them.
bool is_valid_string(std::string_view text);

}  // namespace mq::mqtt
