#include "broker/net/tls_psk.hpp"

#include "broker/net/openssl_error.hpp"

#include <openssl/ssl.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

namespace mq::broker {
namespace {

/// Of one connection: what its client has named.
struct Named {
    std::string identity;
    bool asked = false;  ///< `identity` is one
    bool known = false;
    std::optional<std::shared_ptr<const PskTable>> noted;
    std::shared_ptr<const PskTable> used;  ///< where the key came from, until that is judged
};

template <class Object>
void free_object(void*, void* object, CRYPTO_EX_DATA*, int, long, void*) {
    delete static_cast<Object*>(object);
}

int source_index() {
    static const int index =
        SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, free_object<PskSource>);
    return index;
}

int named_index() {
    static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, free_object<Named>);
    return index;
}

Named* named_of(const SSL* ssl) {
    return static_cast<Named*>(SSL_get_ex_data(ssl, named_index()));
}

PskSource* source_of(const SSL* ssl) {
    return static_cast<PskSource*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), source_index()));
}

Named& make_named(SSL* ssl) {
    Named* named = named_of(ssl);
    if (named == nullptr) {
        named = new Named;
        SSL_set_ex_data(ssl, named_index(), named);
    }
    return *named;
}

/// For both versions: in TLS 1.3 OpenSSL asks with each identity in turn until one is known, and
/// takes the key for one of the SHA-256 suites, as clients do where nothing else is agreed on.
unsigned find_key(SSL* ssl, const char* identity, unsigned char* room, unsigned size_max) {
    Named& named = make_named(ssl);
    named.identity = identity;
    named.asked = true;
    named.known = false;
    const auto table = named.noted ? *named.noted : (*source_of(ssl))();
    const PskTable::Key* key = table != nullptr ? table->find(identity) : nullptr;
    if (key == nullptr || key->size() > size_max) {
        return 0;
    }
    std::copy(key->begin(), key->end(), room);
    named.known = true;
    named.used = table;
    return static_cast<unsigned>(key->size());
}

}  // namespace

Outcome<void> use_psk(ssl_ctx_st* context, const std::string& hint, PskSource source) {
    if (SSL_CTX_use_psk_identity_hint(context, hint.c_str()) != 1) {
        return Problem{"Error: cannot use the psk_hint: " + take_openssl_reason(), "", ""};
    }
    if (source == nullptr) {
        return Problem{"Error: a listener with psk_hint needs a psk_file.", "", ""};
    }
    SSL_CTX_set_ex_data(context, source_index(), new PskSource(std::move(source)));
    SSL_CTX_set_psk_server_callback(context, find_key);
    return {};
}

void note_psk_keys(ssl_st* ssl) {
    if (const PskSource* source = source_of(ssl)) {
        make_named(ssl).noted = (*source)();
    }
}

void forget_psk_keys(ssl_st* ssl) {
    if (Named* named = named_of(ssl)) {
        named->noted.reset();
    }
}

bool psk_key_holds(const ssl_st* ssl) {
    Named* named = named_of(ssl);
    if (named == nullptr || named->used == nullptr) {
        return true;
    }
    const auto then = std::exchange(named->used, nullptr);
    const auto now = (*source_of(ssl))();
    const PskTable::Key* key = now == nullptr ? nullptr : now->find(named->identity);
    return key != nullptr && *key == *then->find(named->identity);
}

const std::string* psk_identity_of(const ssl_st* ssl) {
    const Named* named = named_of(ssl);
    return named != nullptr && named->known ? &named->identity : nullptr;
}

bool psk_identity_unknown(const ssl_st* ssl) {
    const Named* named = named_of(ssl);
    return named != nullptr && named->asked && !named->known;
}

}  // namespace mq::broker
