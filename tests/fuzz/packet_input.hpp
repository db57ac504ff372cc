#pragma once

#include "mqtt/decode.hpp"

#include <array>
#include <cstdint>

/// How the input of fuzz_packet begins: one byte says which version, and which side decodes.
namespace mq::mqtt {

struct PacketInput {
    Version version;
    Receiver receiver;
};

inline constexpr std::array<PacketInput, 6> packet_inputs = {{
    {Version::v3_1, Receiver::server},
    {Version::v3_1, Receiver::client},
    {Version::v3_1_1, Receiver::server},
    {Version::v3_1_1, Receiver::client},
    {Version::v5, Receiver::server},
    {Version::v5, Receiver::client},
}};

}  // namespace mq::mqtt
