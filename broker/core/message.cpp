#include "broker/core/message.hpp"

#include "broker/core/block_pool.hpp"

#include <cassert>
#include <new>

namespace mq::broker {
namespace {

std::uint8_t* append(const void* data, std::size_t size, std::uint8_t* at) {
    if (size > 0) {
        std::memcpy(at, data, size);
    }
    return at + size;
}

std::uint8_t* append(std::string_view text, std::uint8_t* at) {
    return append(text.data(), text.size(), at);
}

std::uint8_t* append(mqtt::Bytes bytes, std::uint8_t* at) {
    return append(bytes.data(), bytes.size(), at);
}

}  // namespace

MessageRef MessageRef::create(std::string_view topic, mqtt::Bytes properties, mqtt::Bytes payload,
                              mqtt::QoS qos, bool retain, const Message::Origin& origin,
                              const Publisher& publisher) {
    assert(topic.size() <= 65535);
    assert(publisher.client_id.size() <= 65535 && publisher.user_name.size() <= 65535 &&
           publisher.realm.size() <= 65535);
    const std::size_t size = topic.size() + properties.size() + payload.size() +
                             publisher.client_id.size() + publisher.user_name.size() +
                             publisher.realm.size();
    auto* message = new (BlockPool::take(sizeof(Message) + size)) Message;
    message->origin_ = origin;
    message->payload_size_ = static_cast<std::uint32_t>(payload.size());
    message->properties_size_ = static_cast<std::uint32_t>(properties.size());
    message->topic_size_ = static_cast<std::uint16_t>(topic.size());
    message->qos_ = qos;
    message->retain_ = retain;
    message->client_id_size_ = static_cast<std::uint16_t>(publisher.client_id.size());
    message->user_name_size_ = static_cast<std::uint16_t>(publisher.user_name.size());
    message->realm_size_ = static_cast<std::uint16_t>(publisher.realm.size());
    message->has_user_name_ = publisher.has_user_name;
    auto* at = append(topic, reinterpret_cast<std::uint8_t*>(message + 1));
    at = append(payload, append(properties, at));
    at = append(publisher.user_name, append(publisher.client_id, at));
    append(publisher.realm, at);
    return MessageRef(message);
}

MessageRef MessageRef::adopt(PacketBlock& block, std::string_view topic, mqtt::Bytes properties,
                             mqtt::Bytes payload, mqtt::QoS qos, const Message::Origin& origin) {
    assert(topic.size() <= 65535);
    auto* const start = block.bytes() - PacketBlock::head_bytes;
    const auto before_payload = static_cast<std::size_t>(payload.data() - start);
    const std::size_t used = sizeof(Message) + topic.size() + properties.size();
    const bool at_end = payload.data() + payload.size() == block.bytes() + block.capacity();
    if (!at_end || used > before_payload || before_payload - used > 255) {
        return {};
    }
    std::uint8_t* at = start + before_payload - properties.size();
    std::memmove(at - topic.size(), topic.data(), topic.size());
    append(properties, at);
    auto* message = new (block.release()) Message;
    message->origin_ = origin;
    message->payload_size_ = static_cast<std::uint32_t>(payload.size());
    message->properties_size_ = static_cast<std::uint32_t>(properties.size());
    message->topic_size_ = static_cast<std::uint16_t>(topic.size());
    message->qos_ = qos;
    message->gap_ = static_cast<std::uint8_t>(before_payload - used);
    return MessageRef(message);
}

MessageRef MessageRef::copy() const {
    const Message& m = *message_;
    return create(m.topic(), m.properties(), m.payload(), m.qos(), m.retain(), m.origin(),
                  m.publisher());
}

MessageRef MessageRef::published_by(const Publisher& publisher) const {
    const Message& m = *message_;
    return create(m.topic(), m.properties(), m.payload(), m.qos(), m.retain(), m.origin(),
                  publisher);
}

void MessageRef::destroy(Message* message) {
    const std::size_t size = message->block_size();
    message->~Message();
    BlockPool::give_back(message, size);
}

}  // namespace mq::broker
