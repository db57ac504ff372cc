#pragma once

#include "base/problem.hpp"
#include "base/unique_fd.hpp"
#include "broker/config/config.hpp"

#include <cstdint>
#include <string>
#include <sys/socket.h>
#include <system_error>
#include <vector>

namespace mq::broker {

/// An address and port of one family.
struct Endpoint {
    sockaddr_storage storage{};
    socklen_t size = 0;

    [[nodiscard]] bool ipv6() const { return storage.ss_family == AF_INET6; }
    [[nodiscard]] std::string address() const;  ///< numeric, without brackets
    [[nodiscard]] std::uint16_t port() const;
};

/// Where a listener has to listen. An empty host means all interfaces; `localhost` is 127.0.0.1 and
/// ::1 without asking anyone, since a host's files need not know it. Other names may block on DNS.
Outcome<std::vector<Endpoint>> resolve(const std::string& host, std::uint16_t port,
                                       SocketDomain domain);

/// A listening socket, not blocking. For an IPv6 endpoint it takes IPv6 only, so that both families
/// can have one of their own. With `shares_address` also where another socket of ours is bound that
/// `set_reuse_port` was called for. With `interface` only for what comes in through that one, which
/// before Linux 5.7 needs a right that users do not have: EPERM.
Result<UniqueFd, std::error_code> listen_on(const Endpoint& endpoint, bool shares_address = false,
                                            const std::string& interface = {});

/// Whether another socket of this user may be bound to the same address.
void set_reuse_port(int fd, bool on);

/// The next client, not blocking; `from` is filled in.
Result<UniqueFd, std::error_code> accept_on(int fd, Endpoint& from);

}  // namespace mq::broker
