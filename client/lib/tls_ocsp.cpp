#include "client/lib/tls_ocsp.hpp"

#include <openssl/ocsp.h>
#include <openssl/ssl.h>

#include <memory>

namespace mq::client {
namespace {

struct Free {
    void operator()(OCSP_RESPONSE* response) const { OCSP_RESPONSE_free(response); }
    void operator()(OCSP_BASICRESP* response) const { OCSP_BASICRESP_free(response); }
    void operator()(OCSP_CERTID* id) const { OCSP_CERTID_free(id); }
};

std::unique_ptr<OCSP_BASICRESP, Free> stapled_answer(SSL* connection) {
    unsigned char* bytes = nullptr;
    const long size = SSL_get_tlsext_status_ocsp_resp(connection, &bytes);
    if (bytes == nullptr || size <= 0) {
        return nullptr;
    }
    const unsigned char* at = bytes;
    const std::unique_ptr<OCSP_RESPONSE, Free> response(d2i_OCSP_RESPONSE(nullptr, &at, size));
    if (!response || OCSP_response_status(response.get()) != OCSP_RESPONSE_STATUS_SUCCESSFUL) {
        return nullptr;
    }
    return std::unique_ptr<OCSP_BASICRESP, Free>(OCSP_response_get1_basic(response.get()));
}

/// The certificate above the server's own in the verified chain.
X509* issuer_in(STACK_OF(X509) * chain) {
    return sk_X509_num(chain) > 1 ? sk_X509_value(chain, 1) : sk_X509_value(chain, 0);
}

bool is_good(OCSP_BASICRESP* answer, X509* certificate, X509* issuer) {
    constexpr long clocks_may_differ_s = 300;
    const std::unique_ptr<OCSP_CERTID, Free> id(OCSP_cert_to_id(nullptr, certificate, issuer));
    int status = V_OCSP_CERTSTATUS_UNKNOWN;
    int reason = 0;
    ASN1_GENERALIZEDTIME* revoked = nullptr;
    ASN1_GENERALIZEDTIME* from = nullptr;
    ASN1_GENERALIZEDTIME* until = nullptr;
    return id &&
           OCSP_resp_find_status(answer, id.get(), &status, &reason, &revoked, &from, &until) ==
               1 &&
           OCSP_check_validity(from, until, clocks_may_differ_s, -1) == 1 &&
           status == V_OCSP_CERTSTATUS_GOOD;
}

/// OpenSSL calls this when the server has sent its certificate, or nothing to look at.
int judge(SSL* connection, void* /*argument*/) {
    constexpr int refuse = 0;
    constexpr int accept = 1;
    const auto answer = stapled_answer(connection);
    STACK_OF(X509)* const chain = SSL_get0_verified_chain(connection);
    if (!answer || chain == nullptr || sk_X509_num(chain) < 1) {
        return refuse;
    }
    X509_STORE* const trusted = SSL_CTX_get_cert_store(SSL_get_SSL_CTX(connection));
    if (OCSP_basic_verify(answer.get(), chain, trusted, 0) != 1) {
        return refuse;
    }
    return is_good(answer.get(), sk_X509_value(chain, 0), issuer_in(chain)) ? accept : refuse;
}

}  // namespace

void require_ocsp(ssl_ctx_st* context) {
    SSL_CTX_callback_ctrl(context, SSL_CTRL_SET_TLSEXT_STATUS_REQ_CB,
                          reinterpret_cast<void (*)()>(judge));
}

void ask_for_ocsp(ssl_st* connection) {
    SSL_set_tlsext_status_type(connection, TLSEXT_STATUSTYPE_ocsp);
}

}  // namespace mq::client
