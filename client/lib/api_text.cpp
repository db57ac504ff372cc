/// Numbers as words and words as numbers. Programs print these sentences, and scripts compare them:
/// they are those of libmosquitto 2.0, full stops included.

#include "client/include/mosquitto/defs.h"
#include "client/include/mosquitto/libcommon_string.h"
#include "client/include/mosquitto/mqtt_protocol.h"
#include "client/lib/c_memory.hpp"
#include "client/lib/property_table.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <span>

namespace {

struct Text {
    int number;
    const char* text;
};

constexpr Text errors[] = {
    {MOSQ_ERR_QUOTA_EXCEEDED, "Quota exceeded"},
    {MOSQ_ERR_AUTH_DELAYED, "Authentication delayed"},
    {MOSQ_ERR_AUTH_CONTINUE, "Continue with authentication."},
    {MOSQ_ERR_NO_SUBSCRIBERS, "No subscribers."},
    {MOSQ_ERR_SUB_EXISTS, "Subscription already exists."},
    {MOSQ_ERR_CONN_PENDING, "Connection pending."},
    {MOSQ_ERR_SUCCESS, "No error."},
    {MOSQ_ERR_NOMEM, "Out of memory."},
    {MOSQ_ERR_PROTOCOL, "A network protocol error occurred when communicating with the broker."},
    {MOSQ_ERR_INVAL, "Invalid function arguments provided."},
    {MOSQ_ERR_NO_CONN, "The client is not currently connected."},
    {MOSQ_ERR_CONN_REFUSED, "The connection was refused."},
    {MOSQ_ERR_NOT_FOUND, "Message not found (internal error)."},
    {MOSQ_ERR_CONN_LOST, "The connection was lost."},
    {MOSQ_ERR_TLS, "A TLS error occurred."},
    {MOSQ_ERR_PAYLOAD_SIZE, "Payload too large."},
    {MOSQ_ERR_NOT_SUPPORTED, "This feature is not supported."},
    {MOSQ_ERR_AUTH, "Authorisation failed."},
    {MOSQ_ERR_ACL_DENIED, "Access denied by ACL."},
    {MOSQ_ERR_UNKNOWN, "Unknown error."},
    {MOSQ_ERR_EAI, "Lookup error."},
    {MOSQ_ERR_PROXY, "Proxy error."},
    {MOSQ_ERR_PLUGIN_DEFER, "Plugin deferring result"},
    {MOSQ_ERR_MALFORMED_UTF8, "Malformed UTF-8"},
    {MOSQ_ERR_KEEPALIVE, "Keepalive exceeded"},
    {MOSQ_ERR_LOOKUP, "DNS Lookup failed"},
    {MOSQ_ERR_MALFORMED_PACKET, "Malformed packet"},
    {MOSQ_ERR_DUPLICATE_PROPERTY, "Duplicate property in property list"},
    {MOSQ_ERR_TLS_HANDSHAKE, "TLS handshake failed."},
    {MOSQ_ERR_QOS_NOT_SUPPORTED, "Requested QoS not supported on server."},
    {MOSQ_ERR_OVERSIZE_PACKET, "Packet larger than supported by the server."},
    {MOSQ_ERR_OCSP, "OCSP error."},
    {MOSQ_ERR_TIMEOUT, "Timeout"},
    {28, "Retain not supported"},
    {29, "Topic alias invalid"},
    {30, "Administrative action"},
    {MOSQ_ERR_ALREADY_EXISTS, "Entry already exists"},
    {MOSQ_ERR_PLUGIN_IGNORE, "Ignore plugin"},
    {MOSQ_ERR_HTTP_BAD_ORIGIN, "Bad http origin"},
};

constexpr Text return_codes[] = {
    {CONNACK_ACCEPTED, "Connection Accepted."},
    {CONNACK_REFUSED_PROTOCOL_VERSION, "Connection Refused: unacceptable protocol version."},
    {CONNACK_REFUSED_IDENTIFIER_REJECTED, "Connection Refused: identifier rejected."},
    {CONNACK_REFUSED_SERVER_UNAVAILABLE, "Connection Refused: broker unavailable."},
    {CONNACK_REFUSED_BAD_USERNAME_PASSWORD, "Connection Refused: bad user name or password."},
    {CONNACK_REFUSED_NOT_AUTHORIZED, "Connection Refused: not authorised."},
};

constexpr Text reasons[] = {
    {MQTT_RC_SUCCESS, "Success"},
    {MQTT_RC_GRANTED_QOS1, "Granted QoS 1"},
    {MQTT_RC_GRANTED_QOS2, "Granted QoS 2"},
    {MQTT_RC_DISCONNECT_WITH_WILL_MSG, "Disconnect with Will Message"},
    {MQTT_RC_NO_MATCHING_SUBSCRIBERS, "No matching subscribers"},
    {MQTT_RC_NO_SUBSCRIPTION_EXISTED, "No subscription existed"},
    {MQTT_RC_CONTINUE_AUTHENTICATION, "Continue authentication"},
    {MQTT_RC_REAUTHENTICATE, "Re-authenticate"},
    {MQTT_RC_UNSPECIFIED, "Unspecified error"},
    {MQTT_RC_MALFORMED_PACKET, "Malformed Packet"},
    {MQTT_RC_PROTOCOL_ERROR, "Protocol Error"},
    {MQTT_RC_IMPLEMENTATION_SPECIFIC, "Implementation specific error"},
    {MQTT_RC_UNSUPPORTED_PROTOCOL_VERSION, "Unsupported Protocol Version"},
    {MQTT_RC_CLIENTID_NOT_VALID, "Client Identifier not valid"},
    {MQTT_RC_BAD_USERNAME_OR_PASSWORD, "Bad User Name or Password"},
    {MQTT_RC_NOT_AUTHORIZED, "Not authorized"},
    {MQTT_RC_SERVER_UNAVAILABLE, "Server unavailable"},
    {MQTT_RC_SERVER_BUSY, "Server busy"},
    {MQTT_RC_BANNED, "Banned"},
    {MQTT_RC_SERVER_SHUTTING_DOWN, "Server shutting down"},
    {MQTT_RC_BAD_AUTHENTICATION_METHOD, "Bad authentication method"},
    {MQTT_RC_KEEP_ALIVE_TIMEOUT, "Keep Alive timeout"},
    {MQTT_RC_SESSION_TAKEN_OVER, "Session taken over"},
    {MQTT_RC_TOPIC_FILTER_INVALID, "Topic Filter invalid"},
    {MQTT_RC_TOPIC_NAME_INVALID, "Topic Name invalid"},
    {MQTT_RC_PACKET_ID_IN_USE, "Packet Identifier in use"},
    {MQTT_RC_PACKET_ID_NOT_FOUND, "Packet Identifier not found"},
    {MQTT_RC_RECEIVE_MAXIMUM_EXCEEDED, "Receive Maximum exceeded"},
    {MQTT_RC_TOPIC_ALIAS_INVALID, "Topic Alias invalid"},
    {MQTT_RC_PACKET_TOO_LARGE, "Packet too large"},
    {MQTT_RC_MESSAGE_RATE_TOO_HIGH, "Message rate too high"},
    {MQTT_RC_QUOTA_EXCEEDED, "Quota exceeded"},
    {MQTT_RC_ADMINISTRATIVE_ACTION, "Administrative action"},
    {MQTT_RC_PAYLOAD_FORMAT_INVALID, "Payload format invalid"},
    {MQTT_RC_RETAIN_NOT_SUPPORTED, "Retain not supported"},
    {MQTT_RC_QOS_NOT_SUPPORTED, "QoS not supported"},
    {MQTT_RC_USE_ANOTHER_SERVER, "Use another server"},
    {MQTT_RC_SERVER_MOVED, "Server moved"},
    {MQTT_RC_SHARED_SUBS_NOT_SUPPORTED, "Shared Subscriptions not supported"},
    {MQTT_RC_CONNECTION_RATE_EXCEEDED, "Connection rate exceeded"},
    {MQTT_RC_MAXIMUM_CONNECT_TIME, "Maximum connect time"},
    {MQTT_RC_SUBSCRIPTION_IDS_NOT_SUPPORTED, "Subscription identifiers not supported"},
    {MQTT_RC_WILDCARD_SUBS_NOT_SUPPORTED, "Wildcard Subscriptions not supported"},
};

const char* find(std::span<const Text> texts, int number, const char* otherwise) {
    const auto found = std::find_if(texts.begin(), texts.end(),
                                    [&](const Text& text) { return text.number == number; });
    return found == texts.end() ? otherwise : found->text;
}

}  // namespace

const char* mosquitto_strerror(int mosq_errno) {
    if (mosq_errno == MOSQ_ERR_ERRNO) {
        return std::strerror(errno);
    }
    const char* text = find(errors, mosq_errno, nullptr);
    if (text != nullptr) {
        return text;
    }
    return mosq_errno < 128 ? "Unknown error." : mosquitto_reason_string(mosq_errno);
}

const char* mosquitto_connack_string(int connack_code) {
    return find(return_codes, connack_code, "Connection Refused: unknown reason.");
}

const char* mosquitto_reason_string(int reason_code) {
    return find(reasons, reason_code, "Unknown reason");
}

int mosquitto_string_to_command(const char* str, int* cmd) {
    if (cmd == nullptr) {
        return MOSQ_ERR_INVAL;
    }
    const auto found = mq::client::find_command(mq::client::view_of(str));
    *cmd = found.value_or(0);
    return found ? MOSQ_ERR_SUCCESS : MOSQ_ERR_INVAL;
}
