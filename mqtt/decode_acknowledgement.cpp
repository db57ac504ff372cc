#include "mqtt/decode.hpp"
#include "mqtt/property_reader.hpp"
#include "mqtt/reason_code_set.hpp"

namespace mq::mqtt {
namespace {

constexpr PropertySet acknowledgement_properties = {PropertyId::reason_string};

/// Reason code and properties, which MQTT 5.0 lets a sender leave out from the end (§3.4.2.1).
template <class T>
void read_reason(Reader& reader, const ReasonCodeSet& allowed, T& packet) {
    if (reader.at_end()) {
        return;
    }
    packet.reason_code = static_cast<ReasonCode>(reader.u8());
    reader.require(allowed.contains(static_cast<std::uint8_t>(packet.reason_code)),
                   ReasonCode::protocol_error);
    if (reader.at_end()) {
        return;
    }
    PropertyReader list(reader, acknowledgement_properties);
    while (list.next()) {
        packet.reason_string = list.string();
    }
    packet.user_properties = list.user_properties();
}

template <class T>
Result<T, ReasonCode> decode_body(const Frame& frame, Version version,
                                  const ReasonCodeSet& allowed) {
    Reader reader(frame.body);
    T packet;
    packet.packet_id = reader.packet_id();
    if (version == Version::v5) {
        read_reason(reader, allowed, packet);
    }
    return reader.finish(packet);
}

bool has_flags(const Frame& frame, std::uint8_t flags) {
    return (frame.first_byte & 0x0FU) == flags;
}

}  // namespace

Result<Puback, ReasonCode> decode_puback(const Frame& frame, Version version) {
    if (!has_flags(frame, 0)) {
        return ReasonCode::malformed_packet;
    }
    return decode_body<Puback>(frame, version, publish_reasons);
}

Result<Pubrec, ReasonCode> decode_pubrec(const Frame& frame, Version version) {
    if (!has_flags(frame, 0)) {
        return ReasonCode::malformed_packet;
    }
    return decode_body<Pubrec>(frame, version, publish_reasons);
}

/// Flags are 0010 [MQTT-3.6.1-1]; in 3.1 a re-sent PUBREL carries DUP too.
Result<Pubrel, ReasonCode> decode_pubrel(const Frame& frame, Version version) {
    const bool may_be_dup = version == Version::v3_1;
    if (!has_flags(frame, 0x02) && !(may_be_dup && has_flags(frame, 0x0A))) {
        return ReasonCode::malformed_packet;
    }
    return decode_body<Pubrel>(frame, version, release_reasons);
}

Result<Pubcomp, ReasonCode> decode_pubcomp(const Frame& frame, Version version) {
    if (!has_flags(frame, 0)) {
        return ReasonCode::malformed_packet;
    }
    return decode_body<Pubcomp>(frame, version, release_reasons);
}

}  // namespace mq::mqtt
