/*
 * Asking for messages no longer.
 */
#ifndef MOSQUITTO_LIBMOSQUITTO_UNSUBSCRIBE_H
#define MOSQUITTO_LIBMOSQUITTO_UNSUBSCRIBE_H

#include <mosquitto/defs.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Sends UNSUBSCRIBE for a filter; the answer comes by the unsubscribe callback, with the id that is
 * stored in mid unless that is NULL. MOSQ_ERR_INVAL, MOSQ_ERR_NOMEM, MOSQ_ERR_NO_CONN,
 * MOSQ_ERR_MALFORMED_UTF8, MOSQ_ERR_OVERSIZE_PACKET.
 */
libmosq_EXPORT int mosquitto_unsubscribe(struct mosquitto* mosq, int* mid, const char* sub);

/*
 * The same with properties.
 * Further errors: MOSQ_ERR_NOT_SUPPORTED properties without MQTT 5.0; MOSQ_ERR_PROTOCOL a property
 * that UNSUBSCRIBE cannot carry; MOSQ_ERR_DUPLICATE_PROPERTY.
 */
libmosq_EXPORT int mosquitto_unsubscribe_v5(struct mosquitto* mosq, int* mid, const char* sub,
                                            const mosquitto_property* properties);

/* The same for sub_count filters in one packet. */
libmosq_EXPORT int mosquitto_unsubscribe_multiple(struct mosquitto* mosq, int* mid, int sub_count,
                                                  char* const* const sub,
                                                  const mosquitto_property* properties);

#ifdef __cplusplus
}
#endif

#endif
