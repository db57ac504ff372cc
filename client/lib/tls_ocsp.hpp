#pragma once

struct ssl_ctx_st;
struct ssl_st;

namespace mq::client {

/// Connections of this context fail unless the server sends an OCSP answer by which its certificate
/// is good: signed by its issuer or somebody the issuer trusts with it, and not out of date.
void require_ocsp(ssl_ctx_st* context);

/// Asks for the answer on a connection of such a context.
void ask_for_ocsp(ssl_st* connection);

}  // namespace mq::client
