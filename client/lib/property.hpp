#pragma once

#include "client/include/mosquitto/defs.h"
#include "client/lib/property_table.hpp"
#include "mqtt/encode.hpp"
#include "mqtt/properties.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

/// One property of MQTT 5.0 and the list behind it, as programs hold it: `mosquitto_property` of
/// the C interface, which sees nothing of the inside. An element owns its strings, a list its
/// elements; whoever has the first element owns the list. For one thread at a time.
///
/// Strings have at most 65,535 bytes. Those that came from a program or were decoded are UTF-8.
struct mqtt5__property {
    mqtt5__property* next = nullptr;
    const mq::client::PropertyInfo* info = nullptr;  ///< never null in a list
    std::uint32_t number = 0;                        ///< the types of numbers
    std::string name;                                ///< string pair
    std::string value;                               ///< binary, string, string pair
};

namespace mq::client {

struct FreeProperties {
    void operator()(mosquitto_property* list) const;
};

/// A list with its owner; null is the empty list.
using PropertyList = std::unique_ptr<mosquitto_property, FreeProperties>;

/// A copy of every element. Throws std::bad_alloc.
PropertyList copy_properties(const mosquitto_property* list);

/// The first element with this identifier, null without one.
const mosquitto_property* find_in(const mosquitto_property* list, mqtt5_property id);

/// Whether a packet of the type (CMD_...) may carry the list: MOSQ_ERR_SUCCESS, MOSQ_ERR_PROTOCOL,
/// MOSQ_ERR_DUPLICATE_PROPERTY.
int check_properties(int command, const mosquitto_property* list);

/// Bytes of one element, and of a list without the length before it.
std::size_t encoded_size(const mosquitto_property& property);
std::size_t encoded_size_of_list(const mosquitto_property* list);

/// Appends a list with its length before it: one zero byte for the empty list. The list is at most
/// 268,435,455 bytes long.
void encode_properties(const mosquitto_property* list, mqtt::Buffer& out);

/// Reads the elements of `encoded`, a property list of a packet of the type (CMD_...) without the
/// length before it. `list` is what was read, null on an error: MOSQ_ERR_MALFORMED_PACKET,
/// MOSQ_ERR_PROTOCOL, MOSQ_ERR_DUPLICATE_PROPERTY. Throws std::bad_alloc.
int decode_properties(int command, mqtt::Bytes encoded, PropertyList& list);

}  // namespace mq::client
