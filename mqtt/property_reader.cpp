#include "mqtt/property_reader.hpp"

#include "mqtt/topic.hpp"

namespace mq::mqtt {

bool PropertyReader::next() {
    while (take_id()) {
        if (id_ != PropertyId::user_property) {
            return true;
        }
        take_user_property();
    }
    if (!list_.ok()) {
        reader_.fail(list_.error());
    }
    return false;
}

bool PropertyReader::take_id() {
    if (list_.at_end()) {
        return false;
    }
    from_here_ = list_.rest();
    id_ = static_cast<PropertyId>(list_.u8());
    if (id_ == PropertyId::user_property) {
        return true;
    }
    list_.require(allowed_.contains(id_), ReasonCode::malformed_packet);
    list_.require(!seen_.contains(id_) || repeatable_.contains(id_), ReasonCode::protocol_error);
    if (!list_.ok()) {
        return false;
    }
    seen_.insert(id_);
    return true;
}

void PropertyReader::take_user_property() {
    if (user_.empty()) {
        user_ = from_here_;
    }
    list_.string();
    list_.string();
}

std::uint8_t PropertyReader::u8_up_to(std::uint8_t highest) {
    const std::uint8_t value = list_.u8();
    list_.require(value <= highest, ReasonCode::protocol_error);
    return value;
}

std::uint16_t PropertyReader::u16_above_0(ReasonCode otherwise) {
    const std::uint16_t value = list_.u16();
    list_.require(value > 0, otherwise);
    return value;
}

std::uint32_t PropertyReader::u32_above_0() {
    const std::uint32_t value = list_.u32();
    list_.require(value > 0, ReasonCode::protocol_error);
    return value;
}

std::uint32_t PropertyReader::subscription_identifier() {
    const std::uint32_t value = list_.variable_byte_integer();
    list_.require(value > 0, ReasonCode::protocol_error);
    return value;
}

/// [MQTT-3.3.2-13, 14]
std::string_view PropertyReader::topic_name() {
    const std::string_view topic = list_.string();
    list_.require(is_valid_topic_name(topic), ReasonCode::protocol_error);
    return topic;
}

bool read_message_property(PropertyReader& list, MessageProperties& properties) {
    switch (list.id()) {
        case PropertyId::payload_format_indicator:
            properties.payload_format_indicator = list.u8_up_to(1);
            return true;
        case PropertyId::message_expiry_interval:
            properties.message_expiry_interval = list.u32();
            return true;
        case PropertyId::content_type:
            properties.content_type = list.string();
            return true;
        case PropertyId::response_topic:
            properties.response_topic = list.topic_name();
            return true;
        case PropertyId::correlation_data:
            properties.correlation_data = list.binary();
            return true;
        default:
            return false;
    }
}

}  // namespace mq::mqtt
