#pragma once

#include "client/lib/io.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>

struct addrinfo;

namespace mq::client {

/// A file descriptor with its owner.
class Descriptor {
 public:
    Descriptor() = default;
    explicit Descriptor(int fd) : fd_(fd) {}
    Descriptor(Descriptor&& other) noexcept : fd_(other.release()) {}
    Descriptor& operator=(Descriptor&& other) noexcept;
    ~Descriptor() { reset(); }
    [[nodiscard]] int get() const { return fd_; }
    [[nodiscard]] explicit operator bool() const { return fd_ >= 0; }
    int release();
    void reset();

 private:
    int fd_ = -1;
};

/// Where to connect to, and from.
struct Endpoint {
    std::string host;          ///< name or address; a path if `port` is 0
    std::uint16_t port = 0;    ///< 0: a Unix domain socket
    std::string bind_address;  ///< name or address; empty is any
    bool no_delay = false;     ///< TCP_NODELAY
};

/// Makes a connection of TCP or of a Unix domain socket: looks up the addresses (which may block),
/// and tries one after the other without waiting. The descriptors do not block and are closed on
/// exec.
class Connector {
 public:
    Connector() = default;
    ~Connector();
    Connector(const Connector&) = delete;
    Connector& operator=(const Connector&) = delete;

    /// Looks up and begins. MOSQ_ERR_EAI (errno is getaddrinfo's number), MOSQ_ERR_ERRNO,
    /// MOSQ_ERR_INVAL.
    int start(const Endpoint& endpoint);
    /// Call when the socket is writable: MOSQ_ERR_SUCCESS and `connected`, or
    /// MOSQ_ERR_CONN_PENDING while it is on its way; on failure the next address is tried.
    int proceed();
    /// Gives up the address that is being tried, in favour of the next.
    int try_next(int last_errno);
    [[nodiscard]] bool connected() const { return connected_; }
    [[nodiscard]] int fd() const { return fd_.get(); }
    /// The connected socket, which is the caller's from now on.
    Descriptor take() { return std::move(fd_); }

 private:
    struct Free {
        void operator()(addrinfo* list) const;
    };
    using Addresses = std::unique_ptr<addrinfo, Free>;

    int start_local(const std::string& path);
    int look_up(const Endpoint& endpoint);
    int begin(const addrinfo& address);
    int bind_to_local(int family);

    Addresses addresses_;
    Addresses local_;
    const addrinfo* next_ = nullptr;
    Descriptor fd_;
    bool no_delay_ = false;
    bool connected_ = false;
};

Io receive_from(int fd, std::span<std::uint8_t> into);
Io send_to(int fd, std::span<const std::uint8_t> bytes);

}  // namespace mq::client
