#include "client/include/mosquitto.h"
#include "client/lib/encoded_list.hpp"
#include "client/lib/session.hpp"
#include "mqtt/decode.hpp"

#include <algorithm>
#include <vector>

/// What Session does with messages that were encoded for an earlier connection and do not fit this
/// one: the application may have changed the version of the protocol, and topic aliases end with a
/// connection.
namespace mq::client {
namespace {

using mqtt::Version;

/// The properties of the message that may stay, encoded.
EncodedProperties lasting_properties(const mqtt::Publish& packet, Version version) {
    PropertyList list;
    if (version == Version::v5 && !packet.properties.received_list.empty()) {
        decode_properties(CMD_PUBLISH, packet.properties.received_list, list);
    }
    mosquitto_property* rest = list.release();
    if (const auto* alias = find_in(rest, MQTT_PROP_TOPIC_ALIAS)) {
        mosquitto_property_remove(&rest, alias);
        auto* removed = const_cast<mosquitto_property*>(alias);
        mosquitto_property_free(&removed);
    }
    list.reset(rest);
    return encoded(list.get());
}

}  // namespace

/// After the end of a connection, when none is in flight.
void Session::renew_kept() {
    Outgoing* next = outgoing_.next_unsent();
    while (next != nullptr) {
        Outgoing& message = *next;
        next = message.next;
        if (message.with_properties == v5() && !message.with_alias) {
            continue;
        }
        if (!renew(message)) {
            written_.push_back(
                {output_.begin_place(), message.mid, mqtt::ReasonCode::topic_alias_invalid});
            outgoing_.erase(message);
        }
    }
}

/// False when there is no topic but the alias.
bool Session::renew(Outgoing& message) {
    const auto framing = mqtt::cut_frame(message.bytes(), packet_size_max);
    const Version before = message.with_properties ? Version::v5 : Version::v3_1_1;
    const auto packet = mqtt::decode_publish(framing->frame, before, mqtt::Receiver::server);
    if (!packet || packet->topic.empty()) {
        return false;
    }
    const EncodedProperties properties = lasting_properties(*packet, settings_.version);
    const Publication publication = {packet->topic, packet->payload, properties,
                                     packet->qos,   packet->retain,  false};
    // Its views point into the old packet, so the new one is written before that goes.
    std::vector<std::uint8_t> bytes(publish_size(publication, settings_.version));
    write_publish(publication, settings_.version, message.mid, bytes.data());
    Outgoing& renewed = outgoing_.replace(message, bytes.size());
    std::copy(bytes.begin(), bytes.end(), renewed.packet());
    renewed.with_properties = v5();
    return true;
}

}  // namespace mq::client
