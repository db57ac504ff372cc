#include "client/lib/packets.hpp"

#include "mqtt/encode.hpp"

#include <cassert>
#include <cstring>

namespace mq::client {
namespace {

using mqtt::Bytes;
using mqtt::PacketType;
using mqtt::Version;

/// Writes values one behind the other into room that is there.
class Pen {
 public:
    explicit Pen(std::uint8_t* at) : at_(at) {}
    [[nodiscard]] const std::uint8_t* at() const { return at_; }

    Pen& u8(unsigned value) {
        *at_++ = static_cast<std::uint8_t>(value);
        return *this;
    }
    Pen& u16(unsigned value) { return u8(value >> 8U & 0xFFU).u8(value & 0xFFU); }
    Pen& length(std::size_t value) {
        at_ = mqtt::write_variable_byte_integer(static_cast<std::uint32_t>(value), at_);
        return *this;
    }
    Pen& raw(const void* data, std::size_t size) {
        if (size > 0) {
            std::memcpy(at_, data, size);
            at_ += size;
        }
        return *this;
    }
    Pen& raw(Bytes bytes) { return raw(bytes.data(), bytes.size()); }
    Pen& binary(const void* data, std::size_t size) {
        return u16(static_cast<unsigned>(size)).raw(data, size);
    }
    Pen& string(std::string_view text) { return binary(text.data(), text.size()); }
    Pen& properties(Bytes list) { return length(list.size()).raw(list); }
    Pen& head(PacketType type, unsigned flags, std::size_t body) {
        return u8(static_cast<unsigned>(type) << 4U | flags).length(body);
    }

 private:
    std::uint8_t* at_;
};

std::size_t size_of_length(std::size_t value) {
    return mqtt::variable_byte_integer_size(static_cast<std::uint32_t>(value));
}

std::size_t properties_size(Bytes list, Version version) {
    return version == Version::v5 ? size_of_length(list.size()) + list.size() : 0;
}

std::size_t with_head(std::size_t body) {
    return 1 + size_of_length(body) + body;
}

constexpr std::size_t string_size(std::string_view text) {
    return 2 + text.size();
}

// CONNECT

std::string_view protocol_name(Version version) {
    return version == Version::v3_1 ? "MQIsdp" : "MQTT";
}

unsigned connect_flags(const Settings& settings) {
    unsigned flags = settings.clean ? 0x02U : 0U;
    if (settings.will) {
        flags |= 0x04U | static_cast<unsigned>(settings.will->qos) << 3U |
                 (settings.will->retain ? 0x20U : 0U);
    }
    if (settings.login) {
        flags |= (settings.login->password ? 0x40U : 0U) | (settings.login->user_name ? 0x80U : 0U);
    }
    return flags;
}

constexpr std::size_t receive_maximum_size = 3;

/// The receive maximum of the options is sent when the application's properties have none.
bool adds_receive_maximum(const Settings& settings) {
    return !settings.connect_properties || !settings.connect_properties->receive_maximum;
}

Bytes given_properties(const Settings& settings) {
    return settings.connect_properties ? Bytes(settings.connect_properties->encoded) : Bytes();
}

std::size_t connect_properties_size(const Settings& settings) {
    return given_properties(settings).size() +
           (adds_receive_maximum(settings) ? receive_maximum_size : 0);
}

std::size_t will_size(const Will& will, Version version) {
    return properties_size(will.properties, version) + string_size(will.topic) + 2 +
           will.payload.size();
}

std::size_t connect_body_size(const Settings& settings) {
    std::size_t size = string_size(protocol_name(settings.version)) + 4;
    if (settings.version == Version::v5) {
        const std::size_t properties = connect_properties_size(settings);
        size += size_of_length(properties) + properties;
    }
    size += 2 + (settings.client_id ? settings.client_id->size() : 0);
    if (settings.will) {
        size += will_size(*settings.will, settings.version);
    }
    if (settings.login) {
        const Login& login = *settings.login;
        size += login.user_name ? string_size(*login.user_name) : 0;
        size += login.password ? string_size(*login.password) : 0;
    }
    return size;
}

void put_connect_properties(const Settings& settings, Pen& pen) {
    pen.length(connect_properties_size(settings));
    if (adds_receive_maximum(settings)) {
        pen.u8(static_cast<unsigned>(mqtt::PropertyId::receive_maximum));
        pen.u16(settings.receive_maximum);
    }
    pen.raw(given_properties(settings));
}

void put_will(const Will& will, Version version, Pen& pen) {
    if (version == Version::v5) {
        pen.properties(will.properties);
    }
    pen.string(will.topic).binary(will.payload.data(), will.payload.size());
}

void put_login(const Login& login, Pen& pen) {
    if (login.user_name) {
        pen.string(*login.user_name);
    }
    if (login.password) {
        pen.string(*login.password);
    }
}

}  // namespace

void append_connect(const Settings& settings, Output& out) {
    const std::size_t body = connect_body_size(settings);
    Pen pen(out.extend(with_head(body)));
    pen.head(PacketType::connect, 0, body).string(protocol_name(settings.version));
    pen.u8(static_cast<unsigned>(settings.version)).u8(connect_flags(settings));
    pen.u16(settings.keep_alive);
    if (settings.version == Version::v5) {
        put_connect_properties(settings, pen);
    }
    pen.string(settings.client_id ? std::string_view(*settings.client_id) : std::string_view());
    if (settings.will) {
        put_will(*settings.will, settings.version, pen);
    }
    if (settings.login) {
        put_login(*settings.login, pen);
    }
    assert(pen.at() == out.waiting().data() + out.size());
}

// PUBLISH

namespace {

std::size_t publish_body_size(const Publication& publication, Version version) {
    return string_size(publication.topic) + (publication.qos == mqtt::QoS::at_most_once ? 0 : 2) +
           properties_size(publication.properties, version) + publication.payload.size();
}

}  // namespace

std::size_t publish_size(const Publication& publication, Version version) {
    const std::size_t body = publish_body_size(publication, version);
    return body < packet_size_max ? with_head(body) : body + 5;
}

void write_publish(const Publication& publication, Version version, mqtt::PacketId mid,
                   std::uint8_t* at) {
    const unsigned flags =
        static_cast<unsigned>(publication.qos) << 1U | (publication.retain ? 1U : 0U);
    Pen pen(at);
    pen.head(PacketType::publish, flags, publish_body_size(publication, version));
    pen.string(publication.topic);
    if (publication.qos != mqtt::QoS::at_most_once) {
        pen.u16(mid);
    }
    if (version == Version::v5) {
        pen.properties(publication.properties);
    }
    pen.raw(publication.payload);
}

// SUBSCRIBE and UNSUBSCRIBE

namespace {

std::size_t filters_body_size(std::span<const std::string_view> filters, std::size_t option_bytes,
                              Bytes properties, Version version) {
    std::size_t size = 2 + properties_size(properties, version);
    for (const std::string_view filter : filters) {
        size += string_size(filter) + option_bytes;
    }
    return size;
}

}  // namespace

std::size_t subscribe_size(const SubscribeRequest& request, Version version) {
    return filters_body_size(request.filters, 1, request.properties, version) + 5;
}

void append_subscribe(const SubscribeRequest& request, Version version, mqtt::PacketId mid,
                      Output& out) {
    const std::size_t body = filters_body_size(request.filters, 1, request.properties, version);
    Pen pen(out.extend(with_head(body)));
    pen.head(PacketType::subscribe, 0x02, body).u16(mid);
    if (version == Version::v5) {
        pen.properties(request.properties);
    }
    for (const std::string_view filter : request.filters) {
        pen.string(filter).u8(version == Version::v5 ? request.options : request.options & 0x03U);
    }
}

std::size_t unsubscribe_size(const UnsubscribeRequest& request, Version version) {
    return filters_body_size(request.filters, 0, request.properties, version) + 5;
}

void append_unsubscribe(const UnsubscribeRequest& request, Version version, mqtt::PacketId mid,
                        Output& out) {
    const std::size_t body = filters_body_size(request.filters, 0, request.properties, version);
    Pen pen(out.extend(with_head(body)));
    pen.head(PacketType::unsubscribe, 0x02, body).u16(mid);
    if (version == Version::v5) {
        pen.properties(request.properties);
    }
    for (const std::string_view filter : request.filters) {
        pen.string(filter);
    }
}

// The small ones

void append_acknowledgement(PacketType type, mqtt::PacketId mid, mqtt::ReasonCode reason,
                            Version version, Output& out) {
    const bool with_reason = version == Version::v5 && reason != mqtt::ReasonCode::success;
    const std::size_t body = with_reason ? 3 : 2;
    Pen pen(out.extend(with_head(body)));
    pen.head(type, type == PacketType::pubrel ? 0x02 : 0, body).u16(mid);
    if (with_reason) {
        pen.u8(static_cast<unsigned>(reason));
    }
}

void append_pingreq(Output& out) {
    Pen(out.extend(2)).head(PacketType::pingreq, 0, 0);
}

void append_disconnect(std::uint8_t reason, Bytes properties, Version version, Output& out) {
    const bool with_properties = version == Version::v5 && !properties.empty();
    const bool with_reason = version == Version::v5 && (reason != 0 || with_properties);
    const std::size_t body =
        (with_reason ? 1 : 0) + (with_properties ? properties_size(properties, version) : 0);
    Pen pen(out.extend(with_head(body)));
    pen.head(PacketType::disconnect, 0, body);
    if (with_reason) {
        pen.u8(reason);
    }
    if (with_properties) {
        pen.properties(properties);
    }
}

std::size_t auth_size(Bytes properties) {
    return with_head(1 + properties_size(properties, Version::v5));
}

void append_auth(mqtt::ReasonCode reason, Bytes properties, Output& out) {
    const std::size_t body = 1 + properties_size(properties, Version::v5);
    Pen pen(out.extend(with_head(body)));
    pen.head(PacketType::auth, 0, body).u8(static_cast<unsigned>(reason)).properties(properties);
}

}  // namespace mq::client
