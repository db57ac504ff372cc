#include "broker/auth/scram_server.hpp"

#include "broker/auth/base64.hpp"
#include "broker/auth/scram_keys.hpp"
#include "broker/auth/scram_message.hpp"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <cassert>
#include <utility>

namespace mq::broker {

Outcome<std::string> make_scram_nonce() {
    unsigned char bytes[18];
    if (RAND_bytes(bytes, sizeof bytes) != 1) {
        return Problem{"the system gave no random bytes", ""};
    }
    return base64_encode({reinterpret_cast<const char*>(bytes), sizeof bytes}, Padding::with);
}

ScramServer::ScramServer(std::string nonce, Lookup lookup)
    : lookup_(std::move(lookup)), nonce_(std::move(nonce)) {
    assert(!nonce_.empty() && lookup_);
}

Outcome<std::string> ScramServer::step(std::string_view message) {
    const State state = std::exchange(state_, State::failed);
    switch (state) {
        case State::awaiting_first:
            return first(message);
        case State::awaiting_final:
            return last(message);
        case State::accepted:
        case State::wrong_proof:
        case State::failed:
            break;
    }
    return Problem{"SCRAM: a message after the last one", ""};
}

Outcome<std::string> ScramServer::first(std::string_view message) {
    auto parsed = parse_scram_client_first(message);
    if (!parsed) {
        return parsed.error();
    }
    auto account = lookup_(parsed->user);
    if (!account) {
        return account.error();
    }
    account_ = std::move(*account);
    user_ = std::move(parsed->user);
    gs2_header_ = parsed->gs2_header;
    nonce_.insert(0, parsed->nonce);
    std::string answer = "r=" + nonce_ + ",s=" + base64_encode(account_.salt, Padding::with) +
                         ",i=" + std::to_string(account_.iterations);
    auth_message_ = std::string(parsed->bare) + ',' + answer + ',';
    state_ = State::awaiting_final;
    return answer;
}

Outcome<std::string> ScramServer::last(std::string_view message) {
    const auto parsed = parse_scram_client_final(message);
    if (!parsed) {
        return parsed.error();
    }
    if (parsed->gs2_header != gs2_header_) {
        return Problem{"SCRAM: the last message belongs to another GS2 header", ""};
    }
    if (parsed->nonce != nonce_) {
        return Problem{"SCRAM: the last message belongs to another nonce", ""};
    }
    auth_message_ += parsed->without_proof;
    const auto right = proves(parsed->proof);
    if (!right) {
        return right.error();
    }
    auto signature = hmac_sha256(account_.server_key, auth_message_);
    if (!signature) {
        return signature.error();
    }
    if (!*right || !account_.known) {
        state_ = State::wrong_proof;
        return Problem{"SCRAM: unknown user or wrong password", ""};
    }
    state_ = State::accepted;
    return "v=" + base64_encode(*signature, Padding::with);
}

/// The proof is the client's key, covered with a signature that only the stored key can make.
Outcome<bool> ScramServer::proves(std::string_view proof) const {
    auto key = hmac_sha256(account_.stored_key, auth_message_);
    if (!key) {
        return key.error();
    }
    for (std::size_t i = 0; i < key->size(); ++i) {
        (*key)[i] = static_cast<char>((*key)[i] ^ proof[i]);
    }
    const auto stored = sha256(*key);
    OPENSSL_cleanse(key->data(), key->size());
    if (!stored) {
        return stored.error();
    }
    assert(account_.stored_key.size() == stored->size());
    return CRYPTO_memcmp(stored->data(), account_.stored_key.data(), stored->size()) == 0;
}

}  // namespace mq::broker
