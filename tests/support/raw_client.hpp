#pragma once

#include "base/unique_fd.hpp"

#include <arpa/inet.h>
#include <cstdint>
#include <netinet/in.h>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <utility>

namespace mq::test {

/// A TCP client, or one of a Unix socket, that sends and expects bytes, right or wrong ones.
/// Blocking; a call that waits longer than a minute throws, so that a failure ends a test instead
/// of hanging it.
class RawClient {
 public:
    explicit RawClient(std::uint16_t port, int receive_buffer_bytes = 0)
        : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        if (receive_buffer_bytes > 0) {
            ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes,
                         sizeof receive_buffer_bytes);
        }
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        connect(&address, sizeof address);
    }
    explicit RawClient(const std::string& path)
        : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        connect(&address, sizeof address);
    }

    [[nodiscard]] int descriptor() const { return fd_.get(); }

    void send(std::string_view bytes) const {
        while (!bytes.empty()) {
            const ssize_t n = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (n <= 0) {
                throw std::runtime_error("cannot send");
            }
            bytes.remove_prefix(static_cast<std::size_t>(n));
        }
    }

    /// Sends as long as the peer takes it; false when it has closed.
    bool try_send(std::string_view bytes) const {
        try {
            send(bytes);
            return true;
        } catch (const std::runtime_error&) {
            return false;
        }
    }

    /// Exactly `size` bytes, or fewer when the peer closes before.
    [[nodiscard]] std::string receive(std::size_t size) const {
        std::string all(size, '\0');
        std::size_t have = 0;
        while (have < size) {
            const ssize_t n = ::recv(fd_.get(), all.data() + have, size - have, 0);
            if (n < 0 && errno != ECONNRESET) {
                throw std::runtime_error("nothing has come for a minute");
            }
            if (n <= 0) {
                break;
            }
            have += static_cast<std::size_t>(n);
        }
        all.resize(have);
        return all;
    }

    /// One MQTT packet; empty when the peer has closed.
    [[nodiscard]] std::string receive_packet() const {
        std::string packet = receive(2);
        if (packet.size() < 2) {
            return {};
        }
        std::size_t length = 0;
        for (int shift = 0;; shift += 7) {
            const auto byte = static_cast<std::uint8_t>(packet.back());
            length |= static_cast<std::size_t>(byte & 0x7FU) << static_cast<unsigned>(shift);
            if ((byte & 0x80U) == 0) {
                break;
            }
            packet += receive(1);
        }
        return packet + receive(length);
    }

    /// Whether the peer closes without sending anything more.
    [[nodiscard]] bool closed() const { return receive(1).empty(); }

 private:
    void connect(const void* address, socklen_t size) const {
        const timeval patience{60, 0};
        ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        ::setsockopt(fd_.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
        if (::connect(fd_.get(), static_cast<const sockaddr*>(address), size) != 0) {
            throw std::runtime_error("cannot connect");
        }
    }

    UniqueFd fd_;
};

// Packets of MQTT 3.1.1 as bytes; for 5.0 see `connect_packet_v5`.

inline std::string field(std::string_view text) {
    std::string all;
    all += static_cast<char>(text.size() >> 8U);
    all += static_cast<char>(text.size() & 0xFFU);
    return all.append(text);
}

inline std::string packet(int first_byte, const std::string& body) {
    std::string all(1, static_cast<char>(first_byte));
    std::size_t left = body.size();
    do {
        all += static_cast<char>((left & 0x7FU) | (left > 0x7FU ? 0x80U : 0U));
        left >>= 7U;
    } while (left > 0);
    return all + body;
}

inline std::string connect_packet(std::string_view client_id) {
    return packet(0x10, field("MQTT") + std::string("\x04\x02\x00\x3C", 4) + field(client_id));
}

inline std::string connect_packet(std::string_view client_id, std::string_view user,
                                  std::string_view password) {
    return packet(0x10, field("MQTT") + std::string("\x04\xC2\x00\x3C", 4) + field(client_id) +
                            field(user) + field(password));
}

inline std::string connect_packet_v5(std::string_view client_id) {
    return packet(0x10, field("MQTT") + std::string("\x05\x02\x00\x3C\x00", 5) + field(client_id));
}

inline std::string publish_packet(std::string_view topic, std::string_view payload, int qos = 0,
                                  int id = 1) {
    std::string body = field(topic);
    if (qos > 0) {
        body += static_cast<char>(id >> 8);
        body += static_cast<char>(id & 0xFF);
    }
    return packet(0x30 | (qos << 1), body.append(payload));
}

inline std::string puback_packet(std::string_view id) {
    return packet(0x40, std::string(id));
}

inline std::string subscribe_packet(std::string_view filter, int qos = 0) {
    return packet(0x82, std::string("\x00\x01", 2) + field(filter) + static_cast<char>(qos));
}

inline const std::string connack("\x20\x02\x00\x00", 4);
inline const std::string connack_not_authorized("\x20\x02\x00\x05", 4);
inline const std::string pingreq("\xC0\x00", 2);
inline const std::string pingresp("\xD0\x00", 2);
inline const std::string disconnect_packet("\xE0\x00", 2);

}  // namespace mq::test
