/// Topics and filters.

#include "client/include/mosquitto/libcommon_topic.h"
#include "client/lib/c_memory.hpp"
#include "client/lib/guarded.hpp"
#include "client/lib/topic_pattern.hpp"
#include "mqtt/topic.hpp"

#include <algorithm>
#include <utility>

using namespace mq::client;

namespace {

int valid_or_inval(bool valid) {
    return valid ? MOSQ_ERR_SUCCESS : MOSQ_ERR_INVAL;
}

/// Stores the answer of `ask()` once both strings are what `ask` expects.
template <class Ask>
int answer(bool* result, bool valid, const Ask& ask) {
    if (result == nullptr) {
        return MOSQ_ERR_INVAL;
    }
    *result = false;
    return !valid ? static_cast<int>(MOSQ_ERR_INVAL) : guarded([&] {
        *result = ask();
        return MOSQ_ERR_SUCCESS;
    });
}

}  // namespace

int mosquitto_pub_topic_check(const char* topic) {
    return valid_or_inval(mq::mqtt::is_valid_topic_name(view_of(topic)));
}

int mosquitto_pub_topic_check2(const char* topic, size_t topiclen) {
    return valid_or_inval(topic != nullptr && mq::mqtt::is_valid_topic_name({topic, topiclen}));
}

int mosquitto_sub_topic_check(const char* topic) {
    return valid_or_inval(mq::mqtt::is_valid_topic_filter(view_of(topic)));
}

int mosquitto_sub_topic_check2(const char* topic, size_t topiclen) {
    return valid_or_inval(topic != nullptr && mq::mqtt::is_valid_topic_filter({topic, topiclen}));
}

int mosquitto_topic_matches_sub(const char* sub, const char* topic, bool* result) {
    const std::string_view filter = view_of(sub);
    const std::string_view name = view_of(topic);
    const bool valid =
        mq::mqtt::is_valid_topic_filter(filter) && mq::mqtt::is_valid_topic_name(name);
    return answer(result, valid, [&] { return mq::mqtt::matches(filter, name); });
}

int mosquitto_topic_matches_sub2(const char* sub, size_t, const char* topic, size_t, bool* result) {
    return mosquitto_topic_matches_sub(sub, topic, result);
}

int mosquitto_topic_matches_sub_with_pattern(const char* sub, const char* topic,
                                             const char* clientid, const char* username,
                                             bool* result) {
    const std::string_view name = view_of(topic);
    const bool valid =
        mq::mqtt::is_valid_topic_filter(view_of(sub)) && mq::mqtt::is_valid_topic_name(name);
    return answer(result, valid, [&] {
        const auto filter =
            replace_pattern(sub, {view_of(clientid), view_of(username)}, PatternNames::any_text);
        return filter && matches_levels(*filter, name);
    });
}

int mosquitto_sub_matches_acl(const char* acl, const char* sub, bool* result) {
    const bool valid = mq::mqtt::is_valid_topic_filter(view_of(acl)) &&
                       mq::mqtt::is_valid_topic_filter(view_of(sub));
    return answer(result, valid, [&] { return covers(split_levels(acl), split_levels(sub)); });
}

int mosquitto_sub_matches_acl_with_pattern(const char* acl, const char* sub, const char* clientid,
                                           const char* username, bool* result) {
    const bool valid = mq::mqtt::is_valid_topic_filter(view_of(acl)) &&
                       mq::mqtt::is_valid_topic_filter(view_of(sub));
    return answer(result, valid, [&] {
        const auto filter = replace_pattern(acl, {view_of(clientid), view_of(username)},
                                            PatternNames::one_plain_level);
        return filter && covers(*filter, split_levels(sub));
    });
}

int mosquitto_sub_topic_tokenise(const char* subtopic, char*** topics, int* count) {
    const std::string_view text = view_of(subtopic);
    if (subtopic == nullptr || topics == nullptr || count == nullptr) {
        return MOSQ_ERR_INVAL;
    }
    return guarded([&] {
        const Levels levels = split_levels(text);
        if (levels.size() > mq::mqtt::topic_levels_max) {
            return static_cast<int>(MOSQ_ERR_INVAL);
        }
        std::vector<CMemory<char>> copies;
        for (const Level& level : levels) {
            copies.push_back(level.text.empty() ? CMemory<char>() : c_copy(level.text));
        }
        auto array = c_bytes(levels.size() * sizeof(char*));
        auto** places = reinterpret_cast<char**>(array.release());
        std::transform(copies.begin(), copies.end(), places,
                       [](CMemory<char>& copy) { return copy.release(); });
        *topics = places;
        *count = static_cast<int>(levels.size());
        return static_cast<int>(MOSQ_ERR_SUCCESS);
    });
}

int mosquitto_sub_topic_tokens_free(char*** topics, int count) {
    if (topics == nullptr || *topics == nullptr || count < 1) {
        return MOSQ_ERR_INVAL;
    }
    std::for_each(*topics, *topics + count, [](char* level) { std::free(level); });
    std::free(std::exchange(*topics, nullptr));
    return MOSQ_ERR_SUCCESS;
}
