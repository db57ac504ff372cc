/*
 * Options of a client; enum mosq_opt_t in defs.h has the list.
 */
#ifndef MOSQUITTO_LIBMOSQUITTO_OPTIONS_H
#define MOSQUITTO_LIBMOSQUITTO_OPTIONS_H

#include <mosquitto/defs.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Sets a number or yes/no [int]. MOSQ_ERR_INVAL (also for another kind of option),
 * MOSQ_ERR_NOT_SUPPORTED. */
libmosq_EXPORT int mosquitto_int_option(struct mosquitto* mosq, enum mosq_opt_t option, int value);

/*
 * Sets a text [string], which is copied; NULL clears it. MOSQ_ERR_INVAL, MOSQ_ERR_NOMEM,
 * MOSQ_ERR_NOT_SUPPORTED.
 */
libmosq_EXPORT int mosquitto_string_option(struct mosquitto* mosq, enum mosq_opt_t option,
                                           const char* value);

/* Sets a pointer [void]. MOSQ_ERR_INVAL, MOSQ_ERR_NOT_SUPPORTED. */
libmosq_EXPORT int mosquitto_void_option(struct mosquitto* mosq, enum mosq_opt_t option,
                                         void* value);

/*
 * The old form: MOSQ_OPT_PROTOCOL_VERSION with value an int*, and MOSQ_OPT_SSL_CTX with value the
 * SSL_CTX. MOSQ_ERR_INVAL.
 */
libmosq_EXPORT int mosquitto_opts_set(struct mosquitto* mosq, enum mosq_opt_t option, void* value);

/*
 * How mosquitto_loop_forever() and mosquitto_loop_start() wait between attempts to connect, in
 * seconds. After n attempts that failed: reconnect_delay if reconnect_delay_max is not larger; else
 * reconnect_delay * (n + 1), or with reconnect_exponential_backoff reconnect_delay * (n + 1)^2;
 * never more than reconnect_delay_max. A delay of 0 counts as 1. A connection that the broker
 * accepts resets n. MOSQ_ERR_INVAL.
 */
libmosq_EXPORT int mosquitto_reconnect_delay_set(struct mosquitto* mosq,
                                                 unsigned int reconnect_delay,
                                                 unsigned int reconnect_delay_max,
                                                 bool reconnect_exponential_backoff);

/* The old form of MOSQ_OPT_SEND_MAXIMUM; 0 counts as 65535. MOSQ_ERR_INVAL. */
libmosq_EXPORT int mosquitto_max_inflight_messages_set(struct mosquitto* mosq,
                                                       unsigned int max_inflight_messages);

/* Does nothing: messages are sent again after a reconnection, never in between. */
libmosq_EXPORT void mosquitto_message_retry_set(struct mosquitto* mosq, unsigned int message_retry);

/* Replaces the pointer that callbacks get as their second argument. */
libmosq_EXPORT void mosquitto_user_data_set(struct mosquitto* mosq, void* obj);

/* That pointer; NULL without a client. */
libmosq_EXPORT void* mosquitto_userdata(struct mosquitto* mosq);

#ifdef __cplusplus
}
#endif

#endif
