#pragma once

#include "broker/control/request_members.hpp"
#include "broker/core/errand.hpp"

namespace mq::broker {

/// The errand of setRetained, which stores what getRetained has told. Mistakes are told to
/// `members`, also about a topic or properties that no client could publish.
Errand read_retained(RequestMembers& members, Time now);

}  // namespace mq::broker
