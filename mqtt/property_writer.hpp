#pragma once

#include "mqtt/writer.hpp"

/// Private to this room: properties that several packets write in the same way.
namespace mq::mqtt {

/// Appends those of a validated list that a server must forward unaltered, as they stand there.
void copy_forwarded(Bytes validated_list, Buffer& out);

/// The same of a message that was not decoded, in the order that `encode_forwarded` says.
template <class Sink>
void put_forwarded(Writer<Sink>& to, const MessageProperties& properties) {
    to.property(PropertyId::payload_format_indicator, properties.payload_format_indicator);
    to.property(PropertyId::content_type, properties.content_type);
    to.property(PropertyId::response_topic, properties.response_topic);
    to.property(PropertyId::correlation_data, properties.correlation_data);
    to.user_properties(properties.user_properties);
}

/// What comes with a reason code.
template <class Sink, class T>
void put_reason_properties(Writer<Sink>& to, const T& packet) {
    to.property(PropertyId::reason_string, packet.reason_string);
    to.user_properties(packet.user_properties);
}

}  // namespace mq::mqtt
