#pragma once

#include "broker/core/connection.hpp"
#include "broker/core/outlet.hpp"
#include "broker/net/backlog.hpp"
#include "broker/net/resident.hpp"

#include <cstdint>
#include <string_view>

namespace mq::broker {

class Listener;
class Shard;

/// One accepted connection: bytes between a socket and the core. What TCP, TLS and WebSocket have
/// in common: keeping back what the core did not consume, taking note for the end of the turn, and
/// the two steps of an end: the core is told, then the transport is deleted at the end of that
/// turn.
///
/// Owned by its shard, on the shard's thread. Small, since an idle client owns one.
class Transport : public Outlet, public Resident {
 public:
    ~Transport() override;

    // Outlet: notes only.
    void flush_later() final;
    void close_later() final;
    void resume() final;

    /// Does what was noted; called by the shard at the end of a turn.
    void finish_turn();
    void stop() final;
    /// Gives the memory of an empty outbox back.
    void release_buffer();
    [[nodiscard]] mqtt::Buffer& outbox_buffer() { return connection_->outbox.buffer(); }

    /// Index among those that keep their outbox's buffer, managed by the shard; -1 for none.
    std::int16_t borrower = -1;

 protected:
    /// Above this many unwritten bytes nothing more is read from a connection, since each packet
    /// that is read may add an answer.
    static constexpr std::size_t unread_answers_bytes_max = std::size_t{1} << 20;

    Transport(Shard& shard, Listener& listener);

    /// Tells the core that there is a client.
    void open(Peer peer);
    /// Serves a client that another shard has served until now.
    void attach(Connection& connection);
    /// Gives the core bytes that have come, behind those kept back, and keeps the rest back.
    void take(mqtt::Bytes bytes);
    /// The same for what was read into the room of the backlog.
    void take_backlog();
    /// Tells the core, once, that there is no more client; `reason` as in `Broker::closed`.
    void tell_closed(std::string_view reason);
    /// Nobody uses this object after the turn.
    void bury();

    /// Whether the core takes bytes now.
    [[nodiscard]] bool accepts_bytes() const;
    /// Does the core's side hold more unwritten bytes than is good?
    [[nodiscard]] bool overfull() const;
    void wrote(std::size_t bytes);

    /// Writes what the outbox holds as far as it goes now.
    virtual void flush() = 0;
    /// Writes what goes, then begins to close.
    virtual void close() = 0;
    /// Bytes may be taken again, or are there although the descriptor does not say so.
    virtual void read_on() = 0;

    Shard& shard_;
    Listener& listener_;
    Connection* connection_ = nullptr;
    Backlog backlog_;
    bool dead_ = false;
    bool read_on_noted_ = false;

 private:
    void note();
    void keep(mqtt::Bytes rest);
    [[nodiscard]] std::size_t needed(mqtt::Bytes bytes) const;

    bool noted_ = false;
    bool flush_noted_ = false;
    bool close_noted_ = false;
};

}  // namespace mq::broker
