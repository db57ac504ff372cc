/// Properties: walking through lists and taking values out of them.

#include "client/include/mosquitto/libcommon_properties.h"
#include "client/lib/c_memory.hpp"
#include "client/lib/property.hpp"

#include <utility>

using namespace mq::client;

namespace {

bool is_a(const mosquitto_property* property, mqtt5_property_type type) {
    return property != nullptr && property->info->type == type;
}

std::uint32_t number_of(const mosquitto_property* property, mqtt5_property_type type) {
    return is_a(property, type) ? property->number : 0;
}

/// The string of a string or string pair, null for other elements.
const std::string* string_of(const mosquitto_property* property) {
    const bool has_one =
        is_a(property, MQTT_PROP_TYPE_STRING) || is_a(property, MQTT_PROP_TYPE_STRING_PAIR);
    return has_one ? &property->value : nullptr;
}

/// What the finding functions share: the first element with this identifier, or the second one;
/// null also when the identifier is not of the type.
const mosquitto_property* find(const mosquitto_property* list, int identifier,
                               mqtt5_property_type type, bool skip_first) {
    const PropertyInfo* info = find_property(identifier);
    if (info == nullptr || info->type != type) {
        return nullptr;
    }
    const mosquitto_property* found = find_in(list, info->id);
    return skip_first && found != nullptr ? find_in(found->next, info->id) : found;
}

template <class T>
const mosquitto_property* read_number(const mosquitto_property* list, int identifier,
                                      mqtt5_property_type type, T* value, bool skip_first) {
    const mosquitto_property* found = find(list, identifier, type, skip_first);
    if (found != nullptr && value != nullptr) {
        *value = static_cast<T>(found->number);
    }
    return found;
}

}  // namespace

mosquitto_property* mosquitto_property_next(const mosquitto_property* proplist) {
    return proplist == nullptr ? nullptr : proplist->next;
}

int mosquitto_property_identifier(const mosquitto_property* property) {
    return property == nullptr ? 0 : property->info->id;
}

int mosquitto_property_type(const mosquitto_property* property) {
    return property == nullptr ? 0 : property->info->type;
}

uint8_t mosquitto_property_byte_value(const mosquitto_property* property) {
    return static_cast<std::uint8_t>(number_of(property, MQTT_PROP_TYPE_BYTE));
}

uint16_t mosquitto_property_int16_value(const mosquitto_property* property) {
    return static_cast<std::uint16_t>(number_of(property, MQTT_PROP_TYPE_INT16));
}

uint32_t mosquitto_property_int32_value(const mosquitto_property* property) {
    return number_of(property, MQTT_PROP_TYPE_INT32);
}

uint32_t mosquitto_property_varint_value(const mosquitto_property* property) {
    return number_of(property, MQTT_PROP_TYPE_VARINT);
}

const void* mosquitto_property_binary_value(const mosquitto_property* property) {
    return is_a(property, MQTT_PROP_TYPE_BINARY) ? property->value.data() : nullptr;
}

uint16_t mosquitto_property_binary_value_length(const mosquitto_property* property) {
    return is_a(property, MQTT_PROP_TYPE_BINARY)
               ? static_cast<std::uint16_t>(property->value.size())
               : std::uint16_t{0};
}

const char* mosquitto_property_string_value(const mosquitto_property* property) {
    const std::string* text = string_of(property);
    return text == nullptr ? nullptr : text->c_str();
}

uint16_t mosquitto_property_string_value_length(const mosquitto_property* property) {
    const std::string* text = string_of(property);
    return text == nullptr ? std::uint16_t{0} : static_cast<std::uint16_t>(text->size());
}

const char* mosquitto_property_string_name(const mosquitto_property* property) {
    return is_a(property, MQTT_PROP_TYPE_STRING_PAIR) ? property->name.c_str() : nullptr;
}

uint16_t mosquitto_property_string_name_length(const mosquitto_property* property) {
    return is_a(property, MQTT_PROP_TYPE_STRING_PAIR)
               ? static_cast<std::uint16_t>(property->name.size())
               : std::uint16_t{0};
}

const mosquitto_property* mosquitto_property_read_byte(const mosquitto_property* proplist,
                                                       int identifier, uint8_t* value,
                                                       bool skip_first) {
    return read_number(proplist, identifier, MQTT_PROP_TYPE_BYTE, value, skip_first);
}

const mosquitto_property* mosquitto_property_read_int16(const mosquitto_property* proplist,
                                                        int identifier, uint16_t* value,
                                                        bool skip_first) {
    return read_number(proplist, identifier, MQTT_PROP_TYPE_INT16, value, skip_first);
}

const mosquitto_property* mosquitto_property_read_int32(const mosquitto_property* proplist,
                                                        int identifier, uint32_t* value,
                                                        bool skip_first) {
    return read_number(proplist, identifier, MQTT_PROP_TYPE_INT32, value, skip_first);
}

const mosquitto_property* mosquitto_property_read_varint(const mosquitto_property* proplist,
                                                         int identifier, uint32_t* value,
                                                         bool skip_first) {
    return read_number(proplist, identifier, MQTT_PROP_TYPE_VARINT, value, skip_first);
}

const mosquitto_property* mosquitto_property_read_binary(const mosquitto_property* proplist,
                                                         int identifier, void** value,
                                                         uint16_t* len, bool skip_first) {
    // Either both or none: bytes without their number are of no use.
    if ((value == nullptr) != (len == nullptr)) {
        return nullptr;
    }
    const auto* found = find(proplist, identifier, MQTT_PROP_TYPE_BINARY, skip_first);
    if (found == nullptr || value == nullptr) {
        return found;
    }
    try {
        *value = c_copy(found->value).release();
    } catch (const std::bad_alloc&) {
        return nullptr;
    }
    *len = static_cast<std::uint16_t>(found->value.size());
    return found;
}

const mosquitto_property* mosquitto_property_read_string(const mosquitto_property* proplist,
                                                         int identifier, char** value,
                                                         bool skip_first) {
    const auto* found = find(proplist, identifier, MQTT_PROP_TYPE_STRING, skip_first);
    if (found != nullptr && value != nullptr) {
        try {
            *value = c_copy(found->value).release();
        } catch (const std::bad_alloc&) {
            return nullptr;
        }
    }
    return found;
}

const mosquitto_property* mosquitto_property_read_string_pair(const mosquitto_property* proplist,
                                                              int identifier, char** name,
                                                              char** value, bool skip_first) {
    const auto* found = find(proplist, identifier, MQTT_PROP_TYPE_STRING_PAIR, skip_first);
    if (found == nullptr) {
        return nullptr;
    }
    try {
        auto name_copy = c_copy(found->name);
        auto value_copy = c_copy(found->value);
        if (name != nullptr) {
            *name = name_copy.release();
        }
        if (value != nullptr) {
            *value = value_copy.release();
        }
    } catch (const std::bad_alloc&) {
        return nullptr;
    }
    return found;
}
