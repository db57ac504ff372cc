#pragma once

#include "mqtt/properties.hpp"
#include "mqtt/reason_code.hpp"
#include "mqtt/result.hpp"

#include <cstddef>
#include <cstdint>

namespace mq::mqtt {

/// One packet cut from a byte stream, still encoded.
struct Frame {
    std::uint8_t first_byte = 0;  ///< packet type in the high four bits, flags in the low four
    Bytes body;                   ///< what follows the remaining length
    std::size_t size = 0;         ///< bytes of the whole packet, fixed header included
};

/// What the bytes at the front of a stream are.
struct Framing {
    enum class Kind : std::uint8_t { packet, incomplete } kind = Kind::incomplete;
    Frame frame;  ///< for `packet`
    /// For `incomplete`: the size of the whole packet as far as it is known, 0 while its remaining
    /// length is not complete. At least this many bytes must be there before framing can succeed.
    std::size_t needed = 0;
};

/// Cuts the packet at the front of `bytes`, which is all that has come and not yet been consumed.
/// Keeps nothing: call again with more bytes when `incomplete`. Errors: `malformed_packet` for a
/// remaining length of more than four bytes or not in its shortest form [MQTT-1.5.5-1], or a packet
/// type of 0; `packet_too_large` as soon as the length says that the packet is larger than
/// `size_max` bytes.
Result<Framing, ReasonCode> cut_frame(Bytes bytes, std::size_t size_max);

}  // namespace mq::mqtt
