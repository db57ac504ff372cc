#pragma once

#include "mqtt/packet.hpp"

#include <iosfwd>
#include <string>

/// Packets as one line of text, for tests: mandatory fields and whatever optional field is there,
/// e.g. `PUBLISH topic="a/b" qos=1 packet_id=7 payload="hi" topic_alias=3`. Strings and bytes are
/// quoted, with \xNN for what is not printable; those above 64 bytes are cut and followed by their
/// size. GoogleTest finds `PrintTo` by itself.
namespace mq::mqtt {

std::string to_string(const Connect& packet);
std::string to_string(const Connack& packet);
std::string to_string(const Publish& packet);
std::string to_string(const Puback& packet);
std::string to_string(const Pubrec& packet);
std::string to_string(const Pubrel& packet);
std::string to_string(const Pubcomp& packet);
std::string to_string(const Subscribe& packet);
std::string to_string(const Suback& packet);
std::string to_string(const Unsubscribe& packet);
std::string to_string(const Unsuback& packet);
std::string to_string(const Pingreq& packet);
std::string to_string(const Pingresp& packet);
std::string to_string(const Disconnect& packet);
std::string to_string(const Auth& packet);
std::string to_string(const Packet& packet);

/// "3.1", "3.1.1" or "5.0".
std::string to_string(Version version);

void PrintTo(const Packet& packet, std::ostream* out);
void PrintTo(ReasonCode code, std::ostream* out);

}  // namespace mq::mqtt
