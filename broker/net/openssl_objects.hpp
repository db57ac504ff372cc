#pragma once

#include <openssl/bio.h>
#include <openssl/decoder.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>

namespace mq::broker {

template <auto Function>
struct OpensslFree {
    template <class Object>
    void operator()(Object* object) const {
        Function(object);
    }
};

using BioPtr = std::unique_ptr<BIO, OpensslFree<BIO_free_all>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, OpensslFree<EVP_PKEY_free>>;
using X509Ptr = std::unique_ptr<X509, OpensslFree<X509_free>>;
using CrlPtr = std::unique_ptr<X509_CRL, OpensslFree<X509_CRL_free>>;
using DecoderPtr = std::unique_ptr<OSSL_DECODER_CTX, OpensslFree<OSSL_DECODER_CTX_free>>;

/// What a context trusts and revokes, while nothing is added: handshakes on other threads look
/// things up in the files of a `capath` and keep them there.
class LockedStore {
 public:
    explicit LockedStore(const SSL_CTX* context) : store_(SSL_CTX_get_cert_store(context)) {
        X509_STORE_lock(store_);
    }
    ~LockedStore() { X509_STORE_unlock(store_); }
    LockedStore(const LockedStore&) = delete;
    LockedStore& operator=(const LockedStore&) = delete;

    [[nodiscard]] STACK_OF(X509_OBJECT) * objects() const {
        return X509_STORE_get0_objects(store_);
    }

 private:
    X509_STORE* store_;
};

}  // namespace mq::broker
