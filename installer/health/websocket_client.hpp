#pragma once

#include "installer/health/socket.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace mq::installer {

/// The client's side of RFC 6455, as far as a health check needs it: handshake with sub-protocol
/// `mqtt`, binary frames, answers to pings. Frames of more than 1 MiB are a problem.
class WebSocketClient final : public ByteStream {
 public:
    /// Says hello over `stream` and checks the server's answer.
    static Outcome<WebSocketClient> open(std::unique_ptr<ByteStream> stream,
                                         const std::string& host_header, Deadline deadline);

    Outcome<void> send(std::span<const std::uint8_t> bytes, Deadline deadline) override;
    Outcome<void> receive(std::vector<std::uint8_t>& bytes, Deadline deadline) override;

 private:
    explicit WebSocketClient(std::unique_ptr<ByteStream> stream) : stream_(std::move(stream)) {}

    struct FrameHead;
    Outcome<void> send_frame(std::uint8_t opcode, std::span<const std::uint8_t> payload,
                             Deadline deadline);
    Outcome<void> fill(std::size_t size, Deadline deadline);
    Outcome<FrameHead> read_head(Deadline deadline);

    std::unique_ptr<ByteStream> stream_;
    std::vector<std::uint8_t> received_;  ///< not yet consumed
};

}  // namespace mq::installer
