#pragma once

#include "base/problem.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// The arithmetic of SCRAM-SHA-256, RFC 5802 §3 and RFC 7677, shared by the password file and the
/// server's side of an exchange. A problem is always one of OpenSSL's, as want of memory.
namespace mq::broker {

/// Size of every key, signature and proof.
constexpr std::size_t scram_key_bytes = 32;

Outcome<std::string> sha256(std::string_view bytes);
Outcome<std::string> hmac_sha256(std::string_view key, std::string_view bytes);

/// What a server keeps of a password. Whoever has it can let clients in and pose as the server,
/// but can log in nowhere.
struct ScramKeys {
    std::string stored;  ///< tells whether a client's proof is right
    std::string server;  ///< signs, as a proof to the client
};

/// The costly part: `iterations` rounds of PBKDF2.
Outcome<ScramKeys> scram_keys(std::string_view password, std::string_view salt,
                              std::uint32_t iterations);

/// A user name or password as both sides must have it before they compute with it. RFC 5802 asks
/// for SASLprep (RFC 4013), which changes no printable ASCII; RFC 8265 leaves most of the rest as
/// it is, too. So text goes through as the UTF-8 that it is: nothing is folded, composed or mapped.
/// Refused is what SASLprep forbids and nobody types: text that is empty or no UTF-8, and control
/// characters.
Outcome<void> check_scram_text(std::string_view text, const char* name);

}  // namespace mq::broker
