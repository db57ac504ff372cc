#include "client/lib/tls_context.hpp"

#include "client/include/mosquitto/defs.h"
#include "client/lib/tls_ocsp.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>

namespace mq::client {

void FreeTls::operator()(ssl_ctx_st* context) const {
    SSL_CTX_free(context);
}

void FreeTls::operator()(ssl_st* connection) const {
    SSL_free(connection);
}

std::vector<std::uint8_t> bytes_of_hex(const std::string& text) {
    const auto digit = [](char letter) {
        return letter >= '0' && letter <= '9'   ? letter - '0'
               : letter >= 'a' && letter <= 'f' ? letter - 'a' + 10
               : letter >= 'A' && letter <= 'F' ? letter - 'A' + 10
                                                : -1;
    };
    std::vector<std::uint8_t> bytes;
    // An odd number of digits begins with a zero that was left out.
    int high = text.size() % 2 == 0 ? -1 : 0;
    for (const char letter : text) {
        const int value = digit(letter);
        if (value < 0) {
            return {};
        }
        if (high < 0) {
            high = value;
        } else {
            bytes.push_back(static_cast<std::uint8_t>(high * 16 + value));
            high = -1;
        }
    }
    return bytes;
}

void log_tls_errors(LogLines& log) {
    while (const unsigned long code = ERR_get_error()) {
        char text[256];
        ERR_error_string_n(code, text, sizeof(text));
        log.add(MOSQ_LOG_ERR, "OpenSSL Error[0]: %s", text);
    }
}

namespace {

/// Fills a context from the settings, step by step; the first step that fails is in the log.
class Filler {
 public:
    Filler(const TlsSettings& settings, void* client, LogLines& log, SSL_CTX* context)
        : settings_(settings), client_(client), log_(log), context_(context) {}

    bool fill() {
        return set_versions() && set_ciphers() && set_alpn() && set_authorities() &&
               set_certificate() && set_key() && set_psk() && set_ocsp();
    }

 private:
    bool refuse(const char* what, const std::string& value) {
        log_.add(MOSQ_LOG_ERR, what, value.c_str());
        log_tls_errors(log_);
        return false;
    }

    bool set_versions() {
        const bool only_13 = settings_.lowest_version == "tlsv1.3";
        if (!settings_.lowest_version.empty() && !only_13 &&
            settings_.lowest_version != "tlsv1.2") {
            return refuse("Error: Protocol %s not recognised.", settings_.lowest_version);
        }
        const int lowest = only_13 ? TLS1_3_VERSION : TLS1_2_VERSION;
        SSL_CTX_set_options(context_, SSL_OP_NO_COMPRESSION);
        // A partial record that was written is not to be repeated from the same address.
        SSL_CTX_set_mode(context_, SSL_MODE_ENABLE_PARTIAL_WRITE |
                                       SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                       SSL_MODE_RELEASE_BUFFERS);
        return SSL_CTX_set_min_proto_version(context_, lowest) == 1 ||
               refuse("Error: Unable to set TLS version %s.", settings_.lowest_version);
    }

    bool set_ciphers() {
        if (settings_.ciphers.empty()) {
            return true;
        }
        const char* const list = settings_.ciphers.c_str();
        const bool set = settings_.lowest_version == "tlsv1.3"
                             ? SSL_CTX_set_ciphersuites(context_, list) == 1
                             : SSL_CTX_set_cipher_list(context_, list) == 1;
        return set || refuse("Error: Unable to set TLS ciphers. Check cipher list \"%s\".",
                             settings_.ciphers);
    }

    bool set_alpn() {
        if (settings_.alpn.empty()) {
            return true;
        }
        std::string list(1, static_cast<char>(settings_.alpn.size()));
        list += settings_.alpn;
        const int problem =
            SSL_CTX_set_alpn_protos(context_, reinterpret_cast<const unsigned char*>(list.data()),
                                    static_cast<unsigned>(list.size()));
        return problem == 0 || refuse("Error: Unable to set ALPN protocol \"%s\".", settings_.alpn);
    }

    bool set_authorities() {
        if (settings_.use_system_authorities && SSL_CTX_set_default_verify_paths(context_) != 1) {
            return refuse("Error: Unable to load the certificates of the system.%s", "");
        }
        if (!settings_.ca_file.empty() &&
            SSL_CTX_load_verify_file(context_, settings_.ca_file.c_str()) != 1) {
            return refuse("Error: Unable to load CA certificates, check cafile \"%s\".",
                          settings_.ca_file);
        }
        if (!settings_.ca_path.empty() &&
            SSL_CTX_load_verify_dir(context_, settings_.ca_path.c_str()) != 1) {
            return refuse("Error: Unable to load CA certificates, check capath \"%s\".",
                          settings_.ca_path);
        }
        SSL_CTX_set_verify(context_, settings_.verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
        return true;
    }

    bool set_certificate() {
        return settings_.certificate_file.empty() ||
               SSL_CTX_use_certificate_chain_file(context_, settings_.certificate_file.c_str()) ==
                   1 ||
               refuse("Error: Unable to load client certificate \"%s\".",
                      settings_.certificate_file);
    }

    bool set_key() {
        if (settings_.key_file.empty()) {
            return true;
        }
        if (settings_.key_in_engine) {
            return refuse("Error: Unable to load engine private key file \"%s\".",
                          settings_.key_file);
        }
        if (settings_.password_callback != nullptr) {
            SSL_CTX_set_default_passwd_cb(context_, settings_.password_callback);
            SSL_CTX_set_default_passwd_cb_userdata(context_, client_);
        }
        if (SSL_CTX_use_PrivateKey_file(context_, settings_.key_file.c_str(), SSL_FILETYPE_PEM) !=
            1) {
            return refuse("Error: Unable to load client key file \"%s\".", settings_.key_file);
        }
        return SSL_CTX_check_private_key(context_) == 1 ||
               refuse("Error: Client certificate/key are inconsistent.%s", "");
    }

    bool set_psk();
    bool set_ocsp();

    const TlsSettings& settings_;
    void* client_;
    LogLines& log_;
    SSL_CTX* context_;
};

/// Gives identity and key. The settings are the application data of the connection.
unsigned give_psk(SSL* connection, const char* /*hint*/, char* identity, unsigned identity_size,
                  unsigned char* psk, unsigned psk_size) {
    const auto* settings = static_cast<const TlsSettings*>(SSL_get_ex_data(connection, 0));
    if (settings == nullptr || settings->psk_identity.size() >= identity_size) {
        return 0;
    }
    const std::vector<std::uint8_t> key = bytes_of_hex(settings->psk);
    if (key.empty() || key.size() > psk_size) {
        return 0;
    }
    settings->psk_identity.copy(identity, settings->psk_identity.size());
    identity[settings->psk_identity.size()] = '\0';
    std::copy(key.begin(), key.end(), psk);
    return static_cast<unsigned>(key.size());
}

bool Filler::set_psk() {
    if (!settings_.psk.empty()) {
        SSL_CTX_set_psk_client_callback(context_, give_psk);
    }
    return true;
}

bool Filler::set_ocsp() {
    if (settings_.ocsp_required) {
        require_ocsp(context_);
    }
    return true;
}

}  // namespace

int make_tls_context(const TlsSettings& settings, void* client, LogLines& log,
                     TlsContext& context) {
    ERR_clear_error();
    if (settings.given_context) {
        SSL_CTX_up_ref(settings.given_context.get());
        context.reset(settings.given_context.get());
        if (!settings.context_with_defaults) {
            return MOSQ_ERR_SUCCESS;
        }
    } else {
        context.reset(SSL_CTX_new(TLS_client_method()));
        if (!context) {
            log_tls_errors(log);
            return MOSQ_ERR_TLS;
        }
    }
    if (!Filler(settings, client, log, context.get()).fill()) {
        context.reset();
        return MOSQ_ERR_TLS;
    }
    return MOSQ_ERR_SUCCESS;
}

}  // namespace mq::client
