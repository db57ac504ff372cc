#pragma once

#include "client/include/mosquitto/mqtt_protocol.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

/// What MQTT 5.0 says about its properties (§2.2.2.2), and the names that the C interface gives
/// them.
namespace mq::client {

struct PropertyInfo {
    mqtt5_property id;
    mqtt5_property_type type;
    const char* name;       ///< lower case, words joined by hyphens
    std::uint32_t packets;  ///< one bit a packet type: bit n for n << 4, bit 16 for CMD_WILL
};

/// All of them, by identifier.
std::span<const PropertyInfo> property_table();

/// Null for a number that is no property's.
const PropertyInfo* find_property(int identifier);
/// By name, letters of either case.
const PropertyInfo* find_property(std::string_view name);

/// Whether packets of this type (CMD_...) may carry the property; false for a command that is none.
bool fits_command(const PropertyInfo& property, int command);

/// CMD_... by the packet's name in either case ("publish", "will"); empty for other words, and for
/// the packets that a program never gives properties for: SUBACK, UNSUBACK, PINGREQ, PINGRESP.
std::optional<int> find_command(std::string_view name);

}  // namespace mq::client
