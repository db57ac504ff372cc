/// A whole life of a client in one call. Over the other functions of the interface only.

#include "client/include/mosquitto.h"
#include "client/lib/guarded.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <vector>

using namespace mq::client;

namespace {

struct Destroy {
    void operator()(mosquitto* client) const { mosquitto_destroy(client); }
};

using UserCallback = int (*)(mosquitto*, void*, const mosquitto_message*);

struct Subscription {
    UserCallback callback = nullptr;
    void* user_data = nullptr;
    const char* topic = nullptr;
    int qos = 0;
    int refused = MOSQ_ERR_SUCCESS;
};

void on_connect(mosquitto* client, void* data, int code) {
    auto* const subscription = static_cast<Subscription*>(data);
    if (code != 0) {
        subscription->refused = MOSQ_ERR_CONN_REFUSED;
        mosquitto_disconnect(client);
    } else {
        mosquitto_subscribe(client, nullptr, subscription->topic, subscription->qos);
    }
}

void on_message(mosquitto* client, void* data, const mosquitto_message* message) {
    auto* const subscription = static_cast<Subscription*>(data);
    if (subscription->callback(client, subscription->user_data, message) != 0) {
        mosquitto_message_callback_set(client, nullptr);  // no more, though more may have come
        mosquitto_disconnect(client);
    }
}

int set_up(mosquitto* client, const char* username, const char* password,
           const libmosquitto_will* will, const libmosquitto_tls* tls) {
    int result = MOSQ_ERR_SUCCESS;
    if (will != nullptr) {
        result = mosquitto_will_set(client, will->topic, will->payloadlen, will->payload, will->qos,
                                    will->retain);
    }
    if (result == MOSQ_ERR_SUCCESS && username != nullptr) {
        result = mosquitto_username_pw_set(client, username, password);
    }
    if (result == MOSQ_ERR_SUCCESS && tls != nullptr) {
        result = mosquitto_tls_set(client, tls->cafile, tls->capath, tls->certfile, tls->keyfile,
                                   tls->pw_callback);
        if (result == MOSQ_ERR_SUCCESS) {
            result = mosquitto_tls_opts_set(client, tls->cert_reqs, tls->tls_version, tls->ciphers);
        }
    }
    return result;
}

/// What mosquitto_subscribe_simple gathers.
struct Gathering {
    std::vector<mosquitto_message> messages;
    std::size_t wanted = 0;
    bool retained_too = false;
    int error = MOSQ_ERR_SUCCESS;

    ~Gathering() {
        for (mosquitto_message& message : messages) {
            mosquitto_message_free_contents(&message);
        }
    }
};

int gather(mosquitto* /*client*/, void* data, const mosquitto_message* message) {
    auto* const gathering = static_cast<Gathering*>(data);
    if (message->retain && !gathering->retained_too) {
        return 0;
    }
    mosquitto_message copy{};
    gathering->error = mosquitto_message_copy(&copy, message);
    if (gathering->error != MOSQ_ERR_SUCCESS) {
        return 1;
    }
    gathering->messages.push_back(copy);  // room was reserved: nothing is thrown
    return gathering->messages.size() == gathering->wanted ? 1 : 0;
}

/// Hands the messages over to the caller as an array of C.
int hand_over(Gathering& gathering, mosquitto_message** messages) {
    const std::size_t count = gathering.messages.size();
    auto* const array =
        static_cast<mosquitto_message*>(std::calloc(count, sizeof(mosquitto_message)));
    if (array == nullptr) {
        return MOSQ_ERR_NOMEM;
    }
    std::copy(gathering.messages.begin(), gathering.messages.end(), array);
    gathering.messages.clear();
    *messages = array;
    return MOSQ_ERR_SUCCESS;
}

}  // namespace

int mosquitto_subscribe_callback(int (*callback)(mosquitto*, void*, const mosquitto_message*),
                                 void* userdata, const char* topic, int qos, const char* host,
                                 int port, const char* clientid, int keepalive, bool clean_session,
                                 const char* username, const char* password,
                                 const libmosquitto_will* will, const libmosquitto_tls* tls) {
    return guarded([&] {
        if (callback == nullptr || topic == nullptr) {
            return int{MOSQ_ERR_INVAL};
        }
        Subscription subscription{callback, userdata, topic, qos, MOSQ_ERR_SUCCESS};
        const std::unique_ptr<mosquitto, Destroy> client(
            mosquitto_new(clientid, clean_session, &subscription));
        if (!client) {
            return errno == ENOMEM ? int{MOSQ_ERR_NOMEM} : int{MOSQ_ERR_INVAL};
        }
        int result = set_up(client.get(), username, password, will, tls);
        if (result != MOSQ_ERR_SUCCESS) {
            return result;
        }
        mosquitto_connect_callback_set(client.get(), on_connect);
        mosquitto_message_callback_set(client.get(), on_message);
        result = mosquitto_connect(client.get(), host, port, keepalive);
        if (result == MOSQ_ERR_SUCCESS) {
            result = mosquitto_loop_forever(client.get(), -1, 1);
        }
        return subscription.refused != MOSQ_ERR_SUCCESS ? subscription.refused : result;
    });
}

int mosquitto_subscribe_simple(mosquitto_message** messages, int msg_count, bool want_retained,
                               const char* topic, int qos, const char* host, int port,
                               const char* clientid, int keepalive, bool clean_session,
                               const char* username, const char* password,
                               const libmosquitto_will* will, const libmosquitto_tls* tls) {
    return guarded([&] {
        if (topic == nullptr || msg_count < 1 || messages == nullptr) {
            return int{MOSQ_ERR_INVAL};
        }
        *messages = nullptr;
        Gathering gathering;
        gathering.wanted = static_cast<std::size_t>(msg_count);
        gathering.retained_too = want_retained;
        gathering.messages.reserve(gathering.wanted);
        const int result =
            mosquitto_subscribe_callback(gather, &gathering, topic, qos, host, port, clientid,
                                         keepalive, clean_session, username, password, will, tls);
        if (result != MOSQ_ERR_SUCCESS) {
            return result;
        }
        return gathering.error == MOSQ_ERR_SUCCESS ? hand_over(gathering, messages)
                                                   : gathering.error;
    });
}
