#include "mqtt/decode.hpp"
#include "mqtt/property_reader.hpp"
#include "mqtt/reason_code_set.hpp"

#include <algorithm>

namespace mq::mqtt {
namespace {

constexpr PropertySet suback_properties = {PropertyId::reason_string};

template <class T>
void read_properties(Reader& reader, T& packet) {
    PropertyReader list(reader, suback_properties);
    while (list.next()) {
        packet.reason_string = list.string();
    }
    packet.user_properties = list.user_properties();
}

/// One code a filter, and a request has at least one filter.
Bytes read_codes(Reader& reader, const ReasonCodeSet& allowed) {
    const Bytes codes = reader.take_rest();
    const bool all_allowed = std::all_of(codes.begin(), codes.end(),
                                         [&](std::uint8_t code) { return allowed.contains(code); });
    reader.require(!codes.empty() && all_allowed, ReasonCode::protocol_error);
    return codes;
}

}  // namespace

Result<Suback, ReasonCode> decode_suback(const Frame& frame, Version version) {
    if ((frame.first_byte & 0x0FU) != 0) {
        return ReasonCode::malformed_packet;
    }
    Reader reader(frame.body);
    Suback packet;
    packet.packet_id = reader.packet_id();
    if (version == Version::v5) {
        read_properties(reader, packet);
    }
    packet.reason_codes =
        read_codes(reader, version == Version::v5 ? suback_reasons : suback_return_codes);
    return reader.finish(packet);
}

Result<Unsuback, ReasonCode> decode_unsuback(const Frame& frame, Version version) {
    if ((frame.first_byte & 0x0FU) != 0) {
        return ReasonCode::malformed_packet;
    }
    Reader reader(frame.body);
    Unsuback packet;
    packet.packet_id = reader.packet_id();
    if (version == Version::v5) {
        read_properties(reader, packet);
        packet.reason_codes = read_codes(reader, unsuback_reasons);
    }
    return reader.finish(packet);
}

}  // namespace mq::mqtt
