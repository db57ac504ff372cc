#include "mqtt/encode.hpp"
#include "mqtt/property_writer.hpp"

namespace mq::mqtt {
namespace {

std::uint8_t flags_of(const Connect& packet) {
    unsigned flags = packet.clean_start ? 0x02U : 0U;
    if (packet.will) {
        flags |= 0x04U | static_cast<unsigned>(packet.will->qos) << 3U |
                 (packet.will->retain ? 0x20U : 0U);
    }
    flags |= (packet.password ? 0x40U : 0U) | (packet.user_name ? 0x80U : 0U);
    return static_cast<std::uint8_t>(flags);
}

std::uint8_t level_of(const Connect& packet) {
    assert(!packet.bridge || packet.version != Version::v5);
    return static_cast<std::uint8_t>(static_cast<unsigned>(packet.version) |
                                     (packet.bridge ? 0x80U : 0U));
}

template <class Sink>
void put_properties(Writer<Sink>& to, const Connect& packet) {
    to.property(PropertyId::session_expiry_interval, packet.session_expiry_interval);
    to.property(PropertyId::authentication_method, packet.authentication_method);
    to.property(PropertyId::authentication_data, packet.authentication_data);
    to.property(PropertyId::request_problem_information, packet.request_problem_information);
    to.property(PropertyId::request_response_information, packet.request_response_information);
    to.property(PropertyId::receive_maximum, packet.receive_maximum);
    to.property(PropertyId::topic_alias_maximum, packet.topic_alias_maximum);
    to.property(PropertyId::maximum_packet_size, packet.maximum_packet_size);
    to.user_properties(packet.user_properties);
}

template <class Sink>
void put_will(Writer<Sink>& to, const Will& will, Version version) {
    if (version == Version::v5) {
        to.with_length([&](auto& list) {
            list.property(PropertyId::will_delay_interval, will.delay_interval);
            list.property(PropertyId::message_expiry_interval,
                          will.properties.message_expiry_interval);
            put_forwarded(list, will.properties);
        });
    }
    to.string(will.topic);
    to.binary(will.payload);
}

/// [MQTT-3.1.3-1]
template <class Sink>
void put_payload(Writer<Sink>& to, const Connect& packet) {
    to.string(packet.client_id);
    if (packet.will) {
        put_will(to, *packet.will, packet.version);
    }
    if (packet.user_name) {
        to.string(*packet.user_name);
    }
    if (packet.password) {
        to.binary(*packet.password);
    }
}

/// First what most servers send, in the order that packet.hpp states.
template <class Sink>
void put_properties(Writer<Sink>& to, const Connack& packet) {
    to.property(PropertyId::server_keep_alive, packet.server_keep_alive);
    to.property(PropertyId::topic_alias_maximum, packet.topic_alias_maximum);
    to.property(PropertyId::assigned_client_identifier, packet.assigned_client_identifier);
    to.property(PropertyId::authentication_method, packet.authentication_method);
    to.property(PropertyId::authentication_data, packet.authentication_data);
    to.property(PropertyId::retain_available, packet.retain_available);
    to.property(PropertyId::maximum_packet_size, packet.maximum_packet_size);
    to.property(PropertyId::receive_maximum, packet.receive_maximum);
    to.property(PropertyId::maximum_qos, packet.maximum_qos);
    to.property(PropertyId::session_expiry_interval, packet.session_expiry_interval);
    to.property(PropertyId::response_information, packet.response_information);
    to.property(PropertyId::server_reference, packet.server_reference);
    to.property(PropertyId::reason_string, packet.reason_string);
    to.user_properties(packet.user_properties);
    to.property(PropertyId::wildcard_subscription_available,
                packet.wildcard_subscription_available);
    to.property(PropertyId::subscription_identifier_available,
                packet.subscription_identifier_available);
    to.property(PropertyId::shared_subscription_available, packet.shared_subscription_available);
}

}  // namespace

void encode(const Connect& packet, Buffer& out) {
    assert(packet.version == Version::v5 || packet.user_name || !packet.password);
    put_packet(PacketType::connect, 0, out, [&](auto& to) {
        to.string(packet.version == Version::v3_1 ? "MQIsdp" : "MQTT");
        to.u8(level_of(packet));
        to.u8(flags_of(packet));
        to.u16(packet.keep_alive);
        if (packet.version == Version::v5) {
            to.with_length([&](auto& list) { put_properties(list, packet); });
        }
        put_payload(to, packet);
    });
}

void encode(const Connack& packet, Version version, Buffer& out) {
    put_packet(PacketType::connack, 0, out, [&](auto& to) {
        to.u8(packet.session_present && version != Version::v3_1);
        if (version == Version::v5) {
            to.u8(packet.reason_code);
            to.with_length([&](auto& list) { put_properties(list, packet); });
        } else {
            to.u8(static_cast<std::uint8_t>(packet.return_code));
        }
    });
}

}  // namespace mq::mqtt
