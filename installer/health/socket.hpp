#pragma once

#include "base/problem.hpp"
#include "base/unique_fd.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace mq::installer {

/// When a conversation must be over.
using Deadline = std::chrono::steady_clock::time_point;

/// Bytes to and from a server; the transport below MQTT.
class ByteStream {
 public:
    virtual ~ByteStream() = default;
    virtual Outcome<void> send(std::span<const std::uint8_t> bytes, Deadline deadline) = 0;
    /// Appends at least one byte. The peer's end of the connection is a problem.
    virtual Outcome<void> receive(std::vector<std::uint8_t>& bytes, Deadline deadline) = 0;
};

/// A TCP connection that never waits past its deadline.
class Socket final : public ByteStream {
 public:
    /// `host`: a numeric address, or `localhost`, which is 127.0.0.1 and then ::1 without asking a
    /// resolver.
    static Outcome<Socket> connect(const std::string& host, int port, Deadline deadline);

    /// Takes over a connected socket.
    explicit Socket(UniqueFd fd);

    Outcome<void> send(std::span<const std::uint8_t> bytes, Deadline deadline) override;
    Outcome<void> receive(std::vector<std::uint8_t>& bytes, Deadline deadline) override;

 private:
    UniqueFd fd_;
};

}  // namespace mq::installer
