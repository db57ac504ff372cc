#include "client/cli/message_json.hpp"

#include "client/cli/json_copy.hpp"
#include "client/cli/json_writer.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>

namespace mq::cli {
namespace {

/// Local time with microseconds and zone.
std::string time_text(const std::timespec& time) {
    std::tm parts{};
    if (::localtime_r(&time.tv_sec, &parts) == nullptr) {
        return "";
    }
    std::array<char, 64> text;
    const std::string seconds(text.data(),
                              std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts));
    const int size =
        std::snprintf(text.data(), text.size(), ".%06ld", time.tv_nsec / 1000 % 1'000'000);
    const std::string fraction(text.data(), static_cast<std::size_t>(size));
    return seconds + fraction +
           std::string(text.data(), std::strftime(text.data(), text.size(), "%z", &parts));
}

std::string_view bytes_of(const mosquitto_property* property) {
    return {static_cast<const char*>(mosquitto_property_binary_value(property)),
            mosquitto_property_binary_value_length(property)};
}

std::string_view text_of(const mosquitto_property* property) {
    return {mosquitto_property_string_value(property),
            mosquitto_property_string_value_length(property)};
}

void write_value(const mosquitto_property* property, JsonWriter& writer) {
    switch (mosquitto_property_type(property)) {
        case MQTT_PROP_TYPE_BYTE:
            return writer.raw(std::to_string(mosquitto_property_byte_value(property)));
        case MQTT_PROP_TYPE_INT16:
            return writer.raw(std::to_string(mosquitto_property_int16_value(property)));
        case MQTT_PROP_TYPE_INT32:
            return writer.raw(std::to_string(mosquitto_property_int32_value(property)));
        case MQTT_PROP_TYPE_VARINT:
            return writer.raw(std::to_string(mosquitto_property_varint_value(property)));
        case MQTT_PROP_TYPE_BINARY:
            return writer.string(bytes_of(property));
        default:
            return writer.string(text_of(property));
    }
}

enum class UserProperties {
    object,  ///< one object of names, in which a name may be there twice
    pairs,   ///< an array of [name, value]
};

void write_user_property(const mosquitto_property* property, UserProperties form,
                         JsonWriter& writer) {
    const std::string_view name(mosquitto_property_string_name(property),
                                mosquitto_property_string_name_length(property));
    if (form == UserProperties::object) {
        writer.key(name);
        writer.string(text_of(property));
        return;
    }
    writer.begin_array();
    writer.string(name);
    writer.string(text_of(property));
    writer.end_array();
}

/// All user properties, where the first of them stands.
void write_user_properties(const mosquitto_property* first, UserProperties form,
                           JsonWriter& writer) {
    const bool object = form == UserProperties::object;
    writer.key("user-properties");
    object ? writer.begin_object() : writer.begin_array();
    for (const auto* at = first; at != nullptr; at = mosquitto_property_next(at)) {
        if (mosquitto_property_identifier(at) == MQTT_PROP_USER_PROPERTY) {
            write_user_property(at, form, writer);
        }
    }
    object ? writer.end_object() : writer.end_array();
}

void write_properties(const mosquitto_property* properties, UserProperties form,
                      JsonWriter& writer) {
    bool users_written = false;
    writer.begin_object();
    for (const auto* at = properties; at != nullptr; at = mosquitto_property_next(at)) {
        const int identifier = mosquitto_property_identifier(at);
        if (identifier != MQTT_PROP_USER_PROPERTY) {
            writer.key(mosquitto_property_identifier_to_string(identifier));
            write_value(at, writer);
        } else if (!users_written) {
            write_user_properties(at, form, writer);
            users_written = true;
        }
    }
    writer.end_object();
}

/// Whether JSON can hold it as a string. The library's check would also refuse control characters.
bool is_utf8(std::string_view text) {
    std::string quoted;
    JsonWriter(quoted, false).string(text);
    return is_json(quoted);
}

void write_base64(std::string_view bytes, JsonWriter& writer) {
    char* encoded = nullptr;
    if (mosquitto_base64_encode(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                                &encoded) == MOSQ_ERR_SUCCESS) {
        writer.string(encoded);
        std::free(encoded);
    } else {
        writer.raw("null");
    }
}

void write_line_payload(std::string_view payload, JsonWriter& writer) {
    std::string copied;
    JsonWriter copy(copied, false);
    if (copy_json(payload, copy)) {
        writer.key("payload_is");
        writer.string("json");
        writer.key("payload");
        writer.raw(copied);
    } else if (is_utf8(payload)) {
        writer.key("payload_is");
        writer.string("text");
        writer.key("payload");
        writer.string(payload);
    } else {
        writer.key("payload_is");
        writer.string("base64");
        writer.key("payload_base64");
        write_base64(payload, writer);
    }
}

}  // namespace

bool write_message_json(const ReceivedMessage& message, JsonPayload payload, bool pretty,
                        std::string& out) {
    const std::size_t before = out.size();
    JsonWriter writer(out, pretty);
    writer.begin_object();
    writer.key("tst");
    writer.string(time_text(message.time));
    writer.key("topic");
    writer.string(message.topic);
    writer.key("qos");
    writer.raw(std::to_string(message.qos));
    writer.key("retain");
    writer.raw(message.retain ? "1" : "0");
    writer.key("payloadlen");
    writer.raw(std::to_string(message.payload.size()));
    if (message.qos > 0) {
        writer.key("mid");
        writer.raw(std::to_string(message.id));
    }
    if (message.properties != nullptr) {
        writer.key("properties");
        write_properties(message.properties, UserProperties::object, writer);
    }
    writer.key("payload");
    if (message.payload.empty()) {
        writer.raw("null");
    } else if (payload == JsonPayload::text) {
        writer.string(message.payload);
    } else if (!copy_json(message.payload, writer)) {
        out.resize(before);
        return false;
    }
    writer.end_object();
    return true;
}

void write_json_line(const ReceivedMessage& message, std::string& out) {
    JsonWriter writer(out, false);
    writer.begin_object();
    writer.key("time");
    writer.string(time_text(message.time));
    writer.key("topic");
    writer.string(message.topic);
    writer.key("qos");
    writer.raw(std::to_string(message.qos));
    writer.key("retain");
    writer.raw(message.retain ? "true" : "false");
    if (message.qos > 0) {
        writer.key("id");
        writer.raw(std::to_string(message.id));
    }
    if (message.properties != nullptr) {
        writer.key("properties");
        write_properties(message.properties, UserProperties::pairs, writer);
    }
    write_line_payload(message.payload, writer);
    writer.end_object();
}

}  // namespace mq::cli
