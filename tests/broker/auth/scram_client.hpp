#pragma once

#include "broker/auth/base64.hpp"
#include "broker/auth/scram_keys.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace mq::broker::test {

/// What a client that knows the password sends last. Independent of the server's code but for the
/// keys, which the RFC's vector covers.
inline std::string client_final(std::string_view password, std::string_view gs2_header,
                                const std::string& first_bare, const std::string& server_first) {
    const std::size_t salt_at = server_first.find(",s=") + 3;
    const std::size_t count_at = server_first.find(",i=");
    const auto salt =
        base64_decode(server_first.substr(salt_at, count_at - salt_at), Padding::with).value();
    const auto count = static_cast<std::uint32_t>(std::stoul(server_first.substr(count_at + 3)));
    std::string salted(scram_key_bytes, '\0');
    {  // PBKDF2 by hand: U1 is the HMAC of salt and block number, each further one of the one
       // before
        auto round = hmac_sha256(password, salt + std::string("\0\0\0\1", 4)).value();
        salted = round;
        for (std::uint32_t i = 1; i < count; ++i) {
            round = hmac_sha256(password, round).value();
            for (std::size_t at = 0; at < salted.size(); ++at) {
                salted[at] = static_cast<char>(salted[at] ^ round[at]);
            }
        }
    }
    std::string proof = hmac_sha256(salted, "Client Key").value();
    const std::string without_proof = "c=" + base64_encode(gs2_header, Padding::with) + ',' +
                                      server_first.substr(0, server_first.find(','));
    const auto signature =
        hmac_sha256(sha256(proof).value(), first_bare + ',' + server_first + ',' + without_proof);
    for (std::size_t at = 0; at < proof.size(); ++at) {
        proof[at] = static_cast<char>(proof[at] ^ (*signature)[at]);
    }
    return without_proof + ",p=" + base64_encode(proof, Padding::with);
}

}  // namespace mq::broker::test
