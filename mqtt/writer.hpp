#pragma once

#include "mqtt/encode.hpp"

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

/// Private to this room: how encoders put values. Each part of a packet is written by one template
/// over a sink: first into a Counter, to know the length that stands before it, then into an
/// Appender.
namespace mq::mqtt {

inline constexpr std::size_t remaining_length_max = 268'435'455;

class Counter {
 public:
    void raw(Bytes bytes) { size_ += bytes.size(); }
    void u8(std::uint8_t) { size_ += 1; }
    [[nodiscard]] std::size_t size() const { return size_; }

 private:
    std::size_t size_ = 0;
};

class Appender {
 public:
    explicit Appender(Buffer& out) : out_(out) {}
    void raw(Bytes bytes) { out_.insert(out_.end(), bytes.begin(), bytes.end()); }
    void u8(std::uint8_t value) { out_.push_back(value); }

 private:
    Buffer& out_;
};

/// Values over either sink.
template <class Sink>
class Writer {
 public:
    explicit Writer(Sink sink) : sink_(sink) {}
    [[nodiscard]] const Sink& sink() const { return sink_; }

    void raw(Bytes bytes) { sink_.raw(bytes); }
    void u8(std::uint8_t value) { sink_.u8(value); }
    void u8(bool value) { sink_.u8(value ? 1 : 0); }
    void u8(ReasonCode code) { sink_.u8(static_cast<std::uint8_t>(code)); }
    void u16(std::uint16_t value) {
        u8(static_cast<std::uint8_t>(value >> 8U));
        u8(static_cast<std::uint8_t>(value & 0xFFU));
    }
    void u32(std::uint32_t value) {
        u16(static_cast<std::uint16_t>(value >> 16U));
        u16(static_cast<std::uint16_t>(value & 0xFFFFU));
    }
    void variable_byte_integer(std::size_t value) {
        assert(value <= remaining_length_max);
        std::uint8_t bytes[4];
        const std::uint8_t* end =
            write_variable_byte_integer(static_cast<std::uint32_t>(value), bytes);
        sink_.raw({static_cast<const std::uint8_t*>(bytes), end});
    }
    void binary(Bytes bytes) {
        assert(bytes.size() <= std::numeric_limits<std::uint16_t>::max());
        u16(static_cast<std::uint16_t>(bytes.size()));
        raw(bytes);
    }
    void string(std::string_view text) {
        binary({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
    }
    void packet_id(PacketId id) {
        assert(id != 0);
        u16(id);
    }

    /// Properties; nothing for an empty optional.
    void property(PropertyId id, std::optional<bool> value) {
        if (value) {
            u8(static_cast<std::uint8_t>(id));
            u8(*value);
        }
    }
    void property(PropertyId id, std::optional<std::uint8_t> value) {
        if (value) {
            u8(static_cast<std::uint8_t>(id));
            u8(*value);
        }
    }
    void property(PropertyId id, std::optional<std::uint16_t> value) {
        if (value) {
            u8(static_cast<std::uint8_t>(id));
            u16(*value);
        }
    }
    void property(PropertyId id, std::optional<std::uint32_t> value) {
        if (value) {
            u8(static_cast<std::uint8_t>(id));
            u32(*value);
        }
    }
    void property(PropertyId id, std::optional<std::string_view> value) {
        if (value) {
            u8(static_cast<std::uint8_t>(id));
            string(*value);
        }
    }
    void property(PropertyId id, std::optional<Bytes> value) {
        if (value) {
            u8(static_cast<std::uint8_t>(id));
            binary(*value);
        }
    }
    void subscription_identifier(std::uint32_t value) {
        assert(value > 0);
        u8(static_cast<std::uint8_t>(PropertyId::subscription_identifier));
        variable_byte_integer(value);
    }
    void user_property(const UserProperty& property) {
        u8(static_cast<std::uint8_t>(PropertyId::user_property));
        string(property.key);
        string(property.value);
    }
    void user_properties(UserProperties properties) {
        while (const auto next = properties.next()) {
            user_property(*next);
        }
    }

    /// What `put(writer)` writes, with its size before it.
    template <class Put>
    void with_length(const Put& put) {
        Writer<Counter> counting{Counter()};
        put(counting);
        variable_byte_integer(counting.sink().size());
        put(*this);
    }

 private:
    Sink sink_;
};

/// A packet whose body is what `put(writer)` writes.
template <class Put>
void put_packet(PacketType type, unsigned flags, Buffer& out, const Put& put) {
    Writer<Appender> writer{Appender(out)};
    writer.u8(static_cast<std::uint8_t>(static_cast<unsigned>(type) << 4U | flags));
    writer.with_length(put);
}

}  // namespace mq::mqtt
