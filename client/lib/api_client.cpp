/// How a client begins and ends.

#include "client/include/mosquitto.h"
#include "client/lib/client.hpp"
#include "client/lib/guarded.hpp"
#include "mqtt/utf8.hpp"

#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <utility>

using namespace mq::client;

namespace {

constexpr std::size_t string_bytes_max = 65'535;

int check_id(const char* id, bool clean) {
    if (id == nullptr) {
        return clean ? MOSQ_ERR_SUCCESS : MOSQ_ERR_INVAL;
    }
    const std::size_t size = std::strlen(id);
    if (size == 0 || size > string_bytes_max) {
        return MOSQ_ERR_INVAL;
    }
    return mq::mqtt::is_valid_string({id, size}) ? MOSQ_ERR_SUCCESS : MOSQ_ERR_MALFORMED_UTF8;
}

/// Callbacks get the client itself where the program gave no pointer.
void set_default_user_data(mosquitto* client) {
    if (client->user_data() == nullptr) {
        client->set_user_data(client);
    }
}

}  // namespace

mosquitto* mosquitto_new(const char* id, bool clean_session, void* obj) {
    if (check_id(id, clean_session) != MOSQ_ERR_SUCCESS) {
        errno = EINVAL;
        return nullptr;
    }
    mosquitto* client = nullptr;
    const int problem = guarded([&] {
        client = new mosquitto(id, clean_session, obj);
        set_default_user_data(client);
        return MOSQ_ERR_SUCCESS;
    });
    if (problem != MOSQ_ERR_SUCCESS) {
        errno = ENOMEM;
    }
    return client;
}

void mosquitto_destroy(mosquitto* mosq) {
    if (mosq == nullptr) {
        return;
    }
    guarded([&] {
        if (!mosq->leave_to_own_thread()) {
            mosq->end_thread();
            delete mosq;
        }
        return MOSQ_ERR_SUCCESS;
    });
}

/// At the same address, so that pointers to it stay good. What may fail for want of memory is done
/// before the old client is gone.
int mosquitto_reinitialise(mosquitto* mosq, const char* id, bool clean_session, void* obj) {
    return guarded([&] {
        if (mosq == nullptr || mosq->in_callback()) {
            return int{MOSQ_ERR_INVAL};
        }
        const int problem = check_id(id, clean_session);
        if (problem != MOSQ_ERR_SUCCESS) {
            return problem;
        }
        auto name = id == nullptr ? std::nullopt : std::optional<std::string>(id);
        mosq->end_thread();
        std::destroy_at(mosq);
        std::construct_at(mosq, nullptr, clean_session, obj);
        mosq->settings().client_id = std::move(name);
        set_default_user_data(mosq);
        return int{MOSQ_ERR_SUCCESS};
    });
}
