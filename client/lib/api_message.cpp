/// Messages that a program keeps.

#include "client/include/mosquitto/libmosquitto_message.h"
#include "client/lib/c_memory.hpp"
#include "client/lib/guarded.hpp"

#include <utility>

using namespace mq::client;

int mosquitto_message_copy(struct mosquitto_message* dst, const struct mosquitto_message* src) {
    if (dst == nullptr || src == nullptr || src->topic == nullptr) {
        return MOSQ_ERR_INVAL;
    }
    return guarded([&] {
        auto topic = c_copy(src->topic);
        CMemory<char> payload;
        if (src->payloadlen > 0) {
            payload = c_copy({static_cast<const char*>(src->payload),
                              static_cast<std::size_t>(src->payloadlen)});
        }
        *dst = *src;
        dst->payloadlen = payload ? src->payloadlen : 0;
        dst->topic = topic.release();
        dst->payload = payload.release();
        return MOSQ_ERR_SUCCESS;
    });
}

void mosquitto_message_free(struct mosquitto_message** message) {
    if (message != nullptr) {
        struct mosquitto_message* whole = std::exchange(*message, nullptr);
        mosquitto_message_free_contents(whole);
        std::free(whole);
    }
}

void mosquitto_message_free_contents(struct mosquitto_message* message) {
    if (message != nullptr) {
        std::free(std::exchange(message->topic, nullptr));
        std::free(std::exchange(message->payload, nullptr));
    }
}
