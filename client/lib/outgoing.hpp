#pragma once

#include "client/lib/id_table.hpp"
#include "mqtt/packet.hpp"

#include <cstddef>
#include <cstdint>

namespace mq::client {

/// One message of QoS 1 or 2 until it is acknowledged. Its encoded PUBLISH lies behind it.
struct Outgoing {
    enum class Awaits : std::uint8_t { puback, pubrec, pubcomp };

    Outgoing* previous = nullptr;
    Outgoing* next = nullptr;
    std::uint32_t size = 0;  ///< bytes of the encoded packet
    mqtt::PacketId mid = 0;
    Awaits awaits = Awaits::puback;
    bool sent_before = false;      ///< on this connection or an earlier one
    bool on_connection = false;    ///< sent on this one
    bool with_properties = false;  ///< encoded for MQTT 5.0

    [[nodiscard]] std::uint8_t* packet() { return reinterpret_cast<std::uint8_t*>(this + 1); }
    [[nodiscard]] mqtt::Bytes bytes() { return {packet(), size}; }
};

/// All messages of QoS 1 and 2 that were published and are not acknowledged, in their order: first
/// those sent on this connection ("in flight"), then those that wait, on the whole. Owns them.
class OutgoingMessages {
 public:
    OutgoingMessages() = default;
    OutgoingMessages(const OutgoingMessages&) = delete;
    OutgoingMessages& operator=(const OutgoingMessages&) = delete;
    ~OutgoingMessages();

    /// A new one at the end with room for its packet, which the caller encodes. Throws bad_alloc.
    Outgoing& add(mqtt::PacketId mid, mqtt::QoS qos, std::size_t packet_size);
    /// The oldest that was not sent on this connection.
    [[nodiscard]] Outgoing* next_unsent() { return unsent_; }
    /// The oldest unsent is now on its way. Throws bad_alloc, and nothing has changed then.
    void mark_sent();
    /// What was sent on this connection with this id.
    [[nodiscard]] Outgoing* in_flight(mqtt::PacketId mid) { return table_.find(mid); }
    [[nodiscard]] std::size_t in_flight_count() const { return table_.size(); }
    void erase(Outgoing& message);
    /// The connection has ended: all of them are to be sent (again).
    void rewind();
    /// The broker's session is new: what is not sent on this connection begins anew.
    void forget_progress();

    [[nodiscard]] std::size_t count() const { return count_; }
    [[nodiscard]] std::size_t bytes() const { return bytes_; }
    /// Whether there is one that an earlier connection had sent.
    [[nodiscard]] bool any_to_repeat() const { return unsent_ != nullptr && unsent_->sent_before; }

 private:
    Outgoing* first_ = nullptr;
    Outgoing* last_ = nullptr;
    Outgoing* unsent_ = nullptr;
    std::size_t count_ = 0;
    std::size_t bytes_ = 0;
    IdTable<Outgoing> table_;
};

}  // namespace mq::client
