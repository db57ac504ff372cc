#include "support/packet_printer.hpp"

#include <array>
#include <cstddef>
#include <cstdio>
#include <ostream>

namespace mq::mqtt {
namespace {

constexpr std::size_t shown_bytes_max = 64;

std::string hex(unsigned byte) {
    std::array<char, 8> text{};
    std::snprintf(text.data(), text.size(), "%02X", byte);
    return text.data();
}

std::string quoted(std::string_view text) {
    std::string result = "\"";
    for (const char c : text.substr(0, shown_bytes_max)) {
        const bool plain = c >= ' ' && c <= '~' && c != '"' && c != '\\';
        result += plain ? std::string(1, c) : "\\x" + hex(static_cast<unsigned char>(c));
    }
    result += '"';
    if (text.size() > shown_bytes_max) {
        result += "...(" + std::to_string(text.size()) + ")";
    }
    return result;
}

std::string quoted(Bytes bytes) {
    return quoted(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

template <class Code>
std::string code_text(Code code) {
    return "0x" + hex(static_cast<unsigned>(code));
}

/// One line, field by field.
class Line {
 public:
    explicit Line(std::string_view start) : text_(start) {}

    Line& flag(std::string_view name, bool set) {
        if (set) {
            append(name);
        }
        return *this;
    }
    Line& field(std::string_view name, std::string_view value) { return put(name, quoted(value)); }
    Line& field(std::string_view name, Bytes value) { return put(name, quoted(value)); }
    Line& field(std::string_view name, std::uint32_t value) {
        return put(name, std::to_string(value));
    }
    Line& field(std::string_view name, QoS value) {
        return field(name, static_cast<std::uint32_t>(value));
    }
    Line& field(std::string_view name, ReasonCode value) { return put(name, code_text(value)); }
    Line& field(std::string_view name, ConnectReturnCode value) {
        return put(name, code_text(value));
    }
    template <class T>
    Line& field(std::string_view name, const std::optional<T>& value) {
        return value ? field(name, *value) : *this;
    }
    Line& codes(Bytes codes) {
        std::string list;
        for (const std::uint8_t code : codes) {
            list += (list.empty() ? "" : ",") + code_text(code);
        }
        return put("reason_codes", list);
    }
    Line& user_properties(UserProperties properties) {
        while (const auto property = properties.next()) {
            put("user_property", quoted(property->key) + "=" + quoted(property->value));
        }
        return *this;
    }
    Line& append(std::string_view text) {
        text_ += ' ';
        text_ += text;
        return *this;
    }
    [[nodiscard]] const std::string& text() const { return text_; }

 private:
    Line& put(std::string_view name, const std::string& value) {
        return append(std::string(name) + "=" + value);
    }

    std::string text_;
};

void put_message_properties(Line& line, const MessageProperties& properties) {
    line.field("payload_format_indicator", properties.payload_format_indicator)
        .field("message_expiry_interval", properties.message_expiry_interval)
        .field("content_type", properties.content_type)
        .field("response_topic", properties.response_topic)
        .field("correlation_data", properties.correlation_data)
        .user_properties(properties.user_properties);
}

std::string will_text(const Will& will) {
    Line line("will{");
    line.field("topic", will.topic)
        .field("qos", will.qos)
        .flag("retain", will.retain)
        .field("payload", will.payload)
        .field("will_delay_interval", will.delay_interval);
    put_message_properties(line, will.properties);
    return line.text() + " }";
}

template <PacketType type>
std::string acknowledgement_text(const Acknowledgement<type>& packet) {
    return Line(name(type))
        .field("packet_id", packet.packet_id)
        .field("reason_code", packet.reason_code)
        .field("reason_string", packet.reason_string)
        .user_properties(packet.user_properties)
        .text();
}

std::string request_text(const SubscriptionRequest& request) {
    return Line(quoted(request.filter) + "{")
               .field("qos", request.options.qos)
               .flag("no_local", request.options.no_local)
               .flag("retain_as_published", request.options.retain_as_published)
               .field("retain_handling",
                      static_cast<std::uint32_t>(request.options.retain_handling))
               .text() +
           " }";
}

}  // namespace

std::string to_string(Version version) {
    return version == Version::v3_1 ? "3.1" : version == Version::v3_1_1 ? "3.1.1" : "5.0";
}

std::string to_string(const Connect& packet) {
    Line line("CONNECT");
    line.append(to_string(packet.version))
        .field("client_id", packet.client_id)
        .field("keep_alive", packet.keep_alive)
        .flag("clean_start", packet.clean_start)
        .flag("bridge", packet.bridge);
    if (packet.will) {
        line.append(will_text(*packet.will));
    }
    return line.field("user_name", packet.user_name)
        .field("password", packet.password)
        .field("session_expiry_interval", packet.session_expiry_interval)
        .field("receive_maximum", packet.receive_maximum)
        .field("maximum_packet_size", packet.maximum_packet_size)
        .field("topic_alias_maximum", packet.topic_alias_maximum)
        .field("request_response_information", packet.request_response_information)
        .field("request_problem_information", packet.request_problem_information)
        .field("authentication_method", packet.authentication_method)
        .field("authentication_data", packet.authentication_data)
        .user_properties(packet.user_properties)
        .text();
}

std::string to_string(const Connack& packet) {
    return Line("CONNACK")
        .flag("session_present", packet.session_present)
        .field("reason_code", packet.reason_code)
        .field("return_code", packet.return_code)
        .field("session_expiry_interval", packet.session_expiry_interval)
        .field("receive_maximum", packet.receive_maximum)
        .field("maximum_qos", packet.maximum_qos)
        .field("retain_available", packet.retain_available)
        .field("maximum_packet_size", packet.maximum_packet_size)
        .field("assigned_client_identifier", packet.assigned_client_identifier)
        .field("topic_alias_maximum", packet.topic_alias_maximum)
        .field("reason_string", packet.reason_string)
        .field("wildcard_subscription_available", packet.wildcard_subscription_available)
        .field("subscription_identifier_available", packet.subscription_identifier_available)
        .field("shared_subscription_available", packet.shared_subscription_available)
        .field("server_keep_alive", packet.server_keep_alive)
        .field("response_information", packet.response_information)
        .field("server_reference", packet.server_reference)
        .field("authentication_method", packet.authentication_method)
        .field("authentication_data", packet.authentication_data)
        .user_properties(packet.user_properties)
        .text();
}

std::string to_string(const Publish& packet) {
    Line line("PUBLISH");
    line.field("topic", packet.topic)
        .field("qos", packet.qos)
        .flag("dup", packet.dup)
        .flag("retain", packet.retain);
    if (packet.packet_id != 0) {
        line.field("packet_id", packet.packet_id);
    }
    line.field("payload", packet.payload).field("topic_alias", packet.topic_alias);
    SubscriptionIdentifiers identifiers = packet.subscription_identifiers;
    while (const auto identifier = identifiers.next()) {
        line.field("subscription_identifier", *identifier);
    }
    put_message_properties(line, packet.properties);
    return line.text();
}

std::string to_string(const Puback& packet) {
    return acknowledgement_text(packet);
}

std::string to_string(const Pubrec& packet) {
    return acknowledgement_text(packet);
}

std::string to_string(const Pubrel& packet) {
    return acknowledgement_text(packet);
}

std::string to_string(const Pubcomp& packet) {
    return acknowledgement_text(packet);
}

std::string to_string(const Subscribe& packet) {
    Line line("SUBSCRIBE");
    line.field("packet_id", packet.packet_id);
    SubscriptionRequests requests = packet.requests;
    while (const auto request = requests.next()) {
        line.append(request_text(*request));
    }
    return line.field("subscription_identifier", packet.subscription_identifier)
        .user_properties(packet.user_properties)
        .text();
}

std::string to_string(const Suback& packet) {
    return Line("SUBACK")
        .field("packet_id", packet.packet_id)
        .codes(packet.reason_codes)
        .field("reason_string", packet.reason_string)
        .user_properties(packet.user_properties)
        .text();
}

std::string to_string(const Unsubscribe& packet) {
    Line line("UNSUBSCRIBE");
    line.field("packet_id", packet.packet_id);
    TopicFilters filters = packet.filters;
    while (const auto filter = filters.next()) {
        line.append(quoted(*filter));
    }
    return line.user_properties(packet.user_properties).text();
}

std::string to_string(const Unsuback& packet) {
    Line line("UNSUBACK");
    line.field("packet_id", packet.packet_id);
    if (!packet.reason_codes.empty()) {
        line.codes(packet.reason_codes);
    }
    return line.field("reason_string", packet.reason_string)
        .user_properties(packet.user_properties)
        .text();
}

std::string to_string(const Pingreq& /*packet*/) {
    return "PINGREQ";
}

std::string to_string(const Pingresp& /*packet*/) {
    return "PINGRESP";
}

std::string to_string(const Disconnect& packet) {
    return Line("DISCONNECT")
        .field("reason_code", packet.reason_code)
        .field("session_expiry_interval", packet.session_expiry_interval)
        .field("reason_string", packet.reason_string)
        .field("server_reference", packet.server_reference)
        .user_properties(packet.user_properties)
        .text();
}

std::string to_string(const Auth& packet) {
    return Line("AUTH")
        .field("reason_code", packet.reason_code)
        .field("authentication_method", packet.authentication_method)
        .field("authentication_data", packet.authentication_data)
        .field("reason_string", packet.reason_string)
        .user_properties(packet.user_properties)
        .text();
}

std::string to_string(const Packet& packet) {
    return std::visit([](const auto& one) { return to_string(one); }, packet);
}

void PrintTo(const Packet& packet, std::ostream* out) {
    *out << to_string(packet);
}

void PrintTo(ReasonCode code, std::ostream* out) {
    *out << name(code) << " (" << code_text(code) << ")";
}

}  // namespace mq::mqtt
