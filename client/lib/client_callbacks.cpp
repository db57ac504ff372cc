#include "client/lib/client.hpp"
#include "client/lib/property.hpp"

#include <utility>
#include <vector>

/// The half of Client that calls the application.
namespace mq::client {
namespace {

/// A callback that this thread is in. A callback may use another client, which then calls another
/// one: they form a chain.
class Calling {
 public:
    explicit Calling(const Client* client)
        : client_(client), outer_(std::exchange(innermost, this)) {}
    ~Calling() { innermost = outer_; }
    Calling(const Calling&) = delete;
    Calling& operator=(const Calling&) = delete;

    static bool is_one_of(const Client* client) {
        const Calling* call = innermost;
        while (call != nullptr && call->client_ != client) {
            call = call->outer_;
        }
        return call != nullptr;
    }

 private:
    static thread_local const Calling* innermost;
    const Client* client_;
    const Calling* outer_;
};

thread_local const Calling* Calling::innermost = nullptr;

}  // namespace

bool Client::in_callback() const {
    return Calling::is_one_of(this);
}

mosquitto* Client::handle() {
    return static_cast<mosquitto*>(this);
}

/// Calls without the lock; lines for the log, which are older, go first.
template <class Call>
void Client::call_out(Lock& lock, const Call& call) {
    deliver_log(lock);
    void* const user_data = user_data_;
    lock.unlock();
    {
        const Calling mark(this);
        call(handle(), user_data);
    }
    lock.lock();
}

void Client::deliver_log(Lock& lock) {
    if (log_.empty()) {
        return;
    }
    const std::vector<LogLine> lines = log_.take();
    const LIBMOSQ_CB_log callback = callbacks_.log;
    void* const user_data = user_data_;
    if (callback == nullptr) {
        return;
    }
    lock.unlock();
    {
        const Calling mark(this);
        for (const LogLine& line : lines) {
            callback(handle(), user_data, line.level, line.text.c_str());
        }
    }
    lock.lock();
}

/// Calls with the properties as a list, which is made only if somebody wants it. Whatever comes
/// with properties that cannot be read is not told, and the error is returned.
template <class Call>
int Client::call_with_properties(Lock& lock, int command, mqtt::Bytes properties, bool wanted,
                                 const Call& call) {
    PropertyList list;
    if (wanted && !properties.empty()) {
        if (const int error = decode_properties(command, properties, list);
            error != MOSQ_ERR_SUCCESS) {
            return error;
        }
    }
    call_out(lock, [&](mosquitto* client, void* data) { call(client, data, list.get()); });
    return MOSQ_ERR_SUCCESS;
}

void Client::announce_attempt(Lock& lock) {
    if (const auto callback = callbacks_.pre_connect) {
        call_out(lock, [&](mosquitto* client, void* data) { callback(client, data); });
    }
}

int Client::deliver(Lock& lock, const Event& event) {
    switch (event.kind) {
        case Event::Kind::message:
            return deliver_message(lock, event.message);
        case Event::Kind::published:
            return deliver_published(lock, event.mid, event.code, event.properties, CMD_PUBACK);
        case Event::Kind::connack:
            return deliver_connack(lock, event);
        case Event::Kind::suback:
            return deliver_suback(lock, event);
        case Event::Kind::unsuback:
            return deliver_unsuback(lock, event);
        case Event::Kind::auth:
            return deliver_auth(lock, event);
        case Event::Kind::disconnect:
            close(lock, event.code, event.properties);
            break;
        case Event::Kind::none:
            break;
    }
    return MOSQ_ERR_SUCCESS;
}

int Client::deliver_connack(Lock& lock, const Event& event) {
    const Callbacks to = callbacks_;
    if (event.code == 0) {
        failures_ = 0;
    }
    return call_with_properties(lock, CMD_CONNACK, event.properties, to.connect_v5 != nullptr,
                                [&](mosquitto* client, void* data, const mosquitto_property* list) {
                                    if (to.connect != nullptr) {
                                        to.connect(client, data, event.code);
                                    }
                                    if (to.connect_with_flags != nullptr) {
                                        to.connect_with_flags(client, data, event.code,
                                                              event.flags);
                                    }
                                    if (to.connect_v5 != nullptr) {
                                        to.connect_v5(client, data, event.code, event.flags, list);
                                    }
                                });
}

/// The payload stays where it is, in the input buffer or the kept message: behind each there is one
/// more byte, which is zero during the call.
int Client::deliver_message(Lock& lock, const Message& message) {
    const LIBMOSQ_CB_message plain = callbacks_.message;
    const LIBMOSQ_CB_message_v5 with_properties = callbacks_.message_v5;
    if (plain == nullptr && with_properties == nullptr) {
        deliver_log(lock);
        return MOSQ_ERR_SUCCESS;
    }
    topic_.assign(message.topic);
    auto* const payload = const_cast<std::uint8_t*>(message.payload.data());
    std::uint8_t& behind = payload[message.payload.size()];
    const std::uint8_t saved = std::exchange(behind, std::uint8_t{0});
    const mosquitto_message given = {message.mid,
                                     topic_.data(),
                                     message.payload.empty() ? nullptr : payload,
                                     static_cast<int>(message.payload.size()),
                                     static_cast<int>(message.qos),
                                     message.retain};
    const auto call = [&](mosquitto* client, void* data, const mosquitto_property* list) {
        if (plain != nullptr) {
            plain(client, data, &given);
        }
        if (with_properties != nullptr) {
            with_properties(client, data, &given, list);
        }
    };
    const int result = call_with_properties(lock, CMD_PUBLISH, message.properties,
                                            with_properties != nullptr, call);
    behind = saved;
    return result;
}

/// A message that is acknowledged is over, whatever came with the acknowledgement: it is told
/// anyway.
int Client::deliver_published(Lock& lock, int mid, int reason, mqtt::Bytes properties,
                              int command) {
    const LIBMOSQ_CB_publish plain = callbacks_.publish;
    const LIBMOSQ_CB_publish_v5 with_properties = callbacks_.publish_v5;
    const auto call = [&](mosquitto* client, void* data, const mosquitto_property* list) {
        if (plain != nullptr) {
            plain(client, data, mid);
        }
        if (with_properties != nullptr) {
            with_properties(client, data, mid, reason, list);
        }
    };
    const int result =
        call_with_properties(lock, command, properties, with_properties != nullptr, call);
    if (result != MOSQ_ERR_SUCCESS) {
        static_cast<void>(call_with_properties(lock, command, {}, false, call));
    }
    return result;
}

int Client::deliver_suback(Lock& lock, const Event& event) {
    const LIBMOSQ_CB_subscribe plain = callbacks_.subscribe;
    const LIBMOSQ_CB_subscribe_v5 with_properties = callbacks_.subscribe_v5;
    const std::vector<int> granted(event.codes.begin(), event.codes.end());
    const int count = static_cast<int>(granted.size());
    return call_with_properties(lock, CMD_SUBACK, event.properties, with_properties != nullptr,
                                [&](mosquitto* client, void* data, const mosquitto_property* list) {
                                    if (plain != nullptr) {
                                        plain(client, data, event.mid, count, granted.data());
                                    }
                                    if (with_properties != nullptr) {
                                        with_properties(client, data, event.mid, count,
                                                        granted.data(), list);
                                    }
                                });
}

int Client::deliver_unsuback(Lock& lock, const Event& event) {
    const Callbacks to = callbacks_;
    const std::vector<int> reasons(event.codes.begin(), event.codes.end());
    const bool wanted = to.unsubscribe_v5 != nullptr || to.unsubscribe2_v5 != nullptr;
    return call_with_properties(
        lock, CMD_UNSUBACK, event.properties, wanted,
        [&](mosquitto* client, void* data, const mosquitto_property* list) {
            if (to.unsubscribe != nullptr) {
                to.unsubscribe(client, data, event.mid);
            }
            if (to.unsubscribe_v5 != nullptr) {
                to.unsubscribe_v5(client, data, event.mid, list);
            }
            if (to.unsubscribe2_v5 != nullptr) {
                to.unsubscribe2_v5(client, data, event.mid, static_cast<int>(reasons.size()),
                                   reasons.empty() ? nullptr : reasons.data(), list);
            }
        });
}

/// Without somebody to answer, there is no authentication.
int Client::deliver_auth(Lock& lock, const Event& event) {
    const LIBMOSQ_CB_ext_auth callback = callbacks_.ext_auth;
    if (callback == nullptr) {
        return MOSQ_ERR_AUTH;
    }
    const std::string method(event.method);
    int answer = MOSQ_ERR_SUCCESS;
    const int result = call_with_properties(
        lock, CMD_AUTH, event.properties, true,
        [&](mosquitto* client, void* data, const mosquitto_property* list) {
            answer = callback(client, data, method.c_str(),
                              static_cast<std::uint16_t>(event.data.size()),
                              event.data.empty() ? nullptr : event.data.data(), list);
        });
    return result == MOSQ_ERR_SUCCESS ? answer : result;
}

/// The connection is over, whatever the broker said with it: that is told anyway.
void Client::deliver_disconnect(Lock& lock, int reason, mqtt::Bytes properties) {
    const LIBMOSQ_CB_disconnect plain = callbacks_.disconnect;
    const LIBMOSQ_CB_disconnect_v5 with_properties = callbacks_.disconnect_v5;
    const auto call = [&](mosquitto* client, void* data, const mosquitto_property* list) {
        if (plain != nullptr) {
            plain(client, data, reason);
        }
        if (with_properties != nullptr) {
            with_properties(client, data, reason, list);
        }
    };
    if (call_with_properties(lock, CMD_DISCONNECT, properties, with_properties != nullptr, call) !=
        MOSQ_ERR_SUCCESS) {
        static_cast<void>(call_with_properties(lock, CMD_DISCONNECT, {}, false, call));
    }
}

void Client::set_log_callback(LIBMOSQ_CB_log callback) {
    const Lock held = lock();
    callbacks_.log = callback;
    log_.turn(callback != nullptr);
}

void* Client::user_data() {
    const Lock held = lock();
    return user_data_;
}

void Client::set_user_data(void* user_data) {
    const Lock held = lock();
    user_data_ = user_data;
}

}  // namespace mq::client
