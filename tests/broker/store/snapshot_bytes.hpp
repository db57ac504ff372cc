#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mq::broker::test {

/// Numbers as they stand in a snapshot of Mosquitto.
inline std::string network(std::uint64_t value, unsigned size) {
    std::string bytes;
    for (unsigned left = size; left > 0; --left) {
        bytes += static_cast<char>(value >> (8 * (left - 1)));
    }
    return bytes;
}
inline std::string u8(std::uint64_t value) {
    return network(value, 1);
}
inline std::string u16(std::uint64_t value) {
    return network(value, 2);
}
inline std::string u32(std::uint64_t value) {
    return network(value, 4);
}
inline std::string own_u64(std::uint64_t value) {
    std::string bytes = network(value, 8);
    return {bytes.rbegin(), bytes.rend()};
}
inline std::string with_length(std::string_view text) {
    return u16(text.size()) + std::string(text);
}

struct Publisher {
    std::string_view client_id = "publisher";
    std::string_view user_name;
    std::uint16_t port = 1883;  ///< of the listener
};

/// Composes a snapshot of Mosquitto by hand, in one of its formats; a test names what matters to
/// it.
class SnapshotBytes {
 public:
    explicit SnapshotBytes(int version = 6) : version_(version) {
        bytes_ = std::string("\x00\xB5\x00mosquitto db", 15) + u32(0) + u32(version);
    }

    [[nodiscard]] const std::string& bytes() const { return bytes_; }
    [[nodiscard]] std::size_t size() const { return bytes_.size(); }

    SnapshotBytes& chunk(unsigned type, const std::string& content) {
        bytes_ += (new_format() ? u32(type) : u16(type)) + u32(content.size()) + content;
        return *this;
    }
    SnapshotBytes& configuration(std::uint64_t last = 100) {
        return chunk(1, new_format() ? own_u64(last) + u8(1) + u8(8) + std::string(6, '\0')
                                     : u8(1) + u8(8) + own_u64(last));
    }
    SnapshotBytes& client(std::string_view id, std::uint32_t interval = 0xFFFFFFFF,
                          std::int64_t end = 0, std::string_view user_name = "") {
        if (!new_format()) {
            return chunk(6, with_length(id) + u16(1) + own_u64(1'700'000'000));
        }
        std::string head =
            own_u64(static_cast<std::uint64_t>(end)) + u32(interval) + u16(1) + u16(id.size());
        if (version_ == 6) {
            head += u16(1883) + u16(user_name.size()) + u32(0);
        }
        return chunk(6, head + std::string(id) + std::string(version_ == 6 ? user_name : ""));
    }
    SnapshotBytes& message(std::uint64_t number, std::string_view topic, std::string_view payload,
                           unsigned qos = 1, unsigned retain = 0,
                           const std::string& properties = "", std::int64_t expiry = 0,
                           const Publisher& publisher = {}) {
        const auto& [id, user, port] = publisher;
        if (!new_format()) {
            return chunk(2, own_u64(number) + with_length(id) +
                                (version_ == 4 ? with_length(user) + u16(port) : "") + u16(1) +
                                u16(0) + with_length(topic) + u8(qos) + u8(retain) +
                                u32(payload.size()) + std::string(payload));
        }
        return chunk(2, own_u64(number) + own_u64(static_cast<std::uint64_t>(expiry)) +
                            u32(payload.size()) + u16(1) + u16(id.size()) + u16(user.size()) +
                            u16(topic.size()) + u16(port) + u8(qos) + u8(retain) + std::string(id) +
                            std::string(user) + std::string(topic) + std::string(payload) +
                            properties);
    }
    /// `direction` is 1 to the client, 0 from it.
    SnapshotBytes& queued(std::string_view client_id, std::uint64_t message, unsigned state,
                          unsigned qos = 1, unsigned packet_id = 1, unsigned direction = 1,
                          unsigned retain = 0, const std::string& properties = "") {
        if (!new_format()) {
            return chunk(3, with_length(client_id) + own_u64(message) + u16(packet_id) + u8(qos) +
                                u8(retain) + u8(direction) + u8(state) + u8(0));
        }
        return chunk(3, own_u64(message) + u16(packet_id) + u16(client_id.size()) + u8(qos) +
                            u8(state) + u8(retain << 4U) + u8(direction) + std::string(client_id) +
                            properties);
    }
    SnapshotBytes& retained(std::uint64_t message) { return chunk(4, own_u64(message)); }
    SnapshotBytes& subscription(std::string_view client_id, std::string_view filter,
                                unsigned qos = 1, unsigned options = 0,
                                std::uint32_t identifier = 0) {
        if (!new_format()) {
            return chunk(5, with_length(client_id) + with_length(filter) + u8(qos));
        }
        return chunk(5, u32(identifier) + u16(client_id.size()) + u16(filter.size()) + u8(qos) +
                            u8(options) + u16(0) + std::string(client_id) + std::string(filter));
    }

 private:
    [[nodiscard]] bool new_format() const { return version_ >= 5; }

    int version_;
    std::string bytes_;
};

}  // namespace mq::broker::test
