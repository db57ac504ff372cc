#include "broker/control/live_retained.hpp"

#include "broker/core/reserved_topic.hpp"
#include "mqtt/decode.hpp"
#include "mqtt/encode.hpp"

#include <chrono>
#include <string>

namespace mq::broker {
namespace {

constexpr std::size_t topic_bytes_max = 65'535;
constexpr std::size_t properties_bytes_max = std::size_t{1} << 20;
constexpr std::size_t expiry_seconds_max = 0xFFFFFFFF;

void put_u16(mqtt::Buffer& to, std::size_t number) {
    to.push_back(static_cast<std::uint8_t>(number >> 8U));
    to.push_back(static_cast<std::uint8_t>(number & 0xFFU));
}

void put_length(mqtt::Buffer& to, std::size_t number) {
    do {
        const auto low = static_cast<std::uint8_t>(number & 0x7FU);
        number >>= 7U;
        to.push_back(static_cast<std::uint8_t>(low | (number > 0 ? 0x80U : 0U)));
    } while (number > 0);
}

/// The body of a PUBLISH of 5.0 at QoS 0 without payload, to be checked as one that comes from a
/// client.
mqtt::Buffer body_of(const std::string& topic, const std::string& properties) {
    mqtt::Buffer body;
    put_u16(body, topic.size());
    body.insert(body.end(), topic.begin(), topic.end());
    put_length(body, properties.size());
    body.insert(body.end(), properties.begin(), properties.end());
    return body;
}

}  // namespace

Errand read_retained(RequestMembers& members, Time now) {
    Errand errand;
    errand.kind = ErrandKind::set_retained;
    errand.name = members.text("topic");
    const std::string payload = members.bytes("payload");
    const std::string properties = members.bytes("properties");
    const auto qos = static_cast<mqtt::QoS>(members.number("qos", 0, 0, 2));
    const std::size_t expiry = members.number("expiry", 0, 1, expiry_seconds_max);
    if (payload.empty()) {
        members.refuse("Invalid/missing payload");
    }
    if (errand.name.size() > topic_bytes_max || properties.size() > properties_bytes_max ||
        is_reserved_topic(errand.name) || is_control_topic(errand.name)) {
        members.refuse("Invalid topic");
    }
    if (!members.mistake().empty()) {
        return errand;
    }
    const mqtt::Buffer body = body_of(errand.name, properties);
    const mqtt::Frame frame{static_cast<std::uint8_t>(mqtt::PacketType::publish) << 4U, body,
                            body.size()};
    const auto packet = mqtt::decode_publish(frame, mqtt::Version::v5, mqtt::Receiver::server);
    if (!packet || packet->topic_alias) {
        members.refuse("Invalid topic or properties");
        return errand;
    }
    mqtt::Buffer forwarded;
    mqtt::encode_forwarded(packet->properties, forwarded);
    Message::Origin origin;
    if (expiry > 0) {
        origin.expiry = now + std::chrono::seconds(expiry);
    }
    errand.message = MessageRef::create(
        errand.name, forwarded,
        {reinterpret_cast<const std::uint8_t*>(payload.data()), payload.size()}, qos, true, origin);
    return errand;
}

}  // namespace mq::broker
