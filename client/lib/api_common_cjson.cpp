/// Properties as JSON, for programs that use cJSON.

#include "client/include/mosquitto/libcommon_cjson.h"
#include "client/lib/property.hpp"

#include <cjson/cJSON.h>
#include <memory>
#include <string>
#include <string_view>

using namespace mq::client;

namespace {

struct DeleteJson {
    void operator()(cJSON* json) const { cJSON_Delete(json); }
};
using Json = std::unique_ptr<cJSON, DeleteJson>;

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

bool add_value(cJSON* object, const mosquitto_property& property) {
    switch (property.info->type) {
        case MQTT_PROP_TYPE_BINARY:
            return cJSON_AddStringToObject(object, "value", hexadecimal(property.value).c_str());
        case MQTT_PROP_TYPE_STRING:
            return cJSON_AddStringToObject(object, "value", property.value.c_str());
        case MQTT_PROP_TYPE_STRING_PAIR:
            return cJSON_AddStringToObject(object, "name", property.name.c_str()) &&
                   cJSON_AddStringToObject(object, "value", property.value.c_str());
        default:
            return cJSON_AddNumberToObject(object, "value", property.number);
    }
}

Json object_of(const mosquitto_property& property) {
    Json object(cJSON_CreateObject());
    const bool complete =
        object && cJSON_AddStringToObject(object.get(), "identifier", property.info->name) &&
        add_value(object.get(), property);
    return complete ? std::move(object) : Json();
}

}  // namespace

struct cJSON* mosquitto_properties_to_json(const mosquitto_property* properties) {
    if (properties == nullptr) {
        return nullptr;
    }
    try {
        Json array(cJSON_CreateArray());
        for (; properties != nullptr; properties = properties->next) {
            Json object = object_of(*properties);
            if (!array || !object || !cJSON_AddItemToArray(array.get(), object.get())) {
                return nullptr;
            }
            static_cast<void>(object.release());
        }
        return array.release();
    } catch (...) {
        return nullptr;
    }
}
