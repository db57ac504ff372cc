#pragma once

#include "broker/core/message.hpp"
#include "broker/core/outbox.hpp"
#include "mqtt/packet.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace mq::broker {

/// What of an outgoing PUBLISH differs from receiver to receiver.
struct PublishForm {
    mqtt::Version version = mqtt::Version::v3_1_1;
    mqtt::PacketId id = 0;  ///< 0: QoS 0
    mqtt::QoS qos = mqtt::QoS::at_most_once;
    bool dup = false;
    bool retain = false;
    std::string_view topic;            ///< empty where the alias stands for it
    std::uint16_t alias = 0;           ///< 0: none
    std::uint32_t expiry_seconds = 0;  ///< time left; 0: the message does not expire
    std::span<const std::uint32_t> identifiers;
};

/// Bytes of the whole packet.
std::size_t publish_size(const Message& message, const PublishForm& form);

/// Appends the packet: head and small payloads by copy, large payloads by reference. The caller
/// tells the outbox that it was appended to.
void write_publish(const MessageRef& message, const PublishForm& form, Outbox& outbox);

}  // namespace mq::broker
