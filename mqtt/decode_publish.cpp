#include "mqtt/decode.hpp"
#include "mqtt/property_reader.hpp"
#include "mqtt/topic.hpp"

namespace mq::mqtt {
namespace {

constexpr PropertySet publish_properties = {
    PropertyId::payload_format_indicator,
    PropertyId::message_expiry_interval,
    PropertyId::topic_alias,
    PropertyId::response_topic,
    PropertyId::correlation_data,
    PropertyId::subscription_identifier,
    PropertyId::content_type,
};

/// Checks the identifier and notes where the first one stands.
void read_subscription_identifier(PropertyReader& list, Receiver receiver, Bytes& first) {
    list.subscription_identifier();
    if (receiver == Receiver::server) {
        list.refuse();  // [MQTT-3.3.4-6]
    }
    if (first.empty()) {
        first = list.from_here();
    }
}

void read_properties(Reader& reader, Receiver receiver, Publish& packet) {
    Bytes identifiers;
    PropertyReader list(reader, publish_properties, {PropertyId::subscription_identifier});
    while (list.next()) {
        if (read_message_property(list, packet.properties)) {
            continue;
        }
        if (list.id() == PropertyId::topic_alias) {
            packet.topic_alias = list.u16_above_0(ReasonCode::topic_alias_invalid);
        } else {
            read_subscription_identifier(list, receiver, identifiers);
        }
    }
    packet.properties.user_properties = list.user_properties();
    packet.properties.received_list = list.whole();
    packet.subscription_identifiers = SubscriptionIdentifiers(identifiers);
}

/// [MQTT-3.3.2-2]; an alias may stand for the name in 5.0 (§3.3.2.3.4). A name that is none is a
/// protocol error; "topic name invalid" is for right ones that are not accepted (§3.14.2.1).
void check_topic(Reader& reader, Version version, const Publish& packet) {
    if (packet.topic.empty() && version == Version::v5) {
        reader.require(packet.topic_alias.has_value(), ReasonCode::protocol_error);
    } else {
        reader.require(is_valid_topic_name(packet.topic), ReasonCode::protocol_error);
    }
}

/// QoS is not 3 [MQTT-3.3.1-4]; DUP is not set at QoS 0 [MQTT-3.3.1-2].
bool are_valid_flags(std::uint8_t first_byte) {
    const unsigned qos = first_byte >> 1U & 0x03U;
    const bool dup = (first_byte & 0x08U) != 0;
    return qos <= 2 && (qos > 0 || !dup);
}

}  // namespace

Result<Publish, ReasonCode> decode_publish(const Frame& frame, Version version, Receiver receiver) {
    Reader reader(frame.body);
    reader.require(are_valid_flags(frame.first_byte), ReasonCode::malformed_packet);
    Result<Publish, ReasonCode> result(boost::system::in_place_value);  // spares a copy
    Publish& packet = *result;
    packet.dup = (frame.first_byte & 0x08U) != 0;
    packet.qos = static_cast<QoS>(frame.first_byte >> 1U & 0x03U);
    packet.retain = (frame.first_byte & 0x01U) != 0;
    packet.topic = reader.string();
    if (packet.qos != QoS::at_most_once) {
        packet.packet_id = reader.packet_id();
    }
    if (version == Version::v5 && !reader.take_empty_properties()) {
        read_properties(reader, receiver, packet);
    }
    check_topic(reader, version, packet);
    packet.payload = reader.take_rest();
    if (!reader.ok()) {
        result = {boost::system::in_place_error, reader.error()};
    }
    return result;
}

}  // namespace mq::mqtt
