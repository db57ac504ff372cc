#pragma once

#include "mqtt/packet.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mq::client {

/// Properties as they stand in a packet, without the length before them.
using EncodedProperties = std::vector<std::uint8_t>;

struct Login {
    std::optional<std::string> user_name;
    std::optional<std::string> password;
};

struct Will {
    std::string topic;
    std::vector<std::uint8_t> payload;
    mqtt::QoS qos = mqtt::QoS::at_most_once;
    bool retain = false;
    EncodedProperties properties;
};

/// What the application gave with the properties of CONNECT, besides their encoded form.
struct ConnectProperties {
    EncodedProperties encoded;
    std::optional<std::uint16_t> receive_maximum;
    std::uint16_t topic_alias_maximum = 0;
    std::uint32_t maximum_packet_size = 0;  ///< bytes; 0 is no limit
};

/// What a session is made of. Times of the protocol are in seconds here, as in its packets.
struct Settings {
    std::optional<std::string> client_id;  ///< none: the broker gives one
    std::unique_ptr<Login> login;
    std::unique_ptr<Will> will;
    std::unique_ptr<ConnectProperties> connect_properties;
    std::uint32_t queued_messages_max = 0;  ///< QoS 1 and 2, not acknowledged; 0 is no limit
    std::uint32_t queued_bytes_max = 0;     ///< the same and unsent bytes; 0 is no limit
    std::uint16_t keep_alive = 60;          ///< seconds; 0 is off
    std::uint16_t send_maximum = 20;
    std::uint16_t receive_maximum = 20;
    mqtt::Version version = mqtt::Version::v3_1_1;
    bool clean = true;
};

}  // namespace mq::client
