#include "broker/core/message.hpp"

#include <cassert>
#include <cstdlib>
#include <new>

namespace mq::broker {

MessageRef MessageRef::create(std::string_view topic, mqtt::Bytes properties, mqtt::Bytes payload,
                              mqtt::QoS qos, bool retain, const Message::Origin& origin) {
    assert(topic.size() <= 65535);
    const std::size_t size = topic.size() + properties.size() + payload.size();
    auto* message = new (::operator new(sizeof(Message) + size)) Message;
    message->origin_ = origin;
    message->payload_size_ = static_cast<std::uint32_t>(payload.size());
    message->properties_size_ = static_cast<std::uint32_t>(properties.size());
    message->topic_size_ = static_cast<std::uint16_t>(topic.size());
    message->qos_ = qos;
    message->retain_ = retain;
    auto* at = reinterpret_cast<std::uint8_t*>(message + 1);
    std::memcpy(at, topic.data(), topic.size());
    at += topic.size();
    if (!properties.empty()) {
        std::memcpy(at, properties.data(), properties.size());
        at += properties.size();
    }
    if (!payload.empty()) {
        std::memcpy(at, payload.data(), payload.size());
    }
    return MessageRef(message);
}

MessageRef MessageRef::copy() const {
    const Message& m = *message_;
    return create(m.topic(), m.properties(), m.payload(), m.qos(), m.retain(), m.origin());
}

void MessageRef::destroy(Message* message) {
    message->~Message();
    ::operator delete(message);
}

}  // namespace mq::broker
