#pragma once

#include "broker/core/time.hpp"
#include "broker/net/poller.hpp"

#include <boost/intrusive/list.hpp>

namespace mq::broker {

/// Something with a descriptor that belongs to a shard: made by whoever accepts, deleted by its
/// shard at the end of the turn in which it was buried, or with the shard. On the shard's thread.
class Resident : public Pollable,
                 public boost::intrusive::list_base_hook<
                     boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
    Resident() = default;
    virtual ~Resident() = default;
    Resident(const Resident&) = delete;
    Resident& operator=(const Resident&) = delete;

    /// Ends at once, since a deadline has passed.
    virtual void abandon() = 0;
    /// The shard stops when the last resident is gone: ends, unless something else will end it.
    virtual void stop() = 0;

    Time deadline = never;  ///< when the shard calls `abandon`; see `Shard::set_deadline`
};

using ResidentList = boost::intrusive::list<Resident, boost::intrusive::constant_time_size<false>>;

}  // namespace mq::broker
