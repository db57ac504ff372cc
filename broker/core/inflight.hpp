#pragma once

#include "broker/core/journal.hpp"
#include "broker/core/message.hpp"
#include "broker/core/ring.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace mq::broker {

/// How one message goes to one session.
struct Delivery {
    mqtt::QoS qos = mqtt::QoS::at_most_once;     ///< of the delivery
    bool retain = false;                         ///< RETAIN flag of the delivery
    std::span<const std::uint32_t> identifiers;  ///< subscription identifiers
};

/// Subscription identifiers of one delivery; seldom there, so behind a pointer.
using Identifiers = std::unique_ptr<const std::vector<std::uint32_t>>;

/// One message on its way to one session, waiting or in flight.
struct Outgoing {
    MessageRef message;  ///< empty once it was sent, where it is never sent again
    Identifiers identifiers;
    EntryNumber number = 0;           ///< in the journal; 0: not kept there
    std::uint32_t payload_bytes = 0;  ///< of the message; also when that is gone
    mqtt::QoS qos = mqtt::QoS::at_most_once;
    bool retain : 1 = false;
    bool on_wire : 1 = false;  ///< sent on the present connection
    bool done : 1 = false;     ///< acknowledged; stands until all before it are, too
    EntryState state = EntryState::queued;

    [[nodiscard]] std::span<const std::uint32_t> identifier_list() const {
        return identifiers ? std::span<const std::uint32_t>(*identifiers)
                           : std::span<const std::uint32_t>{};
    }
    [[nodiscard]] Delivery delivery() const { return {qos, retain, identifier_list()}; }
    [[nodiscard]] std::size_t held_bytes() const { return message ? payload_bytes : 0; }
};

/// What a session has sent at QoS 1 and 2 and the client has not acknowledged, in the order of
/// sending. Packet identifiers are given in turn, so that an acknowledgement finds its entry by its
/// distance from the oldest one. At most 65,535 entries stand between the oldest open entry and the
/// newest.
class Inflight {
 public:
    static constexpr std::size_t entries_max = 65535;

    [[nodiscard]] bool full() const { return entries_.size() == entries_max; }
    /// Entries that are not done.
    [[nodiscard]] std::size_t open() const { return open_; }
    /// Of those, the ones that were sent on the present connection: they use up the receive
    /// maximum.
    [[nodiscard]] std::size_t on_wire() const { return on_wire_; }
    /// Payload bytes of the open entries.
    [[nodiscard]] std::size_t bytes() const { return bytes_; }
    /// Of those, what is still held here.
    [[nodiscard]] std::size_t held_bytes() const { return held_bytes_; }

    /// Takes a message in as the newest; it counts as sent on this connection.
    mqtt::PacketId add(Outgoing entry);
    /// As `add` for an entry of the store, which keeps its packet identifier and is not on the
    /// wire. False when the identifier cannot follow those before it.
    bool restore(Outgoing entry, mqtt::PacketId id);

    /// The open entry with this packet identifier, or null.
    Outgoing* find(mqtt::PacketId id);
    /// Lets go of the message of an open entry that is never sent again.
    void let_go(Outgoing& entry);
    /// Ends an open entry and drops all done ones at the front.
    void finish(Outgoing& entry);

    /// A new connection: everything open is to be sent again.
    void connection_lost();
    /// Position of the oldest open entry that is not on the wire; `mark_sent` takes it off the
    /// list.
    std::optional<std::size_t> next_to_resend();
    void mark_sent(Outgoing& entry);

    [[nodiscard]] std::size_t positions() const { return entries_.size(); }
    Outgoing& at(std::size_t position) { return entries_[position]; }
    [[nodiscard]] mqtt::PacketId id_at(std::size_t position) const;
    void clear();

 private:
    static constexpr std::uint32_t ids = 65535;

    Ring<Outgoing> entries_;
    std::uint32_t first_ = 0;  ///< packet identifier of the oldest entry, less one
    std::uint32_t open_ = 0;
    std::uint32_t on_wire_ = 0;
    std::uint32_t resend_at_ = 0;  ///< position from which entries may be off the wire
    std::size_t bytes_ = 0;
    std::size_t held_bytes_ = 0;
};

}  // namespace mq::broker
