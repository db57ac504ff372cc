#include "mqtt/encode.hpp"
#include "mqtt/property_writer.hpp"

namespace mq::mqtt {
namespace {

/// First what is for this receiver, then what is forwarded.
template <class Sink>
void put_properties(Writer<Sink>& to, const Publish& packet) {
    to.property(PropertyId::topic_alias, packet.topic_alias);
    SubscriptionIdentifiers identifiers = packet.subscription_identifiers;
    while (const auto identifier = identifiers.next()) {
        to.subscription_identifier(*identifier);
    }
    to.property(PropertyId::message_expiry_interval, packet.properties.message_expiry_interval);
    put_forwarded(to, packet.properties);
}

unsigned flags_of(const Publish& packet) {
    return (packet.dup ? 0x08U : 0U) | static_cast<unsigned>(packet.qos) << 1U |
           (packet.retain ? 0x01U : 0U);
}

}  // namespace

void encode(const Publish& packet, Version version, Buffer& out) {
    assert(packet.qos != QoS::at_most_once || !packet.dup);
    put_packet(PacketType::publish, flags_of(packet), out, [&](auto& to) {
        to.string(packet.topic);
        if (packet.qos != QoS::at_most_once) {
            to.packet_id(packet.packet_id);
        }
        if (version == Version::v5) {
            to.with_length([&](auto& list) { put_properties(list, packet); });
        }
        to.raw(packet.payload);
    });
}

void encode_forwarded(const MessageProperties& properties, Buffer& out) {
    if (!properties.received_list.empty()) {
        copy_forwarded(properties.received_list, out);
    } else {
        Writer<Appender> writer{Appender(out)};
        put_forwarded(writer, properties);
    }
}

}  // namespace mq::mqtt
