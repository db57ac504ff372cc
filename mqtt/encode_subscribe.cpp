#include "mqtt/encode.hpp"
#include "mqtt/property_writer.hpp"

namespace mq::mqtt {
namespace {

std::uint8_t options_byte(const SubscriptionOptions& options, Version version) {
    const auto qos = static_cast<unsigned>(options.qos);
    if (version != Version::v5) {
        return static_cast<std::uint8_t>(qos);
    }
    return static_cast<std::uint8_t>(qos | (options.no_local ? 0x04U : 0U) |
                                     (options.retain_as_published ? 0x08U : 0U) |
                                     static_cast<unsigned>(options.retain_handling) << 4U);
}

template <class Sink>
void put_request(Writer<Sink>& to, const SubscriptionRequest& request, Version version) {
    to.string(request.filter);
    to.u8(options_byte(request.options, version));
}

template <class Sink>
void put_requests(Writer<Sink>& to, SubscriptionRequests requests, Version version) {
    while (const auto request = requests.next()) {
        put_request(to, *request, version);
    }
}

template <class Sink>
void put_properties(Writer<Sink>& to, const Subscribe& packet) {
    if (packet.subscription_identifier) {
        to.subscription_identifier(*packet.subscription_identifier);
    }
    to.user_properties(packet.user_properties);
}

}  // namespace

void encode(const Subscribe& packet, Version version, Buffer& out) {
    put_packet(PacketType::subscribe, 0x02, out, [&](auto& to) {
        to.packet_id(packet.packet_id);
        if (version == Version::v5) {
            to.with_length([&](auto& list) { put_properties(list, packet); });
        }
        put_requests(to, packet.requests, version);
    });
}

void encode(const Suback& packet, Version version, Buffer& out) {
    put_packet(PacketType::suback, 0, out, [&](auto& to) {
        to.packet_id(packet.packet_id);
        if (version == Version::v5) {
            to.with_length([&](auto& list) { put_reason_properties(list, packet); });
        }
        to.raw(packet.reason_codes);
    });
}

void encode(const Unsubscribe& packet, Version version, Buffer& out) {
    put_packet(PacketType::unsubscribe, 0x02, out, [&](auto& to) {
        to.packet_id(packet.packet_id);
        if (version == Version::v5) {
            to.with_length([&](auto& list) { list.user_properties(packet.user_properties); });
        }
        TopicFilters filters = packet.filters;
        while (const auto filter = filters.next()) {
            to.string(*filter);
        }
    });
}

void encode(const Unsuback& packet, Version version, Buffer& out) {
    put_packet(PacketType::unsuback, 0, out, [&](auto& to) {
        to.packet_id(packet.packet_id);
        if (version == Version::v5) {
            to.with_length([&](auto& list) { put_reason_properties(list, packet); });
            to.raw(packet.reason_codes);
        }
    });
}

void append_request(const SubscriptionRequest& request, Version version, Buffer& out) {
    Writer<Appender> writer{Appender(out)};
    put_request(writer, request, version);
}

void append_filter(std::string_view filter, Buffer& out) {
    Writer<Appender>{Appender(out)}.string(filter);
}

}  // namespace mq::mqtt
