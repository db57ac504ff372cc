#pragma once

#include "base/unique_fd.hpp"
#include "broker/core/access.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <sys/uio.h>

namespace mq::broker {

/// How a call on a stream has ended.
enum class StreamState : std::uint8_t {
    done,        ///< `bytes` were moved, at least one
    want_read,   ///< nothing was moved; again when readable
    want_write,  ///< nothing was moved; again when writable
    end,         ///< the peer has closed
    failed       ///< `error` tells why
};

struct StreamResult {
    StreamState state = StreamState::done;
    std::size_t bytes = 0;
    bool drained = false;  ///< a read got less than asked for: there is no more for now
    int error = 0;         ///< errno, or 0 where TLS failed
};

/// What a StreamTransport needs to know of a byte stream. `PlainStream` below and `TlsStream` are
/// the two; both own the descriptor.
///
///     StreamState handshake();                        done at once for a plain one
///     void describe(Peer&);                           what a finished handshake has shown
///     std::string failure();                          why the call before has failed without errno
///     StreamResult read(std::span<std::uint8_t>);
///     std::span<const std::uint8_t> peek(std::span<std::uint8_t>);      the next bytes, left where
///     they are; empty
///                                                     where that is not known
///     StreamResult write(std::span<const iovec>, std::span<std::uint8_t> scratch);
///     bool has_pending();                             bytes that the descriptor does not show
///     void finish();                                  tells the peer that nothing more follows
///     int descriptor();

/// TCP without encryption.
class PlainStream {
 public:
    explicit PlainStream(UniqueFd fd) : fd_(std::move(fd)) {}

    static StreamState handshake() { return StreamState::done; }
    static void describe(Peer&) {}
    static std::string failure() { return {}; }
    StreamResult read(std::span<std::uint8_t> room);
    std::span<const std::uint8_t> peek(std::span<std::uint8_t> room);
    StreamResult write(std::span<const iovec> parts, std::span<std::uint8_t> scratch);
    static bool has_pending() { return false; }
    void finish();
    [[nodiscard]] int descriptor() const { return fd_.get(); }

 private:
    UniqueFd fd_;
};

/// Reads what comes, up to a limit, and throws it away; false when the peer has closed.
bool discard_input(int fd, std::span<std::uint8_t> buffer);

}  // namespace mq::broker
