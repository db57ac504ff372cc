/// TLS, and the proxy.

#include "client/include/mosquitto.h"
#include "client/lib/client.hpp"
#include "client/lib/guarded.hpp"

#include <algorithm>
#include <cstring>
#include <unistd.h>

using namespace mq::client;

namespace {

std::string text_of(const char* text) {
    return text == nullptr ? std::string() : std::string(text);
}

bool is_readable(const char* file) {
    return file == nullptr || ::access(file, R_OK) == 0;
}

std::string lower(const char* text) {
    std::string result = text_of(text);
    std::transform(result.begin(), result.end(), result.begin(), [](char letter) {
        return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    });
    return result;
}

/// `change(settings)` on the TLS settings of a client.
template <class Change>
int change_tls(mosquitto* mosq, const Change& change) {
    return guarded([&] {
        if (mosq == nullptr) {
            return int{MOSQ_ERR_INVAL};
        }
        const auto lock = mosq->lock();
        return static_cast<int>(change(mosq->tls()));
    });
}

}  // namespace

int mosquitto_tls_set(mosquitto* mosq, const char* cafile, const char* capath, const char* certfile,
                      const char* keyfile, int (*pw_callback)(char*, int, int, void*)) {
    const bool authorities = cafile != nullptr || capath != nullptr;
    const bool pair = (certfile == nullptr) == (keyfile == nullptr);
    if (!authorities || !pair || !is_readable(cafile) || !is_readable(certfile) ||
        !is_readable(keyfile)) {
        return MOSQ_ERR_INVAL;
    }
    return change_tls(mosq, [&](TlsSettings& tls) {
        tls.ca_file = text_of(cafile);
        tls.ca_path = text_of(capath);
        tls.certificate_file = text_of(certfile);
        tls.key_file = text_of(keyfile);
        tls.password_callback = pw_callback;
        return MOSQ_ERR_SUCCESS;
    });
}

int mosquitto_tls_insecure_set(mosquitto* mosq, bool value) {
    return change_tls(mosq, [&](TlsSettings& tls) {
        tls.any_name = value;
        return MOSQ_ERR_SUCCESS;
    });
}

int mosquitto_tls_opts_set(mosquitto* mosq, int cert_reqs, const char* tls_version,
                           const char* ciphers) {
    return change_tls(mosq, [&](TlsSettings& tls) {
        const std::string version = lower(tls_version);
        const bool known = version.empty() || version == "tlsv1.2" || version == "tlsv1.3";
        if (cert_reqs < 0 || cert_reqs > 1 || !known) {
            return MOSQ_ERR_INVAL;
        }
        tls.verify = cert_reqs == 1;
        tls.lowest_version = version;
        tls.ciphers = text_of(ciphers);
        return MOSQ_ERR_SUCCESS;
    });
}

int mosquitto_tls_psk_set(mosquitto* mosq, const char* psk, const char* identity,
                          const char* ciphers) {
    return change_tls(mosq, [&](TlsSettings& tls) {
        if (psk == nullptr || identity == nullptr || bytes_of_hex(psk).empty()) {
            return MOSQ_ERR_INVAL;
        }
        tls.psk = psk;
        tls.psk_identity = identity;
        tls.ciphers = ciphers == nullptr ? tls.ciphers : std::string(ciphers);
        return MOSQ_ERR_SUCCESS;
    });
}

void* mosquitto_ssl_get(mosquitto* mosq) {
    return mosq == nullptr ? nullptr : mosq->ssl();
}

int mosquitto_socks5_set(mosquitto* mosq, const char* host, int port, const char* username,
                         const char* password) {
    return guarded([&] {
        constexpr std::size_t host_max = 256;
        constexpr std::size_t login_max = 255;
        const auto fits = [](const char* text, std::size_t most) {
            return text == nullptr || std::strlen(text) <= most;
        };
        if (mosq == nullptr || host == nullptr || !fits(host, host_max) || port < 1 ||
            port > 65'535 || !fits(username, login_max) || !fits(password, login_max)) {
            return MOSQ_ERR_INVAL;
        }
        auto proxy = std::make_unique<Proxy>();
        proxy->host = host;
        proxy->port = static_cast<std::uint16_t>(port);
        if (username != nullptr) {
            proxy->user_name = username;
            proxy->password = text_of(password);
        }
        const auto lock = mosq->lock();
        mosq->connecting().proxy = std::move(proxy);
        return MOSQ_ERR_SUCCESS;
    });
}
