// The first byte is the packet's type, the rest a property list as a broker sends it. What is
// accepted must be encoded to the same bytes again, and every function that looks at a list must
// bear it.
#include "client/include/mosquitto.h"
#include "client/lib/property.hpp"

#include <algorithm>
#include <cstdlib>

namespace {

void require(bool condition) {
    if (!condition) {
        std::abort();
    }
}

void look_at(const mosquitto_property* element) {
    const int id = mosquitto_property_identifier(element);
    char* name = nullptr;
    char* value = nullptr;
    void* data = nullptr;
    std::uint16_t size = 0;
    require(mosquitto_property_identifier_to_string(id) != nullptr);
    mosquitto_property_read_string(element, id, &value, false);
    std::free(value);
    value = nullptr;
    mosquitto_property_read_string_pair(element, id, &name, &value, false);
    mosquitto_property_read_binary(element, id, &data, &size, false);
    require(size == mosquitto_property_binary_value_length(element));
    std::free(name);
    std::free(value);
    std::free(data);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const mq::mqtt::Bytes list_bytes(bytes + 1, size - 1);
    mq::client::PropertyList list;
    if (mq::client::decode_properties(bytes[0] & 0xF0, list_bytes, list) != MOSQ_ERR_SUCCESS) {
        require(list == nullptr);
        return 0;
    }
    mq::mqtt::Buffer again;
    mq::client::encode_properties(list.get(), again);
    require(mosquitto_property_get_remaining_length(list.get()) == again.size());
    require(again.size() > list_bytes.size());
    require(std::equal(list_bytes.rbegin(), list_bytes.rend(), again.rbegin()));
    for (const mosquitto_property* at = list.get(); at != nullptr; at = at->next) {
        look_at(at);
    }
    return 0;
}
