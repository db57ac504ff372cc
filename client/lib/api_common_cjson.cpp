/// Properties as JSON, for programs that use cJSON.
///
/// The nodes are built here and not by cJSON's functions: Debian has no archive of that library to
/// link in, and one more shared library for one function is too much to ask of every program. The
/// struct is public and has not changed since cJSON 1.0; all memory is malloc()'s, as cJSON's is by
/// default.

#include "client/include/mosquitto/libcommon_cjson.h"
#include "client/lib/c_memory.hpp"
#include "client/lib/property.hpp"

#include <cjson/cJSON.h>
#include <limits>
#include <memory>
#include <string>
#include <string_view>

using namespace mq::client;

namespace {

/// What cJSON_Delete() does to such a tree.
struct FreeTree {
    void operator()(cJSON* node) const {
        while (node != nullptr) {
            cJSON* next = node->next;
            operator()(node->child);
            std::free(node->valuestring);
            std::free(node->string);
            std::free(node);
            node = next;
        }
    }
};
using Json = std::unique_ptr<cJSON, FreeTree>;

Json make(int type) {
    Json node(static_cast<cJSON*>(std::calloc(1, sizeof(cJSON))));
    if (!node) {
        throw std::bad_alloc();
    }
    node->type = type;
    return node;
}

Json make_text(std::string_view text) {
    Json node = make(cJSON_String);
    node->valuestring = c_copy(text).release();
    return node;
}

Json make_number(std::uint32_t number) {
    constexpr auto int_max = static_cast<std::uint32_t>(std::numeric_limits<int>::max());
    Json node = make(cJSON_Number);
    node->valuedouble = number;
    node->valueint = static_cast<int>(number > int_max ? int_max : number);
    return node;
}

/// The first child's `prev` is the last child, as cJSON's own lists have it.
void add(cJSON& parent, Json child) {
    cJSON* last = parent.child == nullptr ? nullptr : parent.child->prev;
    cJSON* added = child.release();
    if (last == nullptr) {
        parent.child = added;
    } else {
        last->next = added;
        added->prev = last;
    }
    parent.child->prev = added;
}

void add(cJSON& object, const char* name, Json value) {
    value->string = c_copy(name).release();
    add(object, std::move(value));
}

std::string hexadecimal(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const char byte : bytes) {
        const auto value = static_cast<unsigned char>(byte);
        text += digits[value >> 4U];
        text += digits[value & 0x0FU];
    }
    return text;
}

Json value_of(const mosquitto_property& property) {
    switch (property.info->type) {
        case MQTT_PROP_TYPE_BINARY:
            return make_text(hexadecimal(property.value));
        case MQTT_PROP_TYPE_STRING:
        case MQTT_PROP_TYPE_STRING_PAIR:
            return make_text(property.value);
        default:
            return make_number(property.number);
    }
}

Json object_of(const mosquitto_property& property) {
    Json object = make(cJSON_Object);
    add(*object, "identifier", make_text(property.info->name));
    if (property.info->type == MQTT_PROP_TYPE_STRING_PAIR) {
        add(*object, "name", make_text(property.name));
    }
    add(*object, "value", value_of(property));
    return object;
}

}  // namespace

struct cJSON* mosquitto_properties_to_json(const mosquitto_property* properties) {
    if (properties == nullptr) {
        return nullptr;
    }
    try {
        Json array = make(cJSON_Array);
        for (; properties != nullptr; properties = properties->next) {
            add(*array, object_of(*properties));
        }
        return array.release();
    } catch (const std::bad_alloc&) {
        return nullptr;
    }
}
