#pragma once

namespace mq::broker {

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

 protected:
    ~Outlet() = default;
};

}  // namespace mq::broker
