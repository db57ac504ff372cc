#pragma once

#include "mqtt/writer.hpp"

/// Private to this room: what the encoders of PUBLISH and of a will share.
namespace mq::mqtt {

/// The properties that a server must forward unaltered, in the order that `encode_forwarded` says.
template <class Sink>
void put_forwarded(Writer<Sink>& to, const MessageProperties& properties) {
    to.property(PropertyId::payload_format_indicator, properties.payload_format_indicator);
    to.property(PropertyId::content_type, properties.content_type);
    to.property(PropertyId::response_topic, properties.response_topic);
    to.property(PropertyId::correlation_data, properties.correlation_data);
    to.user_properties(properties.user_properties);
}

}  // namespace mq::mqtt
