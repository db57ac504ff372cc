#pragma once

#include "base/problem.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace mq::broker {

/// The name of the mechanism, RFC 7677, which is the Authentication Method in MQTT.
constexpr std::string_view scram_method = "SCRAM-SHA-256";

/// What an exchange needs to know of a user.
struct ScramAccount {
    std::string salt;
    std::uint32_t iterations = 0;
    std::string stored_key;
    std::string server_key;
    /// False for a decoy: the exchange goes on as with any user and then fails, so that nobody
    /// learns who has an account.
    bool known = false;
};

/// Random bytes as a nonce.
Outcome<std::string> make_scram_nonce();

/// The server's side of one SCRAM-SHA-256 exchange (RFC 5802 and 7677) without channel binding, as
/// a state machine: a message of the client goes in, the answer comes out. No thread, no file; a
/// step costs a few HMACs, since the client has done the iterations.
///
///     client-first  ->  server-first    n,,n=USER,r=NONCE     ->  r=BOTH NONCES,s=SALT,i=COUNT
///     client-final  ->  server-final    c=biws,r=...,p=PROOF  ->  v=SIGNATURE
class ScramServer {
 public:
    using Lookup = std::function<Outcome<ScramAccount>(std::string_view user)>;

    /// `nonce` is fresh and printable, without a comma. `lookup` is asked once, in the first step.
    ScramServer(std::string nonce, Lookup lookup);

    /// The answer to the client's next message. The problem is for the log and holds nothing
    /// secret; after it the exchange is over, and what may be told to the client is that it failed.
    Outcome<std::string> step(std::string_view message);

    /// Whether the client has proved that it knows the password; the last answer goes to it all the
    /// same, as our proof.
    [[nodiscard]] bool accepted() const { return state_ == State::accepted; }

    /// Whether the exchange ended with the proof of a wrong password, or of an unknown user's.
    [[nodiscard]] bool proof_was_wrong() const { return state_ == State::wrong_proof; }

    /// Who the client claims to be; "" before the first step.
    [[nodiscard]] const std::string& user() const { return user_; }

 private:
    enum class State { awaiting_first, awaiting_final, accepted, wrong_proof, failed };

    Outcome<std::string> first(std::string_view message);
    Outcome<std::string> last(std::string_view message);
    [[nodiscard]] Outcome<bool> proves(std::string_view proof) const;

    State state_ = State::awaiting_first;
    Lookup lookup_;
    std::string nonce_;  ///< ours, then both
    std::string user_;
    std::string gs2_header_;
    std::string auth_message_;  ///< what both sides sign
    ScramAccount account_;
};

}  // namespace mq::broker
