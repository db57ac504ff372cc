#pragma once

#include "client/lib/incoming.hpp"
#include "mqtt/packet.hpp"

#include <cstdint>
#include <memory>
#include <string_view>

namespace mq::client {

/// A message for the application. Views, into the packet or into `Event::kept`.
struct Message {
    mqtt::PacketId mid = 0;
    mqtt::QoS qos = mqtt::QoS::at_most_once;
    bool retain = false;
    std::string_view topic;
    mqtt::Bytes properties;
    mqtt::Bytes payload;
};

/// What one received packet means for the application: at most one callback, and then perhaps the
/// end of the connection.
struct Event {
    enum class Kind : std::uint8_t {
        none,
        connack,     ///< code, flags, properties
        message,     ///< message
        published,   ///< mid, code, properties
        suback,      ///< mid, codes, properties
        unsuback,    ///< mid, codes, properties
        disconnect,  ///< the broker has said goodbye: code, properties
        auth,        ///< method, data, properties
    };

    Kind kind = Kind::none;
    std::uint8_t flags = 0;
    mqtt::PacketId mid = 0;
    int code = 0;            ///< reason code of the packet
    int result = 0;          ///< MOSQ_ERR_ that ends the connection after the callback; 0 goes on
    mqtt::Bytes properties;  ///< encoded, without the length before them
    mqtt::Bytes codes;
    std::string_view method;
    mqtt::Bytes data;
    Message message;
    std::unique_ptr<Incoming> kept;  ///< owner of a message of QoS 2
};

}  // namespace mq::client
