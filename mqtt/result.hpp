#pragma once

#include <boost/system/result.hpp>

namespace mq {

/// What every fallible function returns: a value or the reason why there is none.
/// `mqtt` and `broker/core` use a `ReasonCode` for the reason, everything else a `Problem`.
template <class T, class E>
using Result = boost::system::result<T, E>;

}  // namespace mq
