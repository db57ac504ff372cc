#pragma once

#include "broker/core/packet_block.hpp"
#include "broker/core/time.hpp"
#include "mqtt/packet.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

namespace mq::broker {

/// Who has published a retained message, for as long as it is kept: longer than the session.
struct Publisher {
    std::string_view client_id;  ///< empty: the broker itself, or not known
    std::string_view user_name;
    bool has_user_name = false;
    std::string_view realm{};  ///< name of the listener's (see RealmNames)
};

/// One application message: an immutable block of one allocation, counted, shared by all receivers,
/// queues and the retained store of ONE shard (the count is not atomic). For another shard it is
/// copied.
///
/// Bytes behind the struct: a gap where the block is a packet's, topic, then the properties that
/// are forwarded unaltered in their encoded form (without length), then the payload, then the
/// publisher's names.
class Message {
 public:
    struct Origin {
        std::uint64_t session = 0;  ///< key of the publisher's session, for No Local; 0: the broker
        Time expiry = never;        ///< from the message expiry interval
    };

    [[nodiscard]] std::string_view topic() const {
        return {reinterpret_cast<const char*>(bytes()), topic_size_};
    }
    [[nodiscard]] mqtt::Bytes properties() const {
        return {bytes() + topic_size_, properties_size_};
    }
    [[nodiscard]] mqtt::Bytes payload() const {
        return {bytes() + topic_size_ + properties_size_, payload_size_};
    }
    /// Known of retained messages only.
    [[nodiscard]] Publisher publisher() const {
        const auto* names = reinterpret_cast<const char*>(payload().data() + payload_size_);
        return {{names, client_id_size_},
                {names + client_id_size_, user_name_size_},
                has_user_name_,
                {names + client_id_size_ + user_name_size_, realm_size_}};
    }
    [[nodiscard]] mqtt::QoS qos() const { return qos_; }
    /// The RETAIN flag as it was published.
    [[nodiscard]] bool retain() const { return retain_; }
    [[nodiscard]] const Origin& origin() const { return origin_; }
    [[nodiscard]] bool expired(Time now) const { return origin_.expiry <= now; }

    Message(const Message&) = delete;
    Message& operator=(const Message&) = delete;

 private:
    friend class MessageRef;
    Message() = default;
    ~Message() = default;
    [[nodiscard]] std::size_t block_size() const {
        return sizeof(Message) + gap_ + topic_size_ + properties_size_ + payload_size_ +
               client_id_size_ + user_name_size_ + realm_size_;
    }
    [[nodiscard]] const std::uint8_t* bytes() const {
        return reinterpret_cast<const std::uint8_t*>(this + 1) + gap_;
    }

    Origin origin_;
    std::uint32_t references_ = 1;
    std::uint32_t payload_size_ = 0;
    std::uint32_t properties_size_ = 0;
    std::uint16_t topic_size_ = 0;
    mqtt::QoS qos_ = mqtt::QoS::at_most_once;
    bool retain_ = false;
    std::uint16_t client_id_size_ = 0;
    std::uint16_t user_name_size_ = 0;
    std::uint16_t realm_size_ = 0;
    bool has_user_name_ = false;
    std::uint8_t gap_ = 0;
};

/// A share in a message; empty when default-made or moved from.
class MessageRef {
 public:
    /// Copies topic, encoded properties, payload and the publisher's names into a new block.
    static MessageRef create(std::string_view topic, mqtt::Bytes properties, mqtt::Bytes payload,
                             mqtt::QoS qos, bool retain, const Message::Origin& origin,
                             const Publisher& publisher = {});

    /// Makes a message out of a PUBLISH with a block of its own, whose payload, at the end of it,
    /// stays where it is. Empty, and the block left as it was, when there is not enough room for
    /// the rest. `topic` may stand in the block, and no longer does afterwards.
    static MessageRef adopt(PacketBlock& block, std::string_view topic, mqtt::Bytes properties,
                            mqtt::Bytes payload, mqtt::QoS qos, const Message::Origin& origin);

    MessageRef() = default;
    MessageRef(const MessageRef& other) : message_(other.message_) {
        if (message_ != nullptr) {
            ++message_->references_;
        }
    }
    MessageRef(MessageRef&& other) noexcept : message_(std::exchange(other.message_, nullptr)) {}
    MessageRef& operator=(MessageRef other) noexcept {
        std::swap(message_, other.message_);
        return *this;
    }
    ~MessageRef() {
        if (message_ != nullptr && --message_->references_ == 0) {
            destroy(message_);
        }
    }

    /// A block of its own with the same content, for another shard or thread.
    [[nodiscard]] MessageRef copy() const;
    /// The same content, published by this one.
    [[nodiscard]] MessageRef published_by(const Publisher& publisher) const;

    const Message& operator*() const { return *message_; }
    const Message* operator->() const { return message_; }
    explicit operator bool() const { return message_ != nullptr; }
    /// Nobody else has a share, so that another thread may have it.
    [[nodiscard]] bool sole() const { return message_ != nullptr && message_->references_ == 1; }

 private:
    explicit MessageRef(Message* message) : message_(message) {}
    static void destroy(Message* message);

    Message* message_ = nullptr;
};

}  // namespace mq::broker
