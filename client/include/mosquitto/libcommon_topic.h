/*
 * Topics and filters. A topic or filter has 1-65535 bytes and at most 200 slashes. Whether it is
 * UTF-8 is mosquitto_validate_utf8()'s question.
 */
#ifndef MOSQUITTO_LIBCOMMON_TOPIC_H
#define MOSQUITTO_LIBCOMMON_TOPIC_H

#include <mosquitto/defs.h>

#ifdef __cplusplus
extern "C" {
#endif

/* MOSQ_ERR_SUCCESS if one can publish to this topic: limits as above, and neither "+" nor "#". Else
   MOSQ_ERR_INVAL. */
libmosq_EXPORT int mosquitto_pub_topic_check(const char* topic);
/* The same for topiclen bytes, which no zero byte need follow. */
libmosq_EXPORT int mosquitto_pub_topic_check2(const char* topic, size_t topiclen);

/* MOSQ_ERR_SUCCESS if one can subscribe to this filter: "+" fills a level, "#" the last one. Else
   MOSQ_ERR_INVAL. */
libmosq_EXPORT int mosquitto_sub_topic_check(const char* topic);
/* The same for topiclen bytes, which no zero byte need follow. */
libmosq_EXPORT int mosquitto_sub_topic_check2(const char* topic, size_t topiclen);

/*
 * Stores whether the filter sub matches the topic. "a/#" matches "a"; a topic that begins with "$"
 * is matched by a filter that begins so only. "$share/" is nothing special here. MOSQ_ERR_INVAL:
 * NULL or empty, a wildcard in topic, a wildcard at the wrong place in sub; *result is false.
 */
libmosq_EXPORT int mosquitto_topic_matches_sub(const char* sub, const char* topic, bool* result);

/* The same. The lengths are for programs that have them: the strings must end with a zero byte. */
libmosq_EXPORT int mosquitto_topic_matches_sub2(const char* sub, size_t sublen, const char* topic,
                                                size_t topiclen, bool* result);

/*
 * The same, where a level of sub that is "%c" stands for clientid, one that is "%u" for username.
 * If that is NULL or empty, nothing matches.
 */
libmosq_EXPORT int mosquitto_topic_matches_sub_with_pattern(const char* sub, const char* topic,
                                                            const char* clientid,
                                                            const char* username, bool* result);

/*
 * Stores whether the filter acl covers the filter sub: whatever topic matches sub also matches acl.
 * MOSQ_ERR_INVAL: NULL or empty, or no valid filter; *result is false.
 */
libmosq_EXPORT int mosquitto_sub_matches_acl(const char* acl, const char* sub, bool* result);

/*
 * The same with "%c" and "%u" in acl. A clientid or username that is "+", "#" or has a slash never
 * matches: it could give more rights than its owner has.
 */
libmosq_EXPORT int mosquitto_sub_matches_acl_with_pattern(const char* acl, const char* sub,
                                                          const char* clientid,
                                                          const char* username, bool* result);

/*
 * Splits a topic or filter at its slashes: *topics becomes an array of *count strings; an empty
 * level is NULL. To be released by mosquitto_sub_topic_tokens_free(). MOSQ_ERR_INVAL,
 * MOSQ_ERR_NOMEM.
 */
libmosq_EXPORT int mosquitto_sub_topic_tokenise(const char* subtopic, char*** topics, int* count);

/* Frees such an array and stores NULL. MOSQ_ERR_INVAL. */
libmosq_EXPORT int mosquitto_sub_topic_tokens_free(char*** topics, int count);

#ifdef __cplusplus
}
#endif

#endif
