/// Options.

#include "client/include/mosquitto.h"
#include "client/lib/client.hpp"
#include "client/lib/guarded.hpp"

#include <openssl/ssl.h>

#include <cstring>

using namespace mq::client;

namespace {

constexpr int sixteen_bits_max = 65'535;

/// C programs may pass any number, and in C++ an enum may not be read that has none of its values.
int number_of(const mosq_opt_t& option) {
    int number = 0;
    static_assert(sizeof(number) == sizeof(option));
    std::memcpy(&number, &option, sizeof(number));
    return number;
}

/// 0 counts as the most there is.
int set_maximum(std::uint16_t& place, int value) {
    if (value < 0 || value > sixteen_bits_max) {
        return MOSQ_ERR_INVAL;
    }
    place = static_cast<std::uint16_t>(value == 0 ? sixteen_bits_max : value);
    return MOSQ_ERR_SUCCESS;
}

int set_limit(std::uint32_t& place, int value) {
    if (value < 0) {
        return MOSQ_ERR_INVAL;
    }
    place = static_cast<std::uint32_t>(value);
    return MOSQ_ERR_SUCCESS;
}

int set_version(Settings& settings, int value) {
    if (value < MQTT_PROTOCOL_V31 || value > MQTT_PROTOCOL_V5) {
        return MOSQ_ERR_INVAL;
    }
    settings.version = static_cast<mq::mqtt::Version>(value);
    return MOSQ_ERR_SUCCESS;
}

int set_flag(bool& place, int value) {
    place = value != 0;
    return MOSQ_ERR_SUCCESS;
}

int set_transport(Connecting& connecting, int value) {
    if (value != MOSQ_T_TCP && value != MOSQ_T_WEBSOCKETS) {
        return MOSQ_ERR_INVAL;
    }
    connecting.by_websocket = value == MOSQ_T_WEBSOCKETS;
    return MOSQ_ERR_SUCCESS;
}

int set_header_size(WebSocketTarget& target, int value) {
    constexpr int smallest = 100;
    if (value < smallest) {
        return MOSQ_ERR_INVAL;
    }
    target.answer_size_max = static_cast<std::size_t>(value);
    return MOSQ_ERR_SUCCESS;
}

int set_int(mosquitto& client, int option, int value) {
    switch (option) {
        case MOSQ_OPT_PROTOCOL_VERSION:
            return set_version(client.settings(), value);
        case MOSQ_OPT_SSL_CTX_WITH_DEFAULTS:
            return set_flag(client.tls().context_with_defaults, value);
        case MOSQ_OPT_RECEIVE_MAXIMUM:
            return set_maximum(client.settings().receive_maximum, value);
        case MOSQ_OPT_SEND_MAXIMUM:
            return set_maximum(client.settings().send_maximum, value);
        case MOSQ_OPT_TLS_OCSP_REQUIRED:
            return set_flag(client.tls().ocsp_required, value);
        case MOSQ_OPT_TCP_NODELAY:
            return set_flag(client.connecting().no_delay, value);
        case MOSQ_OPT_TLS_USE_OS_CERTS:
            return set_flag(client.tls().use_system_authorities, value);
        case MOSQ_OPT_DISABLE_SOCKETPAIR:
            return set_flag(client.without_wakeup(), value);
        case MOSQ_OPT_TRANSPORT:
            return set_transport(client.connecting(), value);
        case MOSQ_OPT_HTTP_HEADER_SIZE:
            return set_header_size(client.websocket(), value);
        case MQHOME_OPT_QUEUED_MESSAGES:
            return set_limit(client.settings().queued_messages_max, value);
        case MQHOME_OPT_QUEUED_BYTES:
            return set_limit(client.settings().queued_bytes_max, value);
        default:
            return MOSQ_ERR_INVAL;
    }
}

int set_key_form(TlsSettings& tls, const char* value) {
    if (value == nullptr || (std::strcmp(value, "pem") != 0 && std::strcmp(value, "engine") != 0)) {
        return MOSQ_ERR_INVAL;
    }
    tls.key_in_engine = std::strcmp(value, "engine") == 0;
    return MOSQ_ERR_SUCCESS;
}

/// OpenSSL 3 has replaced engines; the name and its key's phrase are of no use here.
int refuse_engine(const char* value) {
    return value == nullptr ? MOSQ_ERR_SUCCESS : MOSQ_ERR_NOT_SUPPORTED;
}

int set_alpn(TlsSettings& tls, const char* value) {
    constexpr std::size_t longest = 255;
    const std::string name = value == nullptr ? "" : value;
    if (name.size() > longest) {
        return MOSQ_ERR_INVAL;
    }
    tls.alpn = name;
    return MOSQ_ERR_SUCCESS;
}

int set_path(WebSocketTarget& target, const char* value) {
    const std::string path = value == nullptr ? "/mqtt" : value;
    if (path.empty() || path.find_first_of(" \t\r\n") != std::string::npos) {
        return MOSQ_ERR_INVAL;
    }
    target.path = path.front() == '/' ? path : "/" + path;
    return MOSQ_ERR_SUCCESS;
}

int set_headers(WebSocketTarget& target, const char* value) {
    std::string lines = value == nullptr ? "" : value;
    if (!are_additional_headers(lines)) {
        return MOSQ_ERR_INVAL;
    }
    const bool ended = lines.size() >= 2 && lines.compare(lines.size() - 2, 2, "\r\n") == 0;
    target.headers = lines.empty() || ended ? lines : lines + "\r\n";
    return MOSQ_ERR_SUCCESS;
}

int set_string(mosquitto& client, int option, const char* value) {
    switch (option) {
        case MOSQ_OPT_TLS_KEYFORM:
            return set_key_form(client.tls(), value);
        case MOSQ_OPT_TLS_ENGINE:
        case MOSQ_OPT_TLS_ENGINE_KPASS_SHA1:
            return refuse_engine(value);
        case MOSQ_OPT_TLS_ALPN:
            return set_alpn(client.tls(), value);
        case MOSQ_OPT_BIND_ADDRESS:
            client.connecting().bind_address = value == nullptr ? "" : value;
            return MOSQ_ERR_SUCCESS;
        case MOSQ_OPT_HTTP_PATH:
            return set_path(client.websocket(), value);
        case MQHOME_OPT_HTTP_HEADERS:
            return set_headers(client.websocket(), value);
        default:
            return MOSQ_ERR_INVAL;
    }
}

int set_context(TlsSettings& tls, void* value) {
    auto* const context = static_cast<SSL_CTX*>(value);
    if (context != nullptr) {
        SSL_CTX_up_ref(context);
    }
    tls.given_context.reset(context);
    return MOSQ_ERR_SUCCESS;
}

template <class Change>
int change(mosquitto* mosq, const Change& what) {
    return guarded([&] {
        if (mosq == nullptr) {
            return int{MOSQ_ERR_INVAL};
        }
        const auto lock = mosq->lock();
        return static_cast<int>(what(*mosq));
    });
}

}  // namespace

int mosquitto_opts_set(mosquitto* mosq, enum mosq_opt_t option, void* value) {
    const int number = number_of(option);
    if (number == MOSQ_OPT_PROTOCOL_VERSION && value != nullptr) {
        return mosquitto_int_option(mosq, MOSQ_OPT_PROTOCOL_VERSION, *static_cast<int*>(value));
    }
    return number == MOSQ_OPT_SSL_CTX ? mosquitto_void_option(mosq, MOSQ_OPT_SSL_CTX, value)
                                      : MOSQ_ERR_INVAL;
}

int mosquitto_int_option(mosquitto* mosq, enum mosq_opt_t option, int value) {
    const int number = number_of(option);
    return change(mosq, [&](mosquitto& client) { return set_int(client, number, value); });
}

int mosquitto_string_option(mosquitto* mosq, enum mosq_opt_t option, const char* value) {
    const int number = number_of(option);
    return change(mosq, [&](mosquitto& client) { return set_string(client, number, value); });
}

int mosquitto_void_option(mosquitto* mosq, enum mosq_opt_t option, void* value) {
    const int number = number_of(option);
    return change(mosq, [&](mosquitto& client) {
        return number == MOSQ_OPT_SSL_CTX ? set_context(client.tls(), value) : int{MOSQ_ERR_INVAL};
    });
}

int mosquitto_reconnect_delay_set(mosquitto* mosq, unsigned int reconnect_delay,
                                  unsigned int reconnect_delay_max,
                                  bool reconnect_exponential_backoff) {
    return change(mosq, [&](mosquitto& client) {
        const unsigned delay = reconnect_delay == 0 ? 1 : reconnect_delay;
        client.backoff() = {delay, reconnect_delay_max, reconnect_exponential_backoff};
        return MOSQ_ERR_SUCCESS;
    });
}

int mosquitto_max_inflight_messages_set(mosquitto* mosq, unsigned int max_inflight_messages) {
    if (max_inflight_messages > static_cast<unsigned>(sixteen_bits_max)) {
        return MOSQ_ERR_INVAL;
    }
    return mosquitto_int_option(mosq, MOSQ_OPT_SEND_MAXIMUM,
                                static_cast<int>(max_inflight_messages));
}

void mosquitto_message_retry_set(mosquitto* /*mosq*/, unsigned int /*message_retry*/) {}

void mosquitto_user_data_set(mosquitto* mosq, void* obj) {
    if (mosq != nullptr) {
        mosq->set_user_data(obj);
    }
}

void* mosquitto_userdata(mosquitto* mosq) {
    return mosq == nullptr ? nullptr : mosq->user_data();
}
