/*
 * The will: the message that the broker sends when the client is lost.
 */
#ifndef MOSQUITTO_LIBMOSQUITTO_WILL_H
#define MOSQUITTO_LIBMOSQUITTO_WILL_H

#include <mosquitto/defs.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Sets the will of the next CONNECT, in place of an earlier one; everything is copied.
 * topic: without wildcards. payload: payloadlen bytes, may be NULL when that is 0. qos: 0, 1, 2.
 * MOSQ_ERR_INVAL, MOSQ_ERR_NOMEM, MOSQ_ERR_PAYLOAD_SIZE, MOSQ_ERR_MALFORMED_UTF8.
 */
libmosq_EXPORT int mosquitto_will_set(struct mosquitto* mosq, const char* topic, int payloadlen,
                                      const void* payload, int qos, bool retain);

/*
 * The same with properties of the will. On success the list belongs to the library and must not be
 * used any more; on an error it is still the caller's. Choose MQTT 5.0 before. Further errors:
 * MOSQ_ERR_NOT_SUPPORTED properties without MQTT 5.0; MOSQ_ERR_PROTOCOL a property that a will
 * cannot carry; MOSQ_ERR_DUPLICATE_PROPERTY.
 */
libmosq_EXPORT int mosquitto_will_set_v5(struct mosquitto* mosq, const char* topic, int payloadlen,
                                         const void* payload, int qos, bool retain,
                                         mosquitto_property* properties);

/* Takes the will back, before connecting. MOSQ_ERR_INVAL. */
libmosq_EXPORT int mosquitto_will_clear(struct mosquitto* mosq);

#ifdef __cplusplus
}
#endif

#endif
