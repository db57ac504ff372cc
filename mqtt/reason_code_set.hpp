#pragma once

#include "mqtt/reason_code.hpp"

#include <array>
#include <cstdint>
#include <initializer_list>

/// Private to this room: which reason codes a packet of MQTT 5.0 may carry.
namespace mq::mqtt {

class ReasonCodeSet {
 public:
    constexpr ReasonCodeSet(std::initializer_list<std::uint8_t> codes) {
        for (const std::uint8_t code : codes) {
            words_[code / 64U] |= std::uint64_t{1} << (code % 64U);
        }
    }
    [[nodiscard]] constexpr bool contains(std::uint8_t code) const {
        return (words_[code / 64U] >> (code % 64U) & 1U) != 0;
    }

 private:
    std::array<std::uint64_t, 4> words_{};
};

/// [MQTT-3.2.2-8]
inline constexpr ReasonCodeSet connack_reasons = {0x00, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86,
                                                  0x87, 0x88, 0x89, 0x8A, 0x8C, 0x90, 0x95, 0x97,
                                                  0x99, 0x9A, 0x9B, 0x9C, 0x9D, 0x9F};
/// PUBACK and PUBREC [MQTT-3.4.2-1, 3.5.2-1].
inline constexpr ReasonCodeSet publish_reasons = {0x00, 0x10, 0x80, 0x83, 0x87,
                                                  0x90, 0x91, 0x97, 0x99};
/// PUBREL and PUBCOMP [MQTT-3.6.2-1, 3.7.2-1].
inline constexpr ReasonCodeSet release_reasons = {0x00, 0x92};
/// [MQTT-3.9.3-2]
inline constexpr ReasonCodeSet suback_reasons = {0x00, 0x01, 0x02, 0x80, 0x83, 0x87,
                                                 0x8F, 0x91, 0x97, 0x9E, 0xA1, 0xA2};
/// The return codes of 3.1.1 [MQTT-3.9.3-2]; servers send 0x80 to clients of 3.1 too.
inline constexpr ReasonCodeSet suback_return_codes = {0x00, 0x01, 0x02, 0x80};
/// [MQTT-3.11.3-2]
inline constexpr ReasonCodeSet unsuback_reasons = {0x00, 0x11, 0x80, 0x83, 0x87, 0x8F, 0x91};
/// DISCONNECT by its sender [MQTT-3.14.2-1]. A server that says "normal disconnection" is borne.
inline constexpr ReasonCodeSet client_disconnect_reasons = {
    0x00, 0x04, 0x80, 0x81, 0x82, 0x83, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99};
inline constexpr ReasonCodeSet server_disconnect_reasons = {
    0x00, 0x80, 0x81, 0x82, 0x83, 0x87, 0x89, 0x8B, 0x8D, 0x8E, 0x8F, 0x90, 0x93, 0x94,
    0x95, 0x96, 0x97, 0x98, 0x99, 0x9A, 0x9B, 0x9C, 0x9D, 0x9E, 0x9F, 0xA0, 0xA1, 0xA2};
/// [MQTT-3.15.2-1]
inline constexpr ReasonCodeSet auth_reasons = {0x00, 0x18, 0x19};

}  // namespace mq::mqtt
