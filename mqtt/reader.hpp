#pragma once

#include "mqtt/packet.hpp"
#include "mqtt/result.hpp"
#include "mqtt/utf8.hpp"

#include <cstddef>
#include <cstdint>

/// Private to this room: how decoders take values off a packet.
namespace mq::mqtt {

/// A cursor over the bytes of one packet. The first failure sticks: from then on every read yields
/// zero or nothing, so a decoder reads on and asks once, at the end.
class Reader {
 public:
    explicit Reader(Bytes bytes) : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

    [[nodiscard]] bool ok() const { return error_ == ReasonCode::success; }
    [[nodiscard]] ReasonCode error() const { return error_; }
    [[nodiscard]] bool at_end() const { return at_ == end_; }
    [[nodiscard]] Bytes rest() const { return {at_, end_}; }

    void fail(ReasonCode reason) {
        if (ok()) {
            error_ = reason;
            at_ = end_;
        }
    }
    void require(bool condition, ReasonCode otherwise) {
        if (!condition) {
            fail(otherwise);
        }
    }

    std::uint8_t u8() {
        const Bytes bytes = take(1);
        return bytes.empty() ? std::uint8_t{0} : bytes[0];
    }
    std::uint16_t u16() {
        const Bytes bytes = take(2);
        return bytes.empty() ? std::uint16_t{0}
                             : static_cast<std::uint16_t>((bytes[0] << 8U) | bytes[1]);
    }
    std::uint32_t u32() {
        const std::uint32_t high = u16();
        return (high << 16U) | u16();
    }
    /// At most four bytes, in the shortest form [MQTT-1.5.5-1].
    std::uint32_t variable_byte_integer() {
        std::uint32_t value = 0;
        for (unsigned shift = 0; shift < 28; shift += 7) {
            const std::uint8_t byte = u8();
            value |= (byte & 0x7FU) << shift;
            if ((byte & 0x80U) == 0) {
                require(shift == 0 || byte != 0, ReasonCode::malformed_packet);
                return ok() ? value : 0;
            }
        }
        fail(ReasonCode::malformed_packet);
        return 0;
    }
    Bytes take(std::size_t size) {
        if (static_cast<std::size_t>(end_ - at_) < size) {
            fail(ReasonCode::malformed_packet);
            return {};
        }
        const Bytes taken(at_, size);
        at_ += size;
        return taken;
    }
    Bytes take_rest() { return take(static_cast<std::size_t>(end_ - at_)); }
    /// Bytes with their length in two bytes before them.
    Bytes binary() { return take(u16()); }
    /// A string that is checked [MQTT-1.5.4-1, 2].
    std::string_view string() {
        const std::string_view text = unchecked_string();
        require(is_valid_string(text), ReasonCode::malformed_packet);
        return text;
    }
    std::string_view unchecked_string() {
        const Bytes bytes = binary();
        return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    }
    /// Not 0 [MQTT-2.2.1-3].
    PacketId packet_id(ReasonCode otherwise = ReasonCode::protocol_error) {
        const PacketId id = u16();
        require(id != 0, otherwise);
        return id;
    }
    /// Takes an empty property list; false, and nothing taken, when it is not empty.
    bool take_empty_properties() {
        if (at_ == end_ || *at_ != 0) {
            return false;
        }
        ++at_;
        return true;
    }

    /// `packet` when all was read well and to the last byte. Errors are built in place: DISCONNECT
    /// and AUTH begin with a reason code, so a bare one could mean either.
    template <class T>
    [[nodiscard]] Result<T, ReasonCode> finish(const T& packet) const {
        if (!ok()) {
            return {boost::system::in_place_error, error_};
        }
        if (!at_end()) {
            return {boost::system::in_place_error, ReasonCode::malformed_packet};
        }
        return packet;
    }

 private:
    const std::uint8_t* at_;
    const std::uint8_t* end_;
    ReasonCode error_ = ReasonCode::success;
};

}  // namespace mq::mqtt
