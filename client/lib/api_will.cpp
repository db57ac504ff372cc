/// The will.

#include "client/include/mosquitto.h"
#include "client/lib/client.hpp"
#include "client/lib/encoded_list.hpp"
#include "client/lib/guarded.hpp"
#include "mqtt/topic.hpp"
#include "mqtt/utf8.hpp"

using namespace mq::client;

namespace {

/// As many bytes as the length before it in CONNECT can say.
constexpr int payload_max = 65'535;

int check_will(const char* topic, int payloadlen, const void* payload, int qos) {
    if (topic == nullptr || qos < 0 || qos > 2 || (payloadlen > 0 && payload == nullptr)) {
        return MOSQ_ERR_INVAL;
    }
    if (payloadlen < 0 || payloadlen > payload_max) {
        return MOSQ_ERR_PAYLOAD_SIZE;
    }
    if (!mq::mqtt::is_valid_string(topic)) {
        return MOSQ_ERR_MALFORMED_UTF8;
    }
    return mq::mqtt::is_valid_topic_name(topic) ? MOSQ_ERR_SUCCESS : MOSQ_ERR_INVAL;
}

int set_will(mosquitto& client, Will will, const mosquitto_property* properties) {
    will.properties = encoded(properties);
    auto owned = std::make_unique<Will>(std::move(will));
    const auto lock = client.lock();
    client.settings().will = std::move(owned);
    return MOSQ_ERR_SUCCESS;
}

int check_will_properties(mosquitto& client, const mosquitto_property* properties) {
    if (properties == nullptr) {
        return MOSQ_ERR_SUCCESS;
    }
    const auto lock = client.lock();
    return client.settings().version == mq::mqtt::Version::v5
               ? check_properties(CMD_WILL, properties)
               : int{MOSQ_ERR_NOT_SUPPORTED};
}

}  // namespace

int mosquitto_will_set(mosquitto* mosq, const char* topic, int payloadlen, const void* payload,
                       int qos, bool retain) {
    return mosquitto_will_set_v5(mosq, topic, payloadlen, payload, qos, retain, nullptr);
}

int mosquitto_will_set_v5(mosquitto* mosq, const char* topic, int payloadlen, const void* payload,
                          int qos, bool retain, mosquitto_property* properties) {
    return guarded([&] {
        if (mosq == nullptr) {
            return int{MOSQ_ERR_INVAL};
        }
        int problem = check_will_properties(*mosq, properties);
        if (problem == MOSQ_ERR_SUCCESS) {
            problem = check_will(topic, payloadlen, payload, qos);
        }
        if (problem != MOSQ_ERR_SUCCESS) {
            return problem;
        }
        const auto* bytes = static_cast<const std::uint8_t*>(payload);
        Will will;
        will.topic = topic;
        will.payload.assign(bytes, bytes + payloadlen);
        will.qos = static_cast<mq::mqtt::QoS>(qos);
        will.retain = retain;
        const int result = set_will(*mosq, std::move(will), properties);
        mosquitto_property_free_all(&properties);  // it is ours now
        return result;
    });
}

int mosquitto_will_clear(mosquitto* mosq) {
    return guarded([&] {
        if (mosq == nullptr) {
            return MOSQ_ERR_INVAL;
        }
        const auto lock = mosq->lock();
        mosq->settings().will.reset();
        return MOSQ_ERR_SUCCESS;
    });
}
