#pragma once

#include "base/problem.hpp"

#include <cstddef>
#include <string>
#include <string_view>

/// What a client says in a SCRAM exchange, RFC 5802 §7. Views point into the message. A problem
/// says which part is wrong, in words that hold nothing of the message, so that they can be logged.
namespace mq::broker {

/// Longest nonce of a client that we repeat; usual are 24 bytes.
constexpr std::size_t scram_nonce_bytes_max = 512;

/// `n,,n=USER,r=NONCE`
struct ScramClientFirst {
    std::string_view gs2_header;  ///< up to and with the second comma
    std::string_view bare;        ///< what follows
    std::string user;             ///< without escapes, as `check_scram_text` wants it
    std::string_view nonce;
};

/// Takes the GS2 flags `n` and `y`: the client does not bind to the channel, or thinks that we
/// cannot, which is right. An authorization identity must be the user's own name. Optional
/// extensions are passed over, mandatory ones (`m=`) refused.
Outcome<ScramClientFirst> parse_scram_client_first(std::string_view message);

/// `c=GS2HEADER,r=NONCE,p=PROOF`
struct ScramClientFinal {
    std::string gs2_header;  ///< decoded
    std::string_view nonce;
    std::string proof;               ///< decoded, 32 bytes
    std::string_view without_proof;  ///< up to the comma before `p=`
};

Outcome<ScramClientFinal> parse_scram_client_final(std::string_view message);

}  // namespace mq::broker
