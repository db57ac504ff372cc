#include "mqtt/packet.hpp"

#include "mqtt/reader.hpp"

#include <array>

namespace mq::mqtt {

std::string_view name(PacketType type) {
    static constexpr std::array<std::string_view, 16> names = {
        "RESERVED", "CONNECT",  "CONNACK",    "PUBLISH", "PUBACK",      "PUBREC",
        "PUBREL",   "PUBCOMP",  "SUBSCRIBE",  "SUBACK",  "UNSUBSCRIBE", "UNSUBACK",
        "PINGREQ",  "PINGRESP", "DISCONNECT", "AUTH"};
    return names[static_cast<std::size_t>(type) & 0x0FU];
}

std::optional<SubscriptionRequest> SubscriptionRequests::next() {
    if (rest_.empty()) {
        return {};
    }
    Reader reader(rest_);
    SubscriptionRequest request;
    request.filter = reader.unchecked_string();
    const std::uint8_t bits = reader.u8();
    rest_ = reader.rest();
    request.options.qos = static_cast<QoS>(bits & 0x03U);
    if (version_ == Version::v5) {
        request.options.no_local = (bits & 0x04U) != 0;
        request.options.retain_as_published = (bits & 0x08U) != 0;
        request.options.retain_handling = static_cast<RetainHandling>(bits >> 4U & 0x03U);
    }
    return request;
}

std::optional<std::string_view> TopicFilters::next() {
    if (rest_.empty()) {
        return {};
    }
    Reader reader(rest_);
    const std::string_view filter = reader.unchecked_string();
    rest_ = reader.rest();
    return filter;
}

}  // namespace mq::mqtt
