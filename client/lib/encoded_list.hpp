#pragma once

#include "client/lib/property.hpp"
#include "client/lib/settings.hpp"
#include "mqtt/encode.hpp"

namespace mq::client {

/// The encoded form of a property list, without the length before it; nothing for the empty list,
/// without a detour. Throws std::bad_alloc.
inline EncodedProperties encoded(const mosquitto_property* list) {
    EncodedProperties bytes;
    if (list != nullptr) {
        encode_properties(list, bytes);
        const std::size_t length = mqtt::variable_byte_integer_size(
            static_cast<std::uint32_t>(encoded_size_of_list(list)));
        bytes.erase(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length));
    }
    return bytes;
}

}  // namespace mq::client
