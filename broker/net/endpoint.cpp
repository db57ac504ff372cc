#include "broker/net/endpoint.hpp"

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <optional>

namespace mq::broker {
namespace {

constexpr int backlog_max = 1024;

sockaddr_in& ipv4_of(sockaddr_storage& storage) {
    return reinterpret_cast<sockaddr_in&>(storage);
}
sockaddr_in6& ipv6_of(sockaddr_storage& storage) {
    return reinterpret_cast<sockaddr_in6&>(storage);
}

std::optional<Endpoint> numeric(const std::string& text, std::uint16_t port) {
    Endpoint endpoint;
    if (::inet_pton(AF_INET, text.c_str(), &ipv4_of(endpoint.storage).sin_addr) == 1) {
        endpoint.storage.ss_family = AF_INET;
        ipv4_of(endpoint.storage).sin_port = htons(port);
        endpoint.size = sizeof(sockaddr_in);
        return endpoint;
    }
    if (::inet_pton(AF_INET6, text.c_str(), &ipv6_of(endpoint.storage).sin6_addr) == 1) {
        endpoint.storage.ss_family = AF_INET6;
        ipv6_of(endpoint.storage).sin6_port = htons(port);
        endpoint.size = sizeof(sockaddr_in6);
        return endpoint;
    }
    return std::nullopt;
}

bool wanted(const Endpoint& endpoint, SocketDomain domain) {
    return domain == SocketDomain::any || endpoint.ipv6() == (domain == SocketDomain::ipv6);
}

Outcome<std::vector<Endpoint>> look_up(const std::string& host, std::uint16_t port) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* first = nullptr;
    const int error = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &first);
    if (error != 0) {
        return Problem{"cannot resolve " + host + ": " + ::gai_strerror(error), "", ""};
    }
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(first, &::freeaddrinfo);
    std::vector<Endpoint> found;
    for (const addrinfo* entry = first; entry != nullptr; entry = entry->ai_next) {
        Endpoint& endpoint = found.emplace_back();
        std::memcpy(&endpoint.storage, entry->ai_addr, entry->ai_addrlen);
        endpoint.size = entry->ai_addrlen;
    }
    return found;
}

std::error_code last_error() {
    return {errno, std::system_category()};
}

bool set_option(int fd, int level, int name) {
    const int on = 1;
    return ::setsockopt(fd, level, name, &on, sizeof on) == 0;
}

bool bind_to_interface(int fd, const std::string& name) {
    return name.empty() || ::setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name.c_str(),
                                        static_cast<socklen_t>(name.size() + 1)) == 0;
}

}  // namespace

std::string Endpoint::address() const {
    std::array<char, INET6_ADDRSTRLEN> text{};
    sockaddr_storage copy = storage;
    const void* address = ipv6() ? static_cast<const void*>(&ipv6_of(copy).sin6_addr)
                                 : static_cast<const void*>(&ipv4_of(copy).sin_addr);
    ::inet_ntop(storage.ss_family, address, text.data(), text.size());
    return text.data();
}

std::uint16_t Endpoint::port() const {
    sockaddr_storage copy = storage;
    return ntohs(ipv6() ? ipv6_of(copy).sin6_port : ipv4_of(copy).sin_port);
}

Outcome<std::vector<Endpoint>> resolve(const std::string& host, std::uint16_t port,
                                       SocketDomain domain) {
    std::vector<Endpoint> all;
    if (host.empty()) {
        all = {*numeric("0.0.0.0", port), *numeric("::", port)};
    } else if (host == "localhost") {
        all = {*numeric("127.0.0.1", port), *numeric("::1", port)};
    } else if (const auto endpoint = numeric(host, port)) {
        all = {*endpoint};
    } else {
        auto found = look_up(host, port);
        if (!found) {
            return found.error();
        }
        all = std::move(*found);
    }
    std::erase_if(all, [&](const Endpoint& endpoint) { return !wanted(endpoint, domain); });
    if (all.empty()) {
        return Problem{
            host + " has no address of the socket_domain of port " + std::to_string(port), "", ""};
    }
    return all;
}

Result<UniqueFd, std::error_code> listen_on(const Endpoint& endpoint, bool shares_address,
                                            const std::string& interface) {
    UniqueFd fd(
        ::socket(endpoint.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!fd) {
        return last_error();
    }
    // Accepted sockets inherit TCP_NODELAY. It is right for a broker that writes once a turn: what
    // Nagle's algorithm would gather is gathered already, and it would only add its delay.
    const bool set = set_option(fd.get(), SOL_SOCKET, SO_REUSEADDR) &&
                     set_option(fd.get(), IPPROTO_TCP, TCP_NODELAY) &&
                     (!endpoint.ipv6() || set_option(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY));
    set_reuse_port(fd.get(), shares_address);
    if (!set || !bind_to_interface(fd.get(), interface) ||
        ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&endpoint.storage), endpoint.size) !=
            0 ||
        ::listen(fd.get(), backlog_max) != 0) {
        return last_error();
    }
    return fd;
}

void set_reuse_port(int fd, bool on) {
    const int value = on ? 1 : 0;
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &value, sizeof value);
}

Result<UniqueFd, std::error_code> accept_on(int fd, Endpoint& from) {
    from.size = sizeof from.storage;
    UniqueFd client(::accept4(fd, reinterpret_cast<sockaddr*>(&from.storage), &from.size,
                              SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!client) {
        return last_error();
    }
    return client;
}

}  // namespace mq::broker
