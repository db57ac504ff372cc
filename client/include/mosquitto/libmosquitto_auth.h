/*
 * Who the client is.
 */
#ifndef MOSQUITTO_LIBMOSQUITTO_AUTH_H
#define MOSQUITTO_LIBMOSQUITTO_AUTH_H

#include <mosquitto/defs.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * User name and password for the next CONNECT, both copied. username NULL: neither is sent.
 * MOSQ_ERR_INVAL (also for a password without user name with MQTT 3.1 and 3.1.1), MOSQ_ERR_NOMEM,
 * MOSQ_ERR_MALFORMED_UTF8.
 */
libmosq_EXPORT int mosquitto_username_pw_set(struct mosquitto* mosq, const char* username,
                                             const char* password);

/*
 * MQTT 5.0: answers a step of extended authentication, from within the callback of
 * mosquitto_ext_auth_callback_set(): sends AUTH with reason 24, the method, auth_data_len bytes of
 * data (none if 0) and a copy of props. MOSQ_ERR_PROTOCOL no client, no method, or not MQTT 5.0;
 * MOSQ_ERR_NOMEM; MOSQ_ERR_OVERSIZE_PACKET.
 */
libmosq_EXPORT int mosquitto_ext_auth_continue(struct mosquitto* context, const char* auth_method,
                                               uint16_t auth_data_len, const void* auth_data,
                                               const mosquitto_property* props);

#ifdef __cplusplus
}
#endif

#endif
