#include "client/lib/socket.hpp"

#include "client/include/mosquitto/defs.h"

#include <cerrno>
#include <cstring>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace mq::client {

// Descriptor

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
    if (this != &other) {
        reset();
        fd_ = other.release();
    }
    return *this;
}

int Descriptor::release() {
    return std::exchange(fd_, -1);
}

void Descriptor::reset() {
    if (fd_ >= 0) {
        ::close(fd_);
        fd_ = -1;
    }
}

// Connector

namespace {

constexpr int socket_flags = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;

int failed(int reason) {
    errno = reason;
    return MOSQ_ERR_ERRNO;
}

int resolve(const std::string& name, const char* service, int flags, addrinfo*& list) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = flags;
    const int problem = ::getaddrinfo(name.c_str(), service, &hints, &list);
    if (problem == EAI_SYSTEM) {
        return MOSQ_ERR_ERRNO;
    }
    if (problem != 0) {
        errno = problem;
        return MOSQ_ERR_EAI;
    }
    return MOSQ_ERR_SUCCESS;
}

}  // namespace

Connector::~Connector() = default;

void Connector::Free::operator()(addrinfo* list) const {
    ::freeaddrinfo(list);
}

int Connector::start(const Endpoint& endpoint) {
    if (endpoint.port == 0) {
        return start_local(endpoint.host);
    }
    no_delay_ = endpoint.no_delay;
    const int problem = look_up(endpoint);
    if (problem != MOSQ_ERR_SUCCESS) {
        return problem;
    }
    next_ = addresses_.get();
    return try_next(EADDRNOTAVAIL);
}

int Connector::look_up(const Endpoint& endpoint) {
    addrinfo* list = nullptr;
    const std::string service = std::to_string(endpoint.port);
    int problem = resolve(endpoint.host, service.c_str(), AI_NUMERICSERV, list);
    addresses_.reset(list);
    if (problem == MOSQ_ERR_SUCCESS && !endpoint.bind_address.empty()) {
        addrinfo* local = nullptr;
        problem = resolve(endpoint.bind_address, nullptr, AI_PASSIVE, local);
        local_.reset(local);
    }
    return problem;
}

int Connector::start_local(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof(address.sun_path)) {
        return MOSQ_ERR_INVAL;
    }
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    fd_ = Descriptor(::socket(AF_UNIX, socket_flags, 0));
    if (!fd_) {
        return MOSQ_ERR_ERRNO;
    }
    if (::connect(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
        const int reason = errno;
        fd_.reset();
        return failed(reason);
    }
    connected_ = true;
    return MOSQ_ERR_SUCCESS;
}

int Connector::try_next(int last_errno) {
    fd_.reset();
    while (next_ != nullptr) {
        const addrinfo& address = *next_;
        next_ = next_->ai_next;
        const int result = begin(address);
        if (result != MOSQ_ERR_ERRNO) {
            return result;
        }
        last_errno = errno;
        fd_.reset();
    }
    return failed(last_errno);
}

int Connector::bind_to_local(int family) {
    for (const addrinfo* local = local_.get(); local != nullptr; local = local->ai_next) {
        if (local->ai_family == family &&
            ::bind(fd_.get(), local->ai_addr, local->ai_addrlen) == 0) {
            return MOSQ_ERR_SUCCESS;
        }
    }
    return failed(errno == 0 ? EADDRNOTAVAIL : errno);
}

int Connector::begin(const addrinfo& address) {
    fd_ = Descriptor(::socket(address.ai_family, socket_flags, 0));
    if (!fd_) {
        return MOSQ_ERR_ERRNO;
    }
    errno = 0;
    if (local_ && bind_to_local(address.ai_family) != MOSQ_ERR_SUCCESS) {
        return MOSQ_ERR_ERRNO;
    }
    if (no_delay_) {
        const int on = 1;
        ::setsockopt(fd_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    }
    if (::connect(fd_.get(), address.ai_addr, address.ai_addrlen) == 0) {
        connected_ = true;
        return MOSQ_ERR_SUCCESS;
    }
    return errno == EINPROGRESS ? MOSQ_ERR_CONN_PENDING : MOSQ_ERR_ERRNO;
}

int Connector::proceed() {
    if (connected_) {
        return MOSQ_ERR_SUCCESS;
    }
    int reason = 0;
    socklen_t size = sizeof(reason);
    if (::getsockopt(fd_.get(), SOL_SOCKET, SO_ERROR, &reason, &size) != 0) {
        reason = errno;
    }
    if (reason != 0) {
        return try_next(reason);
    }
    sockaddr_storage peer{};
    socklen_t peer_size = sizeof(peer);
    if (::getpeername(fd_.get(), reinterpret_cast<sockaddr*>(&peer), &peer_size) != 0) {
        return MOSQ_ERR_CONN_PENDING;
    }
    connected_ = true;
    return MOSQ_ERR_SUCCESS;
}

// Reading and writing

Io receive_from(int fd, std::span<std::uint8_t> into) {
    const ssize_t size = ::recv(fd, into.data(), into.size(), MSG_DONTWAIT);
    if (size > 0) {
        return Io::done(static_cast<std::size_t>(size));
    }
    if (size == 0) {
        return Io::failed(MOSQ_ERR_CONN_LOST);
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) {
        return Io::wait_read();
    }
    return Io::failed(errno == ECONNRESET ? MOSQ_ERR_CONN_LOST : MOSQ_ERR_ERRNO);
}

Io send_to(int fd, std::span<const std::uint8_t> bytes) {
    const ssize_t size = ::send(fd, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (size >= 0) {
        return Io::done(static_cast<std::size_t>(size));
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) {
        return Io::wait_write();
    }
    return Io::failed(errno == ECONNRESET || errno == EPIPE ? MOSQ_ERR_CONN_LOST : MOSQ_ERR_ERRNO);
}

}  // namespace mq::client
