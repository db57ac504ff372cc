#pragma once

#include "broker/core/message.hpp"

#include <cstdint>

namespace mq::broker {

/// A will as it is kept until it is published or discarded.
struct StoredWill {
    MessageRef message;  ///< its expiry is set when it is published
    std::uint32_t delay_seconds = 0;
    std::uint32_t message_expiry_seconds = 0;
    bool has_message_expiry = false;
};

}  // namespace mq::broker
