#pragma once

#include "mqtt/decode.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace mq::mqtt {

/// One packet on the wire and what it means. The table of them is walked by the tests of decoder,
/// encoder and framer, and gives the fuzzers their seeds.
struct PacketRow {
    Version version = Version::v5;
    Receiver receiver = Receiver::server;
    std::string bytes;                       ///< in the notation of bytes_of
    std::string packet;                      ///< as the packet printer says; empty when refused
    ReasonCode error = ReasonCode::success;  ///< of framer or decoder
    bool canonical = true;                   ///< the encoder gives the same bytes
};

using PacketTable = std::vector<PacketRow>;

/// All rows: the written ones, then the generated ones.
const PacketTable& packet_table();
/// Rows written one by one.
const PacketTable& written_rows();

/// Written rows, by packet.
PacketTable connect_rows();
PacketTable connack_rows();
PacketTable publish_rows();
PacketTable acknowledgement_rows();
PacketTable subscription_rows();
PacketTable closing_rows();
PacketTable framing_rows();

/// Generated rows: each property in each packet, each reason code in each packet, each packet in
/// each version, direction and with each fixed header flag.
PacketTable property_rows();
PacketTable reason_code_rows();
PacketTable header_rows();

/// How a row is built.
PacketRow accepted(Version version, Receiver receiver, std::string bytes, std::string packet);
/// Accepted, but not as the encoder writes it.
PacketRow tolerated(Version version, Receiver receiver, std::string bytes, std::string packet);
PacketRow refused(Version version, Receiver receiver, std::string bytes, ReasonCode error);

}  // namespace mq::mqtt
