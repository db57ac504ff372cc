#pragma once

#include "broker/core/access.hpp"
#include "broker/core/errand.hpp"
#include "broker/core/time.hpp"
#include "mqtt/packet.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace mq::broker {

/// A PUBLISH to a topic under `$CONTROL/` by a client that may write there.
struct ControlRequest {
    std::string_view topic;
    mqtt::Bytes payload;
    Identity client;  ///< who asks
};

/// Where a request has done by the shards what takes longer. Lives as long as the core.
class ControlDesk {
 public:
    using Then = std::function<void(ErrandResult)>;
    /// Calls `then` exactly once, on this shard's thread, perhaps before it returns; or never, when
    /// the broker ends.
    virtual void run(Errand errand, Then then) = 0;
    /// Of the turn in which the request goes on.
    [[nodiscard]] virtual Time turn_time() const = 0;

 protected:
    ~ControlDesk() = default;
};

/// Answers requests to the broker itself. On the shard's thread, within the handling of the
/// PUBLISH, so what it does by itself takes no time to speak of, and it does not call the core but
/// for the desk.
class Control {
 public:
    virtual ~Control() = default;
    /// Takes the payload of the response, once, within `answer` or later. It is published to the
    /// request's topic with `/response` behind it.
    using Respond = std::function<void(std::string)>;
    /// False where nobody takes requests at this topic; then there is no response.
    virtual bool answer(const ControlRequest& request, ControlDesk& desk, Respond respond) = 0;
};

}  // namespace mq::broker
