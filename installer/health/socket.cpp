#include "installer/health/socket.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

namespace mq::installer {
namespace {

struct Address {
    sockaddr_storage storage{};
    socklen_t size = 0;
};

bool parse_address(const std::string& host, int port, Address& address) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(static_cast<std::uint16_t>(port));
    if (::inet_pton(AF_INET, host.c_str(), &v4.sin_addr) == 1) {
        std::memcpy(&address.storage, &v4, sizeof v4);
        address.size = sizeof v4;
        return true;
    }
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(static_cast<std::uint16_t>(port));
    if (::inet_pton(AF_INET6, host.c_str(), &v6.sin6_addr) == 1) {
        std::memcpy(&address.storage, &v6, sizeof v6);
        address.size = sizeof v6;
        return true;
    }
    return false;
}

/// Waits for `events`; the problem says that time is up.
Outcome<void> wait_for(int fd, short events, Deadline deadline) {
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now());
        pollfd waiting{fd, events, 0};
        const int ready = ::poll(&waiting, 1, std::max(static_cast<int>(left.count()), 0));
        if (ready > 0) {
            return {};
        }
        if (ready == 0) {
            return Problem{"no answer in time", "", "", 1};
        }
        if (errno != EINTR) {
            return system_problem("cannot wait for the connection", errno);
        }
    }
}

Outcome<Socket> connect_to(const Address& address, const std::string& where, Deadline deadline) {
    UniqueFd fd(::socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd) {
        return system_problem("cannot make a socket", errno);
    }
    const auto* raw = reinterpret_cast<const sockaddr*>(&address.storage);
    if (::connect(fd.get(), raw, address.size) != 0) {
        if (errno != EINPROGRESS) {
            return system_problem("cannot connect to " + where, errno);
        }
        const auto waited = wait_for(fd.get(), POLLOUT, deadline);
        if (!waited) {
            return Problem{"cannot connect to " + where + ": " + waited.error().what, ""};
        }
        int error = 0;
        socklen_t size = sizeof error;
        ::getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &error, &size);
        if (error != 0) {
            return system_problem("cannot connect to " + where, error);
        }
    }
    return Socket(std::move(fd));
}

}  // namespace

Outcome<Socket> Socket::connect(const std::string& host, int port, Deadline deadline) {
    std::vector<std::string> hosts{host};
    if (host == "localhost") {
        hosts = {"127.0.0.1", "::1"};
    }
    Problem last{host + " is not a numeric address", ""};
    for (const auto& candidate : hosts) {
        Address address;
        if (!parse_address(candidate, port, address)) {
            break;
        }
        auto connected = connect_to(address, candidate + " port " + std::to_string(port), deadline);
        if (connected) {
            return connected;
        }
        last = connected.error();
    }
    return last;
}

Socket::Socket(UniqueFd fd) : fd_(std::move(fd)) {
    const int flags = ::fcntl(fd_.get(), F_GETFL);
    ::fcntl(fd_.get(), F_SETFL, flags | O_NONBLOCK);
}

Outcome<void> Socket::send(std::span<const std::uint8_t> bytes, Deadline deadline) {
    while (!bytes.empty()) {
        const ssize_t n = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (n >= 0) {
            bytes = bytes.subspan(static_cast<std::size_t>(n));
        } else if (errno == EAGAIN) {
            const auto waited = wait_for(fd_.get(), POLLOUT, deadline);
            if (!waited) {
                return waited;
            }
        } else if (errno != EINTR) {
            return system_problem("the connection broke", errno);
        }
    }
    return {};
}

Outcome<void> Socket::receive(std::vector<std::uint8_t>& bytes, Deadline deadline) {
    constexpr std::size_t part = 4096;
    for (;;) {
        const auto waited = wait_for(fd_.get(), POLLIN, deadline);
        if (!waited) {
            return waited;
        }
        const std::size_t before = bytes.size();
        bytes.resize(before + part);
        const ssize_t n = ::recv(fd_.get(), bytes.data() + before, part, 0);
        const int error = errno;
        bytes.resize(before + static_cast<std::size_t>(std::max<ssize_t>(n, 0)));
        if (n > 0) {
            return {};
        }
        if (n == 0) {
            return Problem{"the server closed the connection", ""};
        }
        if (error != EINTR && error != EAGAIN) {
            return system_problem("the connection broke", error);
        }
    }
}

}  // namespace mq::installer
