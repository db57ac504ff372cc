#include "broker/net/stream.hpp"

#include <cerrno>
#include <sys/socket.h>

namespace mq::broker {
namespace {

/// What is read and thrown away, at most, in a turn.
constexpr int discards_per_turn_max = 16;

StreamResult failure_of(StreamState again) {
    if (errno == EAGAIN || errno == EINTR) {
        return {again, 0, true, 0};
    }
    return {StreamState::failed, 0, true, errno};
}

}  // namespace

StreamResult PlainStream::read(std::span<std::uint8_t> room) {
    const ssize_t n = ::recv(fd_.get(), room.data(), room.size(), MSG_DONTWAIT);
    if (n < 0) {
        return failure_of(StreamState::want_read);
    }
    if (n == 0) {
        return {StreamState::end, 0, true, 0};
    }
    const auto bytes = static_cast<std::size_t>(n);
    return {StreamState::done, bytes, bytes < room.size(), 0};
}

std::span<const std::uint8_t> PlainStream::peek(std::span<std::uint8_t> room) {
    const ssize_t n = ::recv(fd_.get(), room.data(), room.size(), MSG_DONTWAIT | MSG_PEEK);
    return room.first(n > 0 ? static_cast<std::size_t>(n) : 0);
}

StreamResult PlainStream::write(std::span<const iovec> parts, std::span<std::uint8_t>) {
    constexpr int flags = MSG_DONTWAIT | MSG_NOSIGNAL;
    msghdr message{};
    message.msg_iov = const_cast<iovec*>(parts.data());
    message.msg_iovlen = parts.size();
    const ssize_t n = parts.size() == 1
                          ? ::send(fd_.get(), parts[0].iov_base, parts[0].iov_len, flags)
                          : ::sendmsg(fd_.get(), &message, flags);
    if (n < 0) {
        return failure_of(StreamState::want_write);
    }
    return {StreamState::done, static_cast<std::size_t>(n), false, 0};
}

void PlainStream::finish() {}

bool discard_input(int fd, std::span<std::uint8_t> buffer) {
    for (int i = 0; i < discards_per_turn_max; ++i) {
        const ssize_t n = ::recv(fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (n <= 0) {
            return n < 0 && errno == EAGAIN;
        }
    }
    return true;
}

}  // namespace mq::broker
