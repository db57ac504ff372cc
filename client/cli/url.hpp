#pragma once

#include "base/problem.hpp"
#include "base/secret.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace mq::cli {

/// A broker and a topic, as `-L` takes them:
///
///     mqtt|mqtts|ws|wss://[user[:password]@]host[:port][/topic]
///
/// The host may be an IPv6 address in brackets. User and password are what stands there, without
/// escapes; the user ends at the first colon, both at the last @ before the topic.
struct BrokerUrl {
    bool tls = false;
    bool websockets = false;
    std::optional<std::string> user;
    std::optional<Secret> password;
    std::string host;
    std::optional<int> port;
    std::optional<std::string> topic;  ///< as it stands there; unset without a slash
};

Outcome<BrokerUrl> parse_broker_url(std::string_view text);

/// A proxy, as `--proxy` takes it: socks5h://[user[:password]@]host[:port]
/// User and password may have %XX for any byte.
struct ProxyUrl {
    std::optional<std::string> user;
    std::optional<Secret> password;
    std::string host;
    std::optional<int> port;
};

Outcome<ProxyUrl> parse_proxy_url(std::string_view text);

}  // namespace mq::cli
