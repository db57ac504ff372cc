#include "broker/net/stream.hpp"

#include <cerrno>
#include <sys/socket.h>

namespace mq::broker {
namespace {

StreamResult failure(StreamState again) {
    if (errno == EAGAIN || errno == EINTR) {
        return {again, 0, true, 0};
    }
    return {StreamState::failed, 0, true, errno};
}

}  // namespace

StreamResult PlainStream::read(std::span<std::uint8_t> room) {
    const ssize_t n = ::recv(fd_.get(), room.data(), room.size(), MSG_DONTWAIT);
    if (n < 0) {
        return failure(StreamState::want_read);
    }
    if (n == 0) {
        return {StreamState::end, 0, true, 0};
    }
    const auto bytes = static_cast<std::size_t>(n);
    return {StreamState::done, bytes, bytes < room.size(), 0};
}

StreamResult PlainStream::write(std::span<const iovec> parts, std::span<std::uint8_t>) {
    msghdr message{};
    message.msg_iov = const_cast<iovec*>(parts.data());
    message.msg_iovlen = parts.size();
    const ssize_t n = ::sendmsg(fd_.get(), &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n < 0) {
        return failure(StreamState::want_write);
    }
    return {StreamState::done, static_cast<std::size_t>(n), false, 0};
}

void PlainStream::finish() {}

}  // namespace mq::broker
