#include "mqtt/framer.hpp"

namespace mq::mqtt {
namespace {

constexpr std::size_t length_bytes_max = 4;

struct RemainingLength {
    std::size_t value = 0;
    std::size_t bytes = 0;  ///< that it takes; 0 while it is not complete
    bool malformed = false;
};

RemainingLength read_remaining_length(Bytes bytes) {
    RemainingLength length;
    for (std::size_t i = 0; i < length_bytes_max && i < bytes.size(); ++i) {
        length.value |= (bytes[i] & std::size_t{0x7F}) << (7 * i);
        if ((bytes[i] & 0x80U) == 0) {
            length.bytes = i + 1;
            length.malformed = i > 0 && bytes[i] == 0;  // not in its shortest form
            return length;
        }
    }
    length.malformed = bytes.size() >= length_bytes_max;
    return length;
}

}  // namespace

Result<Framing, ReasonCode> cut_frame(Bytes bytes, std::size_t size_max) {
    Framing framing;
    if (bytes.empty()) {
        return framing;
    }
    const bool known_type = (bytes[0] >> 4U) != 0;
    if (!known_type) {
        return ReasonCode::protocol_error;
    }
    const RemainingLength length = read_remaining_length(bytes.subspan(1));
    if (length.malformed) {
        return ReasonCode::malformed_packet;
    }
    if (length.bytes == 0) {
        return framing;
    }
    const std::size_t head = 1 + length.bytes;
    framing.needed = head + length.value;
    if (framing.needed > size_max) {
        return ReasonCode::packet_too_large;
    }
    if (bytes.size() >= framing.needed) {
        framing.kind = Framing::Kind::packet;
        framing.frame = {bytes[0], bytes.subspan(head, length.value), framing.needed};
    }
    return framing;
}

}  // namespace mq::mqtt
