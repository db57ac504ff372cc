#include "client/cli/field_writer.hpp"

#include "client/cli/message_json.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>

namespace mq::cli {

const mosquitto_property* FieldWriter::property(int identifier) const {
    for (const auto* at = message_.properties; at != nullptr; at = mosquitto_property_next(at)) {
        if (mosquitto_property_identifier(at) == identifier) {
            return at;
        }
    }
    return nullptr;
}

std::string_view FieldWriter::property_text(int identifier) const {
    const auto* const found = property(identifier);
    return found == nullptr ? std::string_view{}
                            : std::string_view(mosquitto_property_string_value(found),
                                               mosquitto_property_string_value_length(found));
}

std::optional<std::uint32_t> FieldWriter::property_number(int identifier) const {
    const auto* const found = property(identifier);
    if (found == nullptr) {
        return std::nullopt;
    }
    switch (mosquitto_property_type(found)) {
        case MQTT_PROP_TYPE_BYTE:
            return mosquitto_property_byte_value(found);
        case MQTT_PROP_TYPE_INT16:
            return mosquitto_property_int16_value(found);
        case MQTT_PROP_TYPE_INT32:
            return mosquitto_property_int32_value(found);
        case MQTT_PROP_TYPE_VARINT:
            return mosquitto_property_varint_value(found);
        default:
            return std::nullopt;
    }
}

void FieldWriter::text(std::string_view value, const FieldShape& shape) {
    if (shape.number >= 0) {
        value = value.substr(0, static_cast<std::size_t>(shape.number));
    }
    const auto width = static_cast<std::size_t>(shape.width);
    const std::size_t blanks = width > value.size() ? width - value.size() : 0;
    if (!shape.left) {
        out_.append(blanks, ' ');
    }
    out_ += value;
    if (shape.left) {
        out_.append(blanks, ' ');
    }
}

void FieldWriter::number(std::optional<std::uint32_t> value, const FieldShape& shape) {
    const std::string digits = value ? std::to_string(*value) : "";
    if (shape.zeros && !shape.left) {
        const auto width = static_cast<std::size_t>(shape.width);
        out_.append(width > digits.size() ? width - digits.size() : 0, '0');
        out_ += digits;
    } else {
        text(digits, FieldShape{false, shape.left, shape.width, -1, ' '});
    }
}

/// Blanks, or zeros, for what a value of this size lacks to the width.
void FieldWriter::fill(std::size_t size, const FieldShape& shape) {
    const auto width = static_cast<std::size_t>(shape.width);
    out_.append(width > size ? width - size : 0, shape.zeros && !shape.left ? '0' : ' ');
}

void FieldWriter::payload(const FieldShape& shape) {
    std::string_view value = message_.payload;
    if (shape.width > 0) {
        value = value.substr(0, static_cast<std::size_t>(shape.width));
    }
    if (!shape.left) {
        fill(value.size(), shape);
    }
    out_ += value;
    if (shape.left) {
        fill(value.size(), shape);
    }
}

void FieldWriter::hex(const FieldShape& shape, const char* digits) {
    std::string_view value = message_.payload;
    if (shape.width > 0) {
        value = value.substr(0, static_cast<std::size_t>(shape.width) / 2);
    }
    if (!shape.left) {
        fill(value.size() * 2, shape);
    }
    std::size_t nibbles = 0;
    const auto put = [&](unsigned nibble) {
        if (shape.number > 0 && nibbles > 0 &&
            nibbles % static_cast<std::size_t>(shape.number) == 0) {
            out_ += shape.separator;
        }
        out_ += digits[nibble];
        ++nibbles;
    };
    for (const char c : value) {
        put(static_cast<unsigned char>(c) >> 4U);
        put(static_cast<unsigned char>(c) & 15U);
    }
    if (shape.left) {
        fill(value.size() * 2, shape);
    }
}

template <class Real>
void FieldWriter::real(const FieldShape& shape) {
    if (message_.payload.size() != sizeof(Real)) {
        errors_ += "requested floating point formatting, but non-matching payload size: " +
                   std::to_string(message_.payload.size()) + " bytes on topic " +
                   std::string(message_.topic) + ", not " + std::to_string(sizeof(Real)) + "\n";
        return;
    }
    Real value;
    std::memcpy(&value, message_.payload.data(), sizeof value);
    std::string format = "%";
    format += shape.left ? "-" : shape.zeros ? "0" : "";
    format += shape.width > 0 ? std::to_string(shape.width) : "";
    format += shape.number >= 0 ? "." + std::to_string(shape.number) : "";
    format += 'f';
    const int size = std::snprintf(nullptr, 0, format.c_str(), static_cast<double>(value));
    if (size > 0) {
        const std::size_t old = out_.size();
        out_.resize(old + static_cast<std::size_t>(size) + 1);
        std::snprintf(out_.data() + old, static_cast<std::size_t>(size) + 1, format.c_str(),
                      static_cast<double>(value));
        out_.pop_back();
    }
}

void FieldWriter::json(bool embed) {
    if (!write_message_json(message_, embed ? JsonPayload::embedded : JsonPayload::text, pretty_,
                            out_)) {
        errors_ +=
            "Message payload is not valid JSON on topic " + std::string(message_.topic) + "\n";
    }
}

void FieldWriter::user_properties() {
    bool first = true;
    for (const auto* at = message_.properties; at != nullptr; at = mosquitto_property_next(at)) {
        if (mosquitto_property_identifier(at) == MQTT_PROP_USER_PROPERTY) {
            out_ += first ? "" : " ";
            out_ += std::string_view(mosquitto_property_string_name(at),
                                     mosquitto_property_string_name_length(at));
            out_ += ':';
            out_ += std::string_view(mosquitto_property_string_value(at),
                                     mosquitto_property_string_value_length(at));
            first = false;
        }
    }
}

void FieldWriter::strftime_part(const char* format) {
    std::tm parts{};
    if (::localtime_r(&message_.time.tv_sec, &parts) == nullptr) {
        return;
    }
    std::array<char, 256> text;
    out_.append(text.data(), std::strftime(text.data(), text.size(), format, &parts));
}

void FieldWriter::unix_time() {
    std::array<char, 48> text;
    const int size =
        std::snprintf(text.data(), text.size(), "%lld.%09ld",
                      static_cast<long long>(message_.time.tv_sec), message_.time.tv_nsec);
    out_.append(text.data(), static_cast<std::size_t>(size));
}

void FieldWriter::time(char letter) {
    if (letter == 'N') {
        std::array<char, 16> text;
        const int size =
            std::snprintf(text.data(), text.size(), "%09ld", message_.time.tv_nsec % 1'000'000'000);
        out_.append(text.data(), static_cast<std::size_t>(size));
        return;
    }
    const char format[] = {'%', letter, '\0'};
    strftime_part(format);
}

void FieldWriter::field(char letter, const FieldShape& shape) {
    switch (letter) {
        case 'A':
            return number(property_number(MQTT_PROP_TOPIC_ALIAS), shape);
        case 'C':
            return text(property_text(MQTT_PROP_CONTENT_TYPE), shape);
        case 'D':
            if (const auto* const data = property(MQTT_PROP_CORRELATION_DATA); data != nullptr) {
                out_.append(static_cast<const char*>(mosquitto_property_binary_value(data)),
                            mosquitto_property_binary_value_length(data));
            }
            return;
        case 'E':
            return number(property_number(MQTT_PROP_MESSAGE_EXPIRY_INTERVAL), shape);
        case 'F':
            return number(property_number(MQTT_PROP_PAYLOAD_FORMAT_INDICATOR), shape);
        case 'I': {
            std::string time;
            FieldWriter(message_, pretty_, time, errors_).strftime_part("%FT%T%z");
            return text(time, shape);
        }
        case 'J':
            return json(true);
        case 'P':
            return user_properties();
        case 'R':
            return text(property_text(MQTT_PROP_RESPONSE_TOPIC), shape);
        case 'S':
            return number(property_number(MQTT_PROP_SUBSCRIPTION_IDENTIFIER), shape);
        case 'U':
            return unix_time();
        case 'X':
            return hex(shape, "0123456789ABCDEF");
        case 'd':
            return real<double>(shape);
        case 'f':
            return real<float>(shape);
        case 'j':
            return json(false);
        case 'l':
            return number(static_cast<std::uint32_t>(message_.payload.size()), shape);
        case 'm':
            return number(static_cast<std::uint32_t>(message_.id), shape);
        case 'p':
            return payload(shape);
        case 'q':
            out_ += std::to_string(message_.qos);
            return;
        case 'r':
            out_ += message_.retain ? '1' : '0';
            return;
        case 't':
            return text(message_.topic, shape);
        case 'x':
            return hex(shape, "0123456789abcdef");
        default:
            return;
    }
}

}  // namespace mq::cli
