#pragma once

#include "broker/core/shard_index.hpp"

#include <memory>

namespace mq::broker {

struct Connection;
class Outlet;

/// A transport that has left its shard and is not yet with another: a descriptor, and what was read
/// and not consumed. Destroyed in between, it closes the connection.
class DetachedTransport {
 public:
    virtual ~DetachedTransport() = default;
    /// Makes it the connection's transport on shard `self`, within a turn of it. Null when the
    /// shard cannot take it. Reads nothing before `Outlet::resume`.
    virtual Outlet* attach(Connection& connection, ShardIndex self) = 0;
};

/// A connection's transport as the core sees it. Owned by the net room; lives until it has told
/// `Broker::closed`. None of these calls back into the core: they take note for the end of the
/// turn.
class Outlet {
 public:
    /// There are bytes in the outbox: write them at the end of this turn. Called once until the
    /// transport has flushed.
    virtual void flush_later() = 0;
    /// Write what the outbox holds as far as the peer takes it soon, then close and tell
    /// `Broker::closed`. No further bytes of this connection are given to the core.
    virtual void close_later() = 0;
    /// The core takes bytes of this connection again: give it those kept back, then read on.
    virtual void resume() = 0;
    /// Whether the connection may move to another shard at present.
    [[nodiscard]] virtual bool can_detach() const { return false; }
    /// Lets go of the connection, whose `closed` is not told any more; only when `can_detach`. What
    /// the outbox holds goes along in the connection.
    virtual std::unique_ptr<DetachedTransport> detach() { return nullptr; }

 protected:
    ~Outlet() = default;
};

}  // namespace mq::broker
