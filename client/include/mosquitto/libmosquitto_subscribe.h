/*
 * Asking for messages.
 *
 * Subscriptions are not remembered by the library: after a reconnection with a clean session they
 * are to be made again, best in the connect callback.
 */
#ifndef MOSQUITTO_LIBMOSQUITTO_SUBSCRIBE_H
#define MOSQUITTO_LIBMOSQUITTO_SUBSCRIBE_H

#include <mosquitto/defs.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Sends SUBSCRIBE for a filter; the answer comes by the subscribe callback, with the id that is
 * stored in mid unless that is NULL. qos: the highest that is wanted. MOSQ_ERR_INVAL,
 * MOSQ_ERR_NOMEM, MOSQ_ERR_NO_CONN, MOSQ_ERR_MALFORMED_UTF8, MOSQ_ERR_OVERSIZE_PACKET.
 */
libmosq_EXPORT int mosquitto_subscribe(struct mosquitto* mosq, int* mid, const char* sub, int qos);

/*
 * The same with options (MQTT_SUB_OPT_, combined by |, ignored before MQTT 5.0) and properties.
 * Further errors: MOSQ_ERR_NOT_SUPPORTED properties without MQTT 5.0; MOSQ_ERR_PROTOCOL a property
 * that SUBSCRIBE cannot carry; MOSQ_ERR_DUPLICATE_PROPERTY.
 */
libmosq_EXPORT int mosquitto_subscribe_v5(struct mosquitto* mosq, int* mid, const char* sub,
                                          int qos, int options,
                                          const mosquitto_property* properties);

/* The same for sub_count filters in one packet; QoS, options and properties hold for all of them.
 */
libmosq_EXPORT int mosquitto_subscribe_multiple(struct mosquitto* mosq, int* mid, int sub_count,
                                                char* const* const sub, int qos, int options,
                                                const mosquitto_property* properties);

#ifdef __cplusplus
}
#endif

#endif
