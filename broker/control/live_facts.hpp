#pragma once

#include "broker/core/errand.hpp"

#include <boost/json/object.hpp>

/// What commands tell of sessions and retained messages, as JSON; docs/control.md has the members.
namespace mq::broker {

boost::json::object describe(const SessionFacts& session, Time now);
boost::json::object describe(const RetainedFacts& retained, Time now);

/// A message as getRetained tells it and setRetained takes it.
boost::json::object export_of(const RetainedFacts& retained, Time now);

}  // namespace mq::broker
