#include "broker/net/tls_context.hpp"

#include "base/sha256.hpp"
#include "broker/net/kernel_tls.hpp"
#include "broker/net/openssl_error.hpp"
#include "broker/net/openssl_objects.hpp"
#include "broker/net/tls_files.hpp"
#include "broker/net/tls_keylog.hpp"
#include "broker/net/tls_psk.hpp"

#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>

#include <array>
#include <string>
#include <utility>

namespace mq::broker {
namespace {

Problem tls_problem(const std::string& what) {
    return {"Error: " + what + ": " + take_openssl_reason(), "", ""};
}

int name_source_index() {
    static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

void set_name_source(SSL_CTX* context, const ListenerConfig& config) {
    static constinit TlsNameSource sources[] = {TlsNameSource::none, TlsNameSource::identity,
                                                TlsNameSource::subject};
    const std::size_t index = config.use_identity_as_username  ? 1
                              : config.use_subject_as_username ? 2
                                                               : 0;
    SSL_CTX_set_ex_data(context, name_source_index(), &sources[index]);
}

thread_local bool pauses_before_certificates = false;

/// OpenSSL asks before it uses the certificate, and asks again after a "not now". What follows are
/// the costly parts: a signature, or what else stands for it.
int choose_certificate(SSL*, void*) {
    return pauses_before_certificates ? -1 : 1;
}

Outcome<void> set_protocol(SSL_CTX* context, const ListenerConfig& config) {
    int version = TLS1_2_VERSION;
    if (config.tls_version_min == TlsVersion::tls1_1) {
        version = TLS1_1_VERSION;
        SSL_CTX_set_security_level(context, 0);  // its signatures use SHA-1
    } else if (config.tls_version_min == TlsVersion::tls1_3) {
        version = TLS1_3_VERSION;
    }
    SSL_CTX_set_min_proto_version(context, version);
    SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                                     SSL_OP_CIPHER_SERVER_PREFERENCE |
                                     SSL_OP_IGNORE_UNEXPECTED_EOF);
    if (kernel_has_tls()) {
        SSL_CTX_set_options(context, SSL_OP_ENABLE_KTLS);  // where the cipher allows it
    }
    // Without the groups of finite fields: an exchange takes up to 30 ms, and no client needs them.
    SSL_CTX_set1_groups_list(context, "X25519:P-256:X448:P-521:P-384");
    SSL_CTX_set_cert_cb(context, choose_certificate, nullptr);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    if (!config.ciphers.empty() && SSL_CTX_set_cipher_list(context, config.ciphers.c_str()) != 1) {
        return tls_problem("cannot use ciphers " + config.ciphers);
    }
    if (!config.ciphers_tls1_3.empty() &&
        SSL_CTX_set_ciphersuites(context, config.ciphers_tls1_3.c_str()) != 1) {
        return tls_problem("cannot use ciphers_tls1.3 " + config.ciphers_tls1_3);
    }
    return {};
}

/// Accepts a client's certificate outside its dates; everything else is judged as ever, the
/// authorities' dates too.
int forgive_client_dates(int good, X509_STORE_CTX* chain) {
    const int error = X509_STORE_CTX_get_error(chain);
    if (good == 0 && X509_STORE_CTX_get_error_depth(chain) == 0 &&
        (error == X509_V_ERR_CERT_HAS_EXPIRED || error == X509_V_ERR_CERT_NOT_YET_VALID)) {
        X509_STORE_CTX_set_error(chain, X509_V_OK);
        return 1;
    }
    return good;
}

Outcome<void> set_verification(SSL_CTX* context, const ListenerConfig& config,
                               const TlsFiles& files) {
    if (auto loaded = files.load_authorities(context); !loaded || !config.require_certificate) {
        return loaded;
    }
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                       config.disable_client_cert_date_checks ? forgive_client_dates : nullptr);
    SSL_CTX_set_verify_depth(context, TlsContext::chain_depth_max);
    return {};
}

/// From now; none where there is no such time.
std::optional<std::int64_t> seconds_until(const ASN1_TIME* time) {
    int days = 0;
    int seconds = 0;
    if (time == nullptr || ASN1_TIME_diff(&days, &seconds, nullptr, time) != 1) {
        return std::nullopt;
    }
    return std::int64_t{days} * 24 * 60 * 60 + seconds;
}

int keep_ticket(SSL*, void*) {
    return 1;
}

/// A session whose certificate has expired meanwhile is not resumed: the handshake becomes a full
/// one, which says so.
SSL_TICKET_RETURN judge_ticket(SSL*, SSL_SESSION* session, const unsigned char*, std::size_t,
                               SSL_TICKET_STATUS status, void*) {
    if (status != SSL_TICKET_SUCCESS && status != SSL_TICKET_SUCCESS_RENEW) {
        return SSL_TICKET_RETURN_IGNORE_RENEW;
    }
    const X509* shown = SSL_SESSION_get0_peer(session);
    if (shown != nullptr && X509_cmp_current_time(X509_get0_notAfter(shown)) <= 0) {
        return SSL_TICKET_RETURN_IGNORE_RENEW;
    }
    return status == SSL_TICKET_SUCCESS ? SSL_TICKET_RETURN_USE : SSL_TICKET_RETURN_USE_RENEW;
}

/// What protects tickets: the same for all contexts, so that sessions outlive a new certificate.
std::array<unsigned char, 80>& ticket_keys() {
    static std::array<unsigned char, 80> keys = [] {
        std::array<unsigned char, 80> made{};
        if (RAND_bytes(made.data(), static_cast<int>(made.size())) != 1) {
            throw std::bad_alloc();
        }
        return made;
    }();
    return keys;
}

/// By what clients are judged, in the 32 bytes that OpenSSL has for it.
std::string session_context(const ListenerConfig& config, const TlsFiles& files) {
    const std::string rules = std::to_string(config.port) + config.unix_path + "\n" +
                              (config.require_certificate ? "required\n" : "\n") +
                              std::to_string(config.disable_client_cert_date_checks) + "\n" +
                              config.capath + "\n" + sha256_hex(files.authorities()) +
                              sha256_hex(files.revocations());
    return sha256_hex(rules).substr(0, SSL_MAX_SID_CTX_LENGTH);
}

Outcome<void> set_resumption(SSL_CTX* context, const ListenerConfig& config,
                             const TlsFiles& files) {
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);  // tickets cost no memory here
    if (!config.psk_hint.empty()) {
        SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
        SSL_CTX_set_num_tickets(context, 0);
        return {};
    }
    // Each is a write, for which the next one, of CONNACK, would wait without `set_tcp_nodelay`.
    SSL_CTX_set_num_tickets(context, 1);
    const std::string id = session_context(config, files);
    auto& keys = ticket_keys();
    if (SSL_CTX_set_session_id_context(context, reinterpret_cast<const unsigned char*>(id.data()),
                                       static_cast<unsigned>(id.size())) != 1 ||
        SSL_CTX_set_tlsext_ticket_keys(context, keys.data(), keys.size()) != 1) {
        return tls_problem("cannot set the resumption of TLS sessions up");
    }
    if (config.require_certificate && !config.disable_client_cert_date_checks) {
        SSL_CTX_set_session_ticket_cb(context, keep_ticket, judge_ticket, nullptr);
    }
    return {};
}

}  // namespace

void TlsContext::Free::operator()(ssl_ctx_st* context) const {
    SSL_CTX_free(context);
}

Outcome<TlsContext> TlsContext::create(const ListenerConfig& config, PskSource psk,
                                       TlsKeylog* keylog) {
    ERR_clear_error();
    TlsContext made(SSL_CTX_new(TLS_server_method()));
    SSL_CTX* context = made.get();
    if (context == nullptr) {
        return tls_problem("cannot set TLS up");
    }
    set_name_source(context, config);
    if (keylog != nullptr) {
        keylog->attach(context);
    }
    if (auto done = set_protocol(context, config); !done) {
        return done.error();
    }
    const auto files = TlsFiles::read(config);
    if (!files) {
        return files.error();
    }
    if (!config.certfile.empty()) {
        if (auto done = files->load_certificate(context); !done) {
            return done.error();
        }
    }
    if (!config.psk_hint.empty()) {
        if (auto done = use_psk(context, config.psk_hint, std::move(psk)); !done) {
            return done.error();
        }
    }
    if (auto done = files->load_dh_parameters(context); !done) {
        return done.error();
    }
    if (auto done = set_verification(context, config, *files); !done) {
        return done.error();
    }
    if (auto done = set_resumption(context, config, *files); !done) {
        return done.error();
    }
    return made;
}

std::optional<std::int64_t> TlsContext::certificate_seconds_left() const {
    const X509* certificate = SSL_CTX_get0_certificate(context_.get());
    return certificate == nullptr ? std::nullopt : seconds_until(X509_get0_notAfter(certificate));
}

std::optional<std::int64_t> TlsContext::revocations_seconds_left() const {
    std::optional<std::int64_t> least;
    const LockedStore store(context_.get());
    STACK_OF(X509_OBJECT)* all = store.objects();
    for (int i = 0; i < sk_X509_OBJECT_num(all); ++i) {
        const X509_CRL* list = X509_OBJECT_get0_X509_CRL(sk_X509_OBJECT_value(all, i));
        const auto left =
            list == nullptr ? std::nullopt : seconds_until(X509_CRL_get0_nextUpdate(list));
        if (left && (!least || *left < *least)) {
            least = left;
        }
    }
    return least;
}

void pause_before_certificates(bool pauses) {
    pauses_before_certificates = pauses;
}

TlsNameSource name_source_of(const ssl_ctx_st* context) {
    return *static_cast<const TlsNameSource*>(SSL_CTX_get_ex_data(context, name_source_index()));
}

}  // namespace mq::broker
