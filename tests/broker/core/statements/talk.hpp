#pragma once

#include "tests/broker/core/world.hpp"
#include "tests/mqtt/table/notation.hpp"

#include <string>
#include <string_view>

/// Shorthands for conversations that prove a statement of the standards, for 3.1.1 and 5.0 alike.
namespace mq::broker::test {

inline constexpr mqtt::Version both_versions[] = {mqtt::Version::v3_1_1, mqtt::Version::v5};

inline Client& connected(World& world, mqtt::Version version, std::string_view id,
                         bool clean_start = true) {
    Client& client = world.client(version);
    client.connects(id, clean_start);
    return client;
}

/// What the broker answers, in hexadecimal digits, and whether it closes. A `%` in the notation
/// stands for the empty property list, which 5.0 alone has.
inline std::string says(Client& client, std::string notation) {
    const std::string list = client.version() == mqtt::Version::v5 ? "[]" : "";
    for (std::size_t at = 0; (at = notation.find('%', at)) != std::string::npos;) {
        notation.replace(at, 1, list);
    }
    client.sends_bytes(mqtt::bytes_of(notation));
    return client.reads_hex() + (client.open() ? "" : " closed");
}

/// How a connection ends for this reason: 5.0 is told.
inline std::string ended(mqtt::Version version, std::string_view reason) {
    return (version == mqtt::Version::v5 ? "E001" + std::string(reason) : "") + " closed";
}

/// The answer to a sequence of bytes by a client that has connected before.
inline std::string answer(mqtt::Version version, const std::string& notation) {
    World world;
    return says(connected(world, version, "c"), notation);
}

/// The answer to the first bytes of a connection.
inline std::string first_answer(const std::string& notation) {
    World world;
    return says(world.client(), notation);
}

inline mqtt::Bytes bytes(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace mq::broker::test
