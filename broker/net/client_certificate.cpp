#include "broker/net/client_certificate.hpp"

#include "broker/net/tls_identity.hpp"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cstdio>

namespace mq::broker {
namespace {

using AuthorityKeyPtr = std::unique_ptr<AUTHORITY_KEYID, OpensslFree<AUTHORITY_KEYID_free>>;

X509Ptr shared(X509* certificate) {
    X509_up_ref(certificate);
    return X509Ptr(certificate);
}

/// Two authorities may have one name, as an old and a new one; where both say by which key they
/// were signed, that tells.
bool of_one_issuer(X509_CRL* list, X509* certificate) {
    if (X509_NAME_cmp(X509_CRL_get_issuer(list), X509_get_issuer_name(certificate)) != 0) {
        return false;
    }
    const ASN1_OCTET_STRING* key = X509_get0_authority_key_id(certificate);
    const AuthorityKeyPtr signer(static_cast<AUTHORITY_KEYID*>(
        X509_CRL_get_ext_d2i(list, NID_authority_key_identifier, nullptr, nullptr)));
    return key == nullptr || signer == nullptr || signer->keyid == nullptr ||
           ASN1_OCTET_STRING_cmp(key, signer->keyid) == 0;
}

bool names(X509_CRL* list, X509* certificate) {
    X509_REVOKED* entry = nullptr;
    return of_one_issuer(list, certificate) &&
           X509_CRL_get0_by_cert(list, &entry, certificate) == 1;
}

std::string describe(const X509* certificate) {
    std::string text = subject_of(certificate) + ", serial ";
    const ASN1_INTEGER* serial = X509_get0_serialNumber(certificate);
    for (int i = 0; i < serial->length; ++i) {
        char digits[3];
        std::snprintf(digits, sizeof digits, "%02X", serial->data[i]);
        text += digits;
    }
    return text;
}

}  // namespace

std::shared_ptr<const ClientCertificate> ClientCertificate::of(const ssl_st* ssl) {
    X509* own = SSL_get0_peer_certificate(ssl);
    if (own == nullptr) {
        return nullptr;
    }
    std::vector<X509Ptr> chain;
    STACK_OF(X509)* verified = SSL_get0_verified_chain(ssl);
    for (int i = 0; i < sk_X509_num(verified); ++i) {
        chain.push_back(shared(sk_X509_value(verified, i)));
    }
    if (chain.empty()) {
        chain.push_back(shared(own));
    }
    return std::make_shared<ClientCertificate>(std::move(chain));
}

std::string ClientCertificate::revoked_by(const ssl_ctx_st* context) const {
    const LockedStore store(context);
    STACK_OF(X509_OBJECT)* all = store.objects();
    for (int i = 0; i < sk_X509_OBJECT_num(all); ++i) {
        X509_CRL* list = X509_OBJECT_get0_X509_CRL(sk_X509_OBJECT_value(all, i));
        for (const X509Ptr& certificate : chain_) {
            if (list != nullptr && names(list, certificate.get())) {
                return describe(certificate.get());
            }
        }
    }
    return {};
}

}  // namespace mq::broker
