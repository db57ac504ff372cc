#include "installer/health/listening.hpp"

#include "base/unique_fd.hpp"
#include "installer/exit_code.hpp"

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
    socklen_t length = 0;
};

Address address_of(const std::string& host, int port) {
    Address address;
    auto* v4 = reinterpret_cast<sockaddr_in*>(&address.storage);
    auto* v6 = reinterpret_cast<sockaddr_in6*>(&address.storage);
    if (::inet_pton(AF_INET, host.c_str(), &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons(static_cast<std::uint16_t>(port));
        address.length = sizeof *v4;
    } else if (::inet_pton(AF_INET6, host.c_str(), &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons(static_cast<std::uint16_t>(port));
        address.length = sizeof *v6;
    }
    return address;
}

}  // namespace

Outcome<void> expect_listening(const std::string& host, int port,
                               std::chrono::milliseconds timeout) {
    const std::string what = "nothing listens at " + host + " port " + std::to_string(port);
    const Address address = address_of(host, port);
    if (address.length == 0) {
        return Problem{host + " is no numeric address", ""};
    }
    const UniqueFd fd(
        ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd) {
        return system_problem(what, errno);
    }
    const auto* target = reinterpret_cast<const sockaddr*>(&address.storage);
    if (::connect(fd.get(), target, address.length) == 0) {
        return {};
    }
    if (errno != EINPROGRESS) {
        return system_problem(what, errno);
    }
    pollfd ready{fd.get(), POLLOUT, 0};
    if (::poll(&ready, 1, static_cast<int>(timeout.count())) != 1) {
        return system_problem(what, ETIMEDOUT);
    }
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &error, &size);
    return error == 0 ? Outcome<void>{} : Outcome<void>{system_problem(what, error)};
}

Outcome<void> expect_port_free(int port) {
    const UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!fd) {
        return system_problem("cannot make a socket", errno, to_int(ExitCode::preflight));
    }
    const int on = 1;
    ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    const Address address = address_of("0.0.0.0", port);
    if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address.storage), address.length) !=
            0 ||
        ::listen(fd.get(), 1) != 0) {
        auto problem = system_problem("port " + std::to_string(port) + " cannot be used", errno,
                                      to_int(ExitCode::preflight));
        problem.left = "Nothing was changed.";
        problem.next = "End what uses it, or choose others with --port and --ws-port.";
        return problem;
    }
    return {};
}

}  // namespace mq::installer
