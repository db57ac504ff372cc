#pragma once

#include "broker/core/connection.hpp"
#include "mqtt/encode.hpp"

#include <cstddef>
#include <type_traits>

namespace mq::broker {

/// Without Request Problem Information only these may explain themselves [MQTT-3.1.2-29].
template <class Packet>
inline constexpr bool explains_always =
    std::is_same_v<Packet, mqtt::Connack> || std::is_same_v<Packet, mqtt::Disconnect>;

/// Appends a packet that is no PUBLISH to `out`. The client's Maximum Packet Size is kept
/// [MQTT-3.1.2-24]: reason string and user properties are left out where they would go beyond it
/// [MQTT-3.2.2-19, 3.4.2-2, 3.9.2-1 and so on] or where the client does not want them. False, and
/// nothing appended, when the packet is too large even so.
template <class Packet>
bool put_answer(const Connection& connection, Packet packet, mqtt::Buffer& out) {
    const std::size_t start = out.size();
    const auto put = [&] {
        mqtt::encode(packet, connection.version, out);
        if (out.size() - start <= connection.maximum_packet_size) {
            return true;
        }
        out.resize(start);
        return false;
    };
    if constexpr (requires { packet.reason_string; }) {
        if (explains_always<Packet> || connection.problem_information) {
            if (put()) {
                return true;
            }
        }
        packet.reason_string.reset();
        packet.user_properties = {};
    }
    return put();
}

}  // namespace mq::broker
