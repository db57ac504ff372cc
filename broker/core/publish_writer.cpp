#include "broker/core/publish_writer.hpp"

#include "mqtt/encode.hpp"

#include <algorithm>

namespace mq::broker {
namespace {

struct Sizes {
    std::uint32_t properties = 0;
    std::uint32_t remaining = 0;
    std::size_t packet = 0;
};

std::uint32_t properties_size(const Message& message, const PublishForm& form) {
    std::size_t size = message.properties().size() + (form.expiry_seconds > 0 ? 5U : 0U) +
                       (form.alias > 0 ? 3U : 0U);
    for (const std::uint32_t identifier : form.identifiers) {
        size += 1 + mqtt::variable_byte_integer_size(identifier);
    }
    return static_cast<std::uint32_t>(size);
}

Sizes measure(const Message& message, const PublishForm& form) {
    Sizes sizes;
    std::size_t remaining = 2 + form.topic.size() + (form.id > 0 ? 2U : 0U);
    if (form.version == mqtt::Version::v5) {
        sizes.properties = properties_size(message, form);
        remaining += mqtt::variable_byte_integer_size(sizes.properties) + sizes.properties;
    }
    remaining += message.payload().size();
    sizes.remaining = static_cast<std::uint32_t>(remaining);
    sizes.packet = 1 + mqtt::variable_byte_integer_size(sizes.remaining) + remaining;
    return sizes;
}

std::uint8_t* write_u16(std::size_t value, std::uint8_t* at) {
    *at++ = static_cast<std::uint8_t>(value >> 8U);
    *at++ = static_cast<std::uint8_t>(value & 0xFFU);
    return at;
}

std::uint8_t* write_id(mqtt::PropertyId id, std::uint8_t* at) {
    *at++ = static_cast<std::uint8_t>(id);
    return at;
}

/// In the order that Mosquitto has: identifiers, what is forwarded unaltered, what is of this
/// delivery.
std::uint8_t* write_properties(const Message& message, const PublishForm& form, std::uint32_t size,
                               std::uint8_t* at) {
    using mqtt::PropertyId;
    at = mqtt::write_variable_byte_integer(size, at);
    for (const std::uint32_t identifier : form.identifiers) {
        at = mqtt::write_variable_byte_integer(identifier,
                                               write_id(PropertyId::subscription_identifier, at));
    }
    at = std::copy(message.properties().begin(), message.properties().end(), at);
    if (form.expiry_seconds > 0) {
        at = write_id(PropertyId::message_expiry_interval, at);
        at = write_u16(form.expiry_seconds >> 16U, at);
        at = write_u16(form.expiry_seconds & 0xFFFFU, at);
    }
    if (form.alias > 0) {
        at = write_u16(form.alias, write_id(PropertyId::topic_alias, at));
    }
    return at;
}

}  // namespace

std::size_t publish_size(const Message& message, const PublishForm& form) {
    return measure(message, form).packet;
}

void write_publish(const MessageRef& message, const PublishForm& form, Outbox& outbox) {
    const Sizes sizes = measure(*message, form);
    const mqtt::Bytes payload = message->payload();
    const bool by_reference = payload.size() >= Outbox::reference_bytes_min;
    auto& out = outbox.buffer();
    const std::size_t start = out.size();
    out.resize(start + sizes.packet - (by_reference ? payload.size() : 0));

    std::uint8_t* at = out.data() + start;
    const unsigned qos = form.id > 0 ? static_cast<unsigned>(form.qos) : 0U;
    *at++ = static_cast<std::uint8_t>(0x30U | (form.dup ? 8U : 0U) | (qos << 1U) |
                                      (form.retain ? 1U : 0U));
    at = mqtt::write_variable_byte_integer(sizes.remaining, at);
    at = write_u16(form.topic.size(), at);
    at = std::copy(form.topic.begin(), form.topic.end(), at);
    if (form.id > 0) {
        at = write_u16(form.id, at);
    }
    if (form.version == mqtt::Version::v5) {
        at = write_properties(*message, form, sizes.properties, at);
    }
    if (by_reference) {
        outbox.append_payload(message);
    } else {
        std::copy(payload.begin(), payload.end(), at);
    }
}

}  // namespace mq::broker
