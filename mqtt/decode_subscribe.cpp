#include "mqtt/decode.hpp"
#include "mqtt/property_reader.hpp"
#include "mqtt/topic.hpp"

namespace mq::mqtt {
namespace {

constexpr PropertySet subscribe_properties = {PropertyId::subscription_identifier};

/// Flags are 0010 [MQTT-3.8.1-1, 3.10.1-1]; in 3.1 a re-sent packet carries DUP too.
bool are_valid_flags(const Frame& frame, Version version) {
    const unsigned flags = frame.first_byte & 0x0FU;
    return flags == 0x02 || (flags == 0x0A && version == Version::v3_1);
}

/// The options byte of 3.1 and 3.1.1 holds nothing but the QoS; QoS 3 is malformed.
void check_old_options(Reader& reader, std::uint8_t bits) {
    reader.require(bits <= 2, ReasonCode::malformed_packet);
}

/// Reserved bits are 0 [MQTT-3.8.3-5]; QoS 3, retain handling 3 and No Local on a shared
/// subscription [MQTT-3.8.3-4] are protocol errors.
void check_options(Reader& reader, std::uint8_t bits, std::string_view filter) {
    const unsigned qos = bits & 0x03U;
    const bool no_local = (bits & 0x04U) != 0;
    const unsigned retain_handling = bits >> 4U & 0x03U;
    reader.require((bits & 0xC0U) == 0, ReasonCode::malformed_packet);
    reader.require(qos <= 2 && retain_handling <= 2, ReasonCode::protocol_error);
    reader.require(!no_local || !is_shared_filter(filter), ReasonCode::protocol_error);
}

/// Reads all requests to see that they are right; at least one [MQTT-3.8.3-2].
Bytes read_requests(Reader& reader, Version version) {
    const Bytes payload = reader.rest();
    reader.require(!payload.empty(), ReasonCode::protocol_error);
    while (!reader.at_end()) {
        const std::string_view filter = reader.string();
        const std::uint8_t bits = reader.u8();
        if (version == Version::v5) {
            check_options(reader, bits, filter);
        } else {
            check_old_options(reader, bits);
        }
    }
    return payload;
}

/// At least one [MQTT-3.10.3-2].
Bytes read_filters(Reader& reader) {
    const Bytes payload = reader.rest();
    reader.require(!payload.empty(), ReasonCode::protocol_error);
    while (!reader.at_end()) {
        reader.string();
    }
    return payload;
}

void read_properties(Reader& reader, Subscribe& packet) {
    PropertyReader list(reader, subscribe_properties);
    while (list.next()) {
        packet.subscription_identifier = list.subscription_identifier();
    }
    packet.user_properties = list.user_properties();
}

void read_properties(Reader& reader, Unsubscribe& packet) {
    PropertyReader list(reader, {});
    while (list.next()) {
    }
    packet.user_properties = list.user_properties();
}

}  // namespace

Result<Subscribe, ReasonCode> decode_subscribe(const Frame& frame, Version version) {
    if (!are_valid_flags(frame, version)) {
        return ReasonCode::malformed_packet;
    }
    Reader reader(frame.body);
    Subscribe packet;
    packet.packet_id = reader.packet_id(ReasonCode::malformed_packet);
    if (version == Version::v5) {
        read_properties(reader, packet);
    }
    packet.requests = SubscriptionRequests(read_requests(reader, version), version);
    return reader.finish(packet);
}

Result<Unsubscribe, ReasonCode> decode_unsubscribe(const Frame& frame, Version version) {
    if (!are_valid_flags(frame, version)) {
        return ReasonCode::malformed_packet;
    }
    Reader reader(frame.body);
    Unsubscribe packet;
    packet.packet_id = reader.packet_id(ReasonCode::malformed_packet);
    if (version == Version::v5) {
        read_properties(reader, packet);
    }
    packet.filters = TopicFilters(read_filters(reader));
    return reader.finish(packet);
}

}  // namespace mq::mqtt
