#pragma once

#include "broker/core/limits.hpp"
#include "mqtt/packet.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mq::broker {

/// Names a connection of a shard for as long as it is open, and nothing after that. Never 0.
using ConnectionId = std::uint64_t;

/// What a client shows of itself in CONNECT.
struct LoginRequest {
    ConnectionId connection = 0;
    const ListenerSettings& listener;
    std::string_view client_id;
    std::string_view address;
    std::optional<std::string_view> user_name;
    std::optional<mqtt::Bytes> password;
};

/// Decides who may connect and who may read and write what.
class AccessPolicy {
 public:
    virtual ~AccessPolicy() = default;

    /// The answer at once: `success`, or the reason of the refusal. Empty when it takes longer;
    /// then `Broker::login_done` is called on the shard's thread with the connection's id, exactly
    /// once.
    virtual std::optional<mqtt::ReasonCode> login(const LoginRequest& request) = 0;

    /// Whether this client may publish to the topic. The core itself refuses `$SYS` and `$share`.
    virtual bool may_write(std::string_view client_id, std::string_view user_name,
                           std::string_view topic) = 0;
    /// Whether a message of this topic may be delivered to the client.
    virtual bool may_read(std::string_view client_id, std::string_view user_name,
                          std::string_view topic) = 0;
};

}  // namespace mq::broker
