#pragma once

#include "broker/core/access.hpp"
#include "mqtt/packet.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace mq::broker {

/// A PUBLISH to a topic under `$CONTROL/` by a client that may write there.
struct ControlRequest {
    std::string_view topic;
    mqtt::Bytes payload;
    Identity client;  ///< who asks
};

/// Answers requests to the broker itself. On the shard's thread, within the handling of the
/// PUBLISH, so it takes no time to speak of and does not call the core.
class Control {
 public:
    virtual ~Control() = default;
    /// The payload of the response, which is published to the request's topic with `/response`
    /// behind it; nothing where nobody takes requests at this topic.
    virtual std::optional<std::string> answer(const ControlRequest& request) = 0;
};

}  // namespace mq::broker
