#include "client/lib/property_table.hpp"

#include <algorithm>
#include <array>

namespace mq::client {
namespace {

constexpr std::uint32_t bit_of(unsigned command) {
    return 1U << (command >> 4U);
}

constexpr std::uint32_t connect = bit_of(CMD_CONNECT);
constexpr std::uint32_t connack = bit_of(CMD_CONNACK);
constexpr std::uint32_t publish = bit_of(CMD_PUBLISH);
constexpr std::uint32_t subscribe = bit_of(CMD_SUBSCRIBE);
constexpr std::uint32_t unsubscribe = bit_of(CMD_UNSUBSCRIBE);
constexpr std::uint32_t disconnect = bit_of(CMD_DISCONNECT);
constexpr std::uint32_t auth = bit_of(CMD_AUTH);
constexpr std::uint32_t will = bit_of(CMD_WILL);
constexpr std::uint32_t acknowledgements = bit_of(CMD_PUBACK) | bit_of(CMD_PUBREC) |
                                           bit_of(CMD_PUBREL) | bit_of(CMD_PUBCOMP) |
                                           bit_of(CMD_SUBACK) | bit_of(CMD_UNSUBACK);
constexpr std::uint32_t reasons = connack | acknowledgements | disconnect | auth;
constexpr std::uint32_t all = reasons | connect | publish | subscribe | unsubscribe | will;

constexpr auto byte = MQTT_PROP_TYPE_BYTE;
constexpr auto int16 = MQTT_PROP_TYPE_INT16;
constexpr auto int32 = MQTT_PROP_TYPE_INT32;
constexpr auto varint = MQTT_PROP_TYPE_VARINT;
constexpr auto binary = MQTT_PROP_TYPE_BINARY;
constexpr auto string = MQTT_PROP_TYPE_STRING;
constexpr auto string_pair = MQTT_PROP_TYPE_STRING_PAIR;

constexpr std::array<PropertyInfo, 27> properties{{
    {MQTT_PROP_PAYLOAD_FORMAT_INDICATOR, byte, "payload-format-indicator", publish | will},
    {MQTT_PROP_MESSAGE_EXPIRY_INTERVAL, int32, "message-expiry-interval", publish | will},
    {MQTT_PROP_CONTENT_TYPE, string, "content-type", publish | will},
    {MQTT_PROP_RESPONSE_TOPIC, string, "response-topic", publish | will},
    {MQTT_PROP_CORRELATION_DATA, binary, "correlation-data", publish | will},
    {MQTT_PROP_SUBSCRIPTION_IDENTIFIER, varint, "subscription-identifier", publish | subscribe},
    {MQTT_PROP_SESSION_EXPIRY_INTERVAL, int32, "session-expiry-interval",
     connect | connack | disconnect},
    {MQTT_PROP_ASSIGNED_CLIENT_IDENTIFIER, string, "assigned-client-identifier", connack},
    {MQTT_PROP_SERVER_KEEP_ALIVE, int16, "server-keep-alive", connack},
    {MQTT_PROP_AUTHENTICATION_METHOD, string, "authentication-method", connect | connack | auth},
    {MQTT_PROP_AUTHENTICATION_DATA, binary, "authentication-data", connect | connack | auth},
    {MQTT_PROP_REQUEST_PROBLEM_INFORMATION, byte, "request-problem-information", connect},
    {MQTT_PROP_WILL_DELAY_INTERVAL, int32, "will-delay-interval", will},
    {MQTT_PROP_REQUEST_RESPONSE_INFORMATION, byte, "request-response-information", connect},
    {MQTT_PROP_RESPONSE_INFORMATION, string, "response-information", connack},
    {MQTT_PROP_SERVER_REFERENCE, string, "server-reference", connack | disconnect},
    {MQTT_PROP_REASON_STRING, string, "reason-string", reasons},
    {MQTT_PROP_RECEIVE_MAXIMUM, int16, "receive-maximum", connect | connack},
    {MQTT_PROP_TOPIC_ALIAS_MAXIMUM, int16, "topic-alias-maximum", connect | connack},
    {MQTT_PROP_TOPIC_ALIAS, int16, "topic-alias", publish},
    {MQTT_PROP_MAXIMUM_QOS, byte, "maximum-qos", connack},
    {MQTT_PROP_RETAIN_AVAILABLE, byte, "retain-available", connack},
    {MQTT_PROP_USER_PROPERTY, string_pair, "user-property", all},
    {MQTT_PROP_MAXIMUM_PACKET_SIZE, int32, "maximum-packet-size", connect | connack},
    {MQTT_PROP_WILDCARD_SUB_AVAILABLE, byte, "wildcard-subscription-available", connack},
    {MQTT_PROP_SUBSCRIPTION_ID_AVAILABLE, byte, "subscription-identifier-available", connack},
    {MQTT_PROP_SHARED_SUB_AVAILABLE, byte, "shared-subscription-available", connack},
}};

struct Command {
    std::string_view name;
    unsigned number;
};

constexpr std::array<Command, 12> commands{{
    {"connect", CMD_CONNECT},
    {"connack", CMD_CONNACK},
    {"publish", CMD_PUBLISH},
    {"puback", CMD_PUBACK},
    {"pubrec", CMD_PUBREC},
    {"pubrel", CMD_PUBREL},
    {"pubcomp", CMD_PUBCOMP},
    {"subscribe", CMD_SUBSCRIBE},
    {"unsubscribe", CMD_UNSUBSCRIBE},
    {"disconnect", CMD_DISCONNECT},
    {"auth", CMD_AUTH},
    {"will", CMD_WILL},
}};

/// Compares letters of ASCII, so that no locale of the program matters.
bool same_word(std::string_view one, std::string_view other) {
    const auto lower = [](char letter) {
        return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    };
    return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                      [&](char a, char b) { return lower(a) == lower(b); });
}

}  // namespace

std::span<const PropertyInfo> property_table() {
    return properties;
}

const PropertyInfo* find_property(int identifier) {
    const auto* found = std::find_if(properties.begin(), properties.end(),
                                     [&](const auto& known) { return known.id == identifier; });
    return found == properties.end() ? nullptr : found;
}

const PropertyInfo* find_property(std::string_view name) {
    const auto* found = std::find_if(properties.begin(), properties.end(), [&](const auto& known) {
        return same_word(known.name, name);
    });
    return found == properties.end() ? nullptr : found;
}

bool fits_command(const PropertyInfo& property, int command) {
    if (command < 0 || command > static_cast<int>(CMD_WILL) || command % 0x10 != 0) {
        return false;
    }
    return (property.packets & bit_of(static_cast<unsigned>(command))) != 0;
}

std::optional<int> find_command(std::string_view name) {
    const auto* found = std::find_if(commands.begin(), commands.end(), [&](const auto& known) {
        return same_word(known.name, name);
    });
    if (found == commands.end()) {
        return {};
    }
    return static_cast<int>(found->number);
}

}  // namespace mq::client
