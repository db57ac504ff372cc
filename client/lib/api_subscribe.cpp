/// Subscribing and unsubscribing.

#include "client/include/mosquitto.h"
#include "client/lib/client.hpp"
#include "client/lib/encoded_list.hpp"
#include "client/lib/guarded.hpp"
#include "mqtt/topic.hpp"
#include "mqtt/utf8.hpp"

#include <vector>

using namespace mq::client;

namespace {

using Filters = std::vector<std::string_view>;

int check_filter(const char* filter) {
    if (filter == nullptr) {
        return MOSQ_ERR_INVAL;
    }
    const std::string_view text(filter);
    if (text.size() > 65'535 || text.empty()) {
        return MOSQ_ERR_INVAL;
    }
    if (!mq::mqtt::is_valid_string(text)) {
        return MOSQ_ERR_MALFORMED_UTF8;
    }
    return mosquitto_sub_topic_check(filter);
}

int take_filters(int count, char* const* sub, Filters& filters) {
    if (count < 1 || sub == nullptr) {
        return MOSQ_ERR_INVAL;
    }
    for (int i = 0; i < count; ++i) {
        const int problem = check_filter(sub[i]);
        if (problem != MOSQ_ERR_SUCCESS) {
            return problem;
        }
        filters.emplace_back(sub[i]);
    }
    return MOSQ_ERR_SUCCESS;
}

int check_list(mosquitto& client, int command, const mosquitto_property* properties, bool& v5) {
    const auto lock = client.lock();
    v5 = client.settings().version == mq::mqtt::Version::v5;
    if (properties == nullptr) {
        return MOSQ_ERR_SUCCESS;
    }
    return v5 ? check_properties(command, properties) : int{MOSQ_ERR_NOT_SUPPORTED};
}

bool are_options(int options) {
    constexpr unsigned known = MQTT_SUB_OPT_NO_LOCAL | MQTT_SUB_OPT_RETAIN_AS_PUBLISHED |
                               MQTT_SUB_OPT_SEND_RETAIN_NEW | MQTT_SUB_OPT_SEND_RETAIN_NEVER;
    constexpr unsigned retain_handling =
        MQTT_SUB_OPT_SEND_RETAIN_NEW | MQTT_SUB_OPT_SEND_RETAIN_NEVER;
    const auto bits = static_cast<unsigned>(options);
    return (bits & ~known) == 0 && (bits & retain_handling) != retain_handling;
}

int subscribe(mosquitto* mosq, int* mid, int count, char* const* sub, int qos, int options,
              const mosquitto_property* properties) {
    return guarded([&] {
        if (mosq == nullptr || qos < 0 || qos > 2 || !are_options(options)) {
            return int{MOSQ_ERR_INVAL};
        }
        bool v5 = false;
        int problem = check_list(*mosq, CMD_SUBSCRIBE, properties, v5);
        Filters filters;
        if (problem == MOSQ_ERR_SUCCESS) {
            problem = take_filters(count, sub, filters);
        }
        if (problem != MOSQ_ERR_SUCCESS) {
            return problem;
        }
        const EncodedProperties list = encoded(properties);
        SubscribeRequest request;
        request.filters = filters;
        request.options = static_cast<std::uint8_t>(v5 ? qos | options : qos);
        request.properties = list;
        return mosq->subscribe(request, mid);
    });
}

int unsubscribe(mosquitto* mosq, int* mid, int count, char* const* sub,
                const mosquitto_property* properties) {
    return guarded([&] {
        if (mosq == nullptr) {
            return int{MOSQ_ERR_INVAL};
        }
        bool v5 = false;
        int problem = check_list(*mosq, CMD_UNSUBSCRIBE, properties, v5);
        Filters filters;
        if (problem == MOSQ_ERR_SUCCESS) {
            problem = take_filters(count, sub, filters);
        }
        if (problem != MOSQ_ERR_SUCCESS) {
            return problem;
        }
        const EncodedProperties list = encoded(properties);
        return mosq->unsubscribe({filters, list}, mid);
    });
}

}  // namespace

int mosquitto_subscribe(mosquitto* mosq, int* mid, const char* sub, int qos) {
    return mosquitto_subscribe_v5(mosq, mid, sub, qos, 0, nullptr);
}

int mosquitto_subscribe_v5(mosquitto* mosq, int* mid, const char* sub, int qos, int options,
                           const mosquitto_property* properties) {
    char* const one = const_cast<char*>(sub);
    return subscribe(mosq, mid, 1, &one, qos, options, properties);
}

int mosquitto_subscribe_multiple(mosquitto* mosq, int* mid, int sub_count, char* const* const sub,
                                 int qos, int options, const mosquitto_property* properties) {
    return subscribe(mosq, mid, sub_count, sub, qos, options, properties);
}

int mosquitto_unsubscribe(mosquitto* mosq, int* mid, const char* sub) {
    return mosquitto_unsubscribe_v5(mosq, mid, sub, nullptr);
}

int mosquitto_unsubscribe_v5(mosquitto* mosq, int* mid, const char* sub,
                             const mosquitto_property* properties) {
    char* const one = const_cast<char*>(sub);
    return unsubscribe(mosq, mid, 1, &one, properties);
}

int mosquitto_unsubscribe_multiple(mosquitto* mosq, int* mid, int sub_count, char* const* const sub,
                                   const mosquitto_property* properties) {
    return unsubscribe(mosq, mid, sub_count, sub, properties);
}
