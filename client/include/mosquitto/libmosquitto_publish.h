/*
 * Sending messages.
 */
#ifndef MOSQUITTO_LIBMOSQUITTO_PUBLISH_H
#define MOSQUITTO_LIBMOSQUITTO_PUBLISH_H

#include <mosquitto/defs.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Publishes a message.
 *
 * mid: gets the id that the publish callback will name, unless NULL; QoS 0 has one, too.
 * topic: no wildcards, at most 65535 bytes and 200 slashes.
 * payload: payloadlen bytes (0-268435455), copied; may be NULL when that is 0.
 * qos: 0, 1, 2. retain: the broker keeps the message for later subscribers; cleared if it said that
 * it keeps none.
 *
 * May be called from any thread that may use the client, callbacks included; never waits for the
 * network. MOSQ_ERR_NO_CONN: not connected; a message of QoS 1 or 2 is kept nevertheless and sent
 * later, one of QoS 0 is lost. MOSQ_ERR_INVAL, MOSQ_ERR_NOMEM, MOSQ_ERR_PAYLOAD_SIZE,
 * MOSQ_ERR_MALFORMED_UTF8, MOSQ_ERR_QOS_NOT_SUPPORTED, MOSQ_ERR_OVERSIZE_PACKET;
 * MOSQ_ERR_QUOTA_EXCEEDED with a limit of MQHOME_OPT_QUEUED_MESSAGES or MQHOME_OPT_QUEUED_BYTES
 * only.
 */
libmosq_EXPORT int mosquitto_publish(struct mosquitto* mosq, int* mid, const char* topic,
                                     int payloadlen, const void* payload, int qos, bool retain);

/*
 * The same with properties (checked and copied). topic may be NULL or empty if they have a topic
 * alias. Further errors: MOSQ_ERR_NOT_SUPPORTED properties without MQTT 5.0; MOSQ_ERR_PROTOCOL a
 * property that PUBLISH cannot carry; MOSQ_ERR_DUPLICATE_PROPERTY.
 */
libmosq_EXPORT int mosquitto_publish_v5(struct mosquitto* mosq, int* mid, const char* topic,
                                        int payloadlen, const void* payload, int qos, bool retain,
                                        const mosquitto_property* properties);

#ifdef __cplusplus
}
#endif

#endif
