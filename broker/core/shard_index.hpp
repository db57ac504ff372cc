#pragma once

#include <cstdint>

namespace mq::broker {

/// A shard of this process; the first is 0.
using ShardIndex = std::uint16_t;

}  // namespace mq::broker
