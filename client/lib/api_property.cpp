/// Properties: building lists, checking them, names.

#include "client/include/mosquitto/libcommon_properties.h"
#include "client/lib/c_memory.hpp"
#include "client/lib/guarded.hpp"
#include "client/lib/property.hpp"
#include "mqtt/utf8.hpp"

#include <limits>
#include <utility>

using namespace mq::client;

namespace {

constexpr std::size_t string_bytes_max = std::numeric_limits<std::uint16_t>::max();
constexpr std::uint32_t varint_max = 268'435'455;

/// Appends an element whose value `fill(element)` sets; `fill` returns a number of mosq_err_t.
template <class Fill>
int append(mosquitto_property** list, int identifier, mqtt5_property_type type, const Fill& fill) {
    return guarded([&] {
        const PropertyInfo* info = find_property(identifier);
        if (list == nullptr || info == nullptr || info->type != type) {
            return static_cast<int>(MOSQ_ERR_INVAL);
        }
        auto element = std::make_unique<mosquitto_property>();
        element->info = info;
        if (const int error = fill(*element); error != MOSQ_ERR_SUCCESS) {
            return error;
        }
        while (*list != nullptr) {
            list = &(*list)->next;
        }
        *list = element.release();
        return static_cast<int>(MOSQ_ERR_SUCCESS);
    });
}

int append_number(mosquitto_property** list, int identifier, mqtt5_property_type type,
                  std::uint32_t value) {
    return append(list, identifier, type, [&](mosquitto_property& element) {
        element.number = value;
        return MOSQ_ERR_SUCCESS;
    });
}

/// A string of a program, NULL being the empty one.
int set_string(std::string& target, const char* text) {
    const std::string_view given = view_of(text);
    if (given.size() > string_bytes_max) {
        return MOSQ_ERR_INVAL;
    }
    if (!mq::mqtt::is_valid_string(given)) {
        return MOSQ_ERR_MALFORMED_UTF8;
    }
    target = given;
    return MOSQ_ERR_SUCCESS;
}

}  // namespace

int mosquitto_property_add_byte(mosquitto_property** proplist, int identifier, uint8_t value) {
    return append_number(proplist, identifier, MQTT_PROP_TYPE_BYTE, value);
}

int mosquitto_property_add_int16(mosquitto_property** proplist, int identifier, uint16_t value) {
    return append_number(proplist, identifier, MQTT_PROP_TYPE_INT16, value);
}

int mosquitto_property_add_int32(mosquitto_property** proplist, int identifier, uint32_t value) {
    return append_number(proplist, identifier, MQTT_PROP_TYPE_INT32, value);
}

int mosquitto_property_add_varint(mosquitto_property** proplist, int identifier, uint32_t value) {
    if (value > varint_max) {
        return MOSQ_ERR_INVAL;
    }
    return append_number(proplist, identifier, MQTT_PROP_TYPE_VARINT, value);
}

int mosquitto_property_add_binary(mosquitto_property** proplist, int identifier, const void* value,
                                  uint16_t len) {
    if (value == nullptr && len > 0) {
        return MOSQ_ERR_INVAL;
    }
    return append(proplist, identifier, MQTT_PROP_TYPE_BINARY, [&](mosquitto_property& element) {
        if (len > 0) {
            element.value.assign(static_cast<const char*>(value), len);
        }
        return MOSQ_ERR_SUCCESS;
    });
}

int mosquitto_property_add_string(mosquitto_property** proplist, int identifier,
                                  const char* value) {
    return append(proplist, identifier, MQTT_PROP_TYPE_STRING,
                  [&](mosquitto_property& element) { return set_string(element.value, value); });
}

int mosquitto_property_add_string_pair(mosquitto_property** proplist, int identifier,
                                       const char* name, const char* value) {
    return append(proplist, identifier, MQTT_PROP_TYPE_STRING_PAIR,
                  [&](mosquitto_property& element) {
                      const int error = set_string(element.name, name);
                      return error != MOSQ_ERR_SUCCESS ? error : set_string(element.value, value);
                  });
}

int mosquitto_property_remove(mosquitto_property** proplist, const mosquitto_property* property) {
    if (proplist == nullptr || property == nullptr) {
        return MOSQ_ERR_INVAL;
    }
    for (mosquitto_property** place = proplist; *place != nullptr; place = &(*place)->next) {
        if (*place == property) {
            mosquitto_property* taken = *place;
            *place = std::exchange(taken->next, nullptr);
            return MOSQ_ERR_SUCCESS;
        }
    }
    return MOSQ_ERR_NOT_FOUND;
}

int mosquitto_property_copy_all(mosquitto_property** dest, const mosquitto_property* src) {
    if (dest == nullptr) {
        return MOSQ_ERR_INVAL;
    }
    *dest = nullptr;
    return guarded([&] {
        *dest = copy_properties(src).release();
        return MOSQ_ERR_SUCCESS;
    });
}

void mosquitto_property_free_all(mosquitto_property** properties) {
    if (properties != nullptr) {
        PropertyList(std::exchange(*properties, nullptr));
    }
}

void mosquitto_property_free(mosquitto_property** property) {
    if (property != nullptr) {
        delete std::exchange(*property, nullptr);
    }
}

int mosquitto_property_check_command(int command, int identifier) {
    const PropertyInfo* info = find_property(identifier);
    return info != nullptr && fits_command(*info, command) ? MOSQ_ERR_SUCCESS : MOSQ_ERR_PROTOCOL;
}

int mosquitto_property_check_all(int command, const mosquitto_property* properties) {
    return check_properties(command, properties);
}

const char* mosquitto_property_identifier_to_string(int identifier) {
    const PropertyInfo* info = find_property(identifier);
    return info == nullptr ? nullptr : info->name;
}

int mosquitto_string_to_property_info(const char* propname, int* identifier, int* type) {
    if (propname == nullptr || identifier == nullptr || type == nullptr) {
        return MOSQ_ERR_INVAL;
    }
    const PropertyInfo* info = find_property(std::string_view(propname));
    if (info == nullptr) {
        return MOSQ_ERR_INVAL;
    }
    *identifier = info->id;
    *type = info->type;
    return MOSQ_ERR_SUCCESS;
}

unsigned int mosquitto_property_get_length(const mosquitto_property* property) {
    return property == nullptr ? 0 : static_cast<unsigned>(encoded_size(*property));
}

unsigned int mosquitto_property_get_length_all(const mosquitto_property* property) {
    return static_cast<unsigned>(encoded_size_of_list(property));
}

unsigned int mosquitto_property_get_remaining_length(const mosquitto_property* props) {
    const auto size = static_cast<unsigned>(encoded_size_of_list(props));
    return size + mosquitto_varint_bytes(size);
}

unsigned int mosquitto_varint_bytes(uint32_t word) {
    unsigned bytes = 1;
    for (; word > 127 && bytes < 5; word >>= 7U) {
        ++bytes;
    }
    return bytes;
}
