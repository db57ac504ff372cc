/// Publishing.

#include "client/include/mosquitto.h"
#include "client/lib/client.hpp"
#include "client/lib/encoded_list.hpp"
#include "client/lib/guarded.hpp"
#include "mqtt/topic.hpp"
#include "mqtt/utf8.hpp"

using namespace mq::client;

namespace {

bool has_alias(const mosquitto_property* properties) {
    return find_in(properties, MQTT_PROP_TOPIC_ALIAS) != nullptr;
}

int check_topic(std::string_view topic, const mosquitto_property* properties) {
    if (topic.empty()) {
        return has_alias(properties) ? MOSQ_ERR_SUCCESS : MOSQ_ERR_INVAL;
    }
    if (!mq::mqtt::is_valid_string(topic)) {
        return MOSQ_ERR_MALFORMED_UTF8;
    }
    return mq::mqtt::is_valid_topic_name(topic) ? MOSQ_ERR_SUCCESS : MOSQ_ERR_INVAL;
}

int check_list(mosquitto& client, const mosquitto_property* properties) {
    if (properties == nullptr) {
        return MOSQ_ERR_SUCCESS;
    }
    const auto lock = client.lock();
    return client.settings().version == mq::mqtt::Version::v5
               ? check_properties(CMD_PUBLISH, properties)
               : int{MOSQ_ERR_NOT_SUPPORTED};
}

}  // namespace

int mosquitto_publish(mosquitto* mosq, int* mid, const char* topic, int payloadlen,
                      const void* payload, int qos, bool retain) {
    return mosquitto_publish_v5(mosq, mid, topic, payloadlen, payload, qos, retain, nullptr);
}

int mosquitto_publish_v5(mosquitto* mosq, int* mid, const char* topic, int payloadlen,
                         const void* payload, int qos, bool retain,
                         const mosquitto_property* properties) {
    return guarded([&] {
        if (mosq == nullptr || qos < 0 || qos > 2 || (payloadlen > 0 && payload == nullptr)) {
            return int{MOSQ_ERR_INVAL};
        }
        if (payloadlen < 0 || static_cast<unsigned>(payloadlen) > MQTT_MAX_PAYLOAD) {
            return int{MOSQ_ERR_PAYLOAD_SIZE};
        }
        const std::string_view name =
            topic == nullptr ? std::string_view() : std::string_view(topic);
        int problem = check_list(*mosq, properties);
        if (problem == MOSQ_ERR_SUCCESS) {
            problem = check_topic(name, properties);
        }
        if (problem != MOSQ_ERR_SUCCESS) {
            return problem;
        }
        const EncodedProperties list = encoded(properties);
        Publication publication;
        publication.topic = name;
        publication.payload = {static_cast<const std::uint8_t*>(payload),
                               static_cast<std::size_t>(payloadlen)};
        publication.properties = list;
        publication.qos = static_cast<mq::mqtt::QoS>(qos);
        publication.retain = retain;
        return mosq->publish(publication, mid);
    });
}
