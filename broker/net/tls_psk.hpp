#pragma once

#include "base/problem.hpp"
#include "broker/net/tls_context.hpp"

#include <string>

struct ssl_ctx_st;
struct ssl_st;

namespace mq::broker {

/// Lets clients of this context in by pre-shared keys, in TLS 1.2 and 1.3. The hint goes to clients
/// of TLS 1.2. The context keeps `source`.
Outcome<void> use_psk(ssl_ctx_st* context, const std::string& hint, PskSource source);

/// The next step of the handshake finds the keys that hold now, on whichever thread it is done;
/// without this they are asked for within the step. Then they are forgotten.
void note_psk_keys(ssl_st* ssl);
void forget_psk_keys(ssl_st* ssl);

/// Once the handshake is done, on the shard's thread: whether the key is still that of its
/// identity.
bool psk_key_holds(const ssl_st* ssl);

/// The identity by which the client has shown that it has the key; null without PSK.
const std::string* psk_identity_of(const ssl_st* ssl);

/// Whether the client has named only identities that have no key.
bool psk_identity_unknown(const ssl_st* ssl);

}  // namespace mq::broker
