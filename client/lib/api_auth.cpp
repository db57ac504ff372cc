/// Who the client is.

#include "client/include/mosquitto.h"
#include "client/lib/client.hpp"
#include "client/lib/encoded_list.hpp"
#include "client/lib/guarded.hpp"
#include "mqtt/utf8.hpp"

#include <cstring>

using namespace mq::client;

namespace {

constexpr std::size_t string_bytes_max = 65'535;

std::optional<std::string> copied(const char* text) {
    return text == nullptr ? std::nullopt : std::optional<std::string>(text);
}

int check_login(mq::mqtt::Version version, const char* username, const char* password) {
    if (username == nullptr && password != nullptr && version != mq::mqtt::Version::v5) {
        return MOSQ_ERR_INVAL;
    }
    if (password != nullptr && std::strlen(password) > string_bytes_max) {
        return MOSQ_ERR_INVAL;
    }
    if (username == nullptr) {
        return MOSQ_ERR_SUCCESS;
    }
    const std::string_view name(username);
    if (name.size() > string_bytes_max) {
        return MOSQ_ERR_INVAL;
    }
    return mq::mqtt::is_valid_string(name) ? MOSQ_ERR_SUCCESS : MOSQ_ERR_MALFORMED_UTF8;
}

/// Appends one property with two bytes of length before its value.
void append_property(EncodedProperties& out, mq::mqtt::PropertyId id, const void* data,
                     std::size_t size) {
    const auto* bytes = static_cast<const std::uint8_t*>(data);
    out.push_back(static_cast<std::uint8_t>(id));
    out.push_back(static_cast<std::uint8_t>(size >> 8U));
    out.push_back(static_cast<std::uint8_t>(size & 0xFFU));
    out.insert(out.end(), bytes, bytes + size);
}

}  // namespace

int mosquitto_username_pw_set(mosquitto* mosq, const char* username, const char* password) {
    return guarded([&] {
        if (mosq == nullptr) {
            return int{MOSQ_ERR_INVAL};
        }
        const auto lock = mosq->lock();
        Settings& settings = mosq->settings();
        const int problem = check_login(settings.version, username, password);
        if (problem != MOSQ_ERR_SUCCESS) {
            return problem;
        }
        settings.login.reset();
        if (username != nullptr || password != nullptr) {
            settings.login = std::make_unique<Login>(Login{copied(username), copied(password)});
        }
        return int{MOSQ_ERR_SUCCESS};
    });
}

int mosquitto_ext_auth_continue(mosquitto* context, const char* auth_method, uint16_t auth_data_len,
                                const void* auth_data, const mosquitto_property* props) {
    return guarded([&] {
        if (context == nullptr || auth_method == nullptr ||
            std::strlen(auth_method) > string_bytes_max) {
            return int{MOSQ_ERR_PROTOCOL};
        }
        {
            const auto lock = context->lock();
            if (context->settings().version != mq::mqtt::Version::v5) {
                return int{MOSQ_ERR_PROTOCOL};
            }
        }
        EncodedProperties list;
        append_property(list, mq::mqtt::PropertyId::authentication_method, auth_method,
                        std::strlen(auth_method));
        if (auth_data != nullptr && auth_data_len > 0) {
            append_property(list, mq::mqtt::PropertyId::authentication_data, auth_data,
                            auth_data_len);
        }
        const EncodedProperties more = encoded(props);
        list.insert(list.end(), more.begin(), more.end());
        return context->authenticate(list);
    });
}
