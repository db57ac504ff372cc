/*
 * Connecting to a broker and leaving it.
 *
 * A connection is up when the connect callback says so with code 0; the functions here return
 * before, and a loop (libmosquitto_loop.h) must run for that. All settings - login, will, TLS,
 * options - are to be made before.
 */
#ifndef MOSQUITTO_LIBMOSQUITTO_CONNECT_H
#define MOSQUITTO_LIBMOSQUITTO_CONNECT_H

#include <mosquitto/defs.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Opens a connection and puts CONNECT on its way. Waits for the TCP connection; the loop does the
 * rest: proxy, TLS, WebSocket, and the broker's answer.
 *
 * host: name or address; or, with port 0, the path of a Unix domain socket.
 * port: 1-65535, usually 1883, 8883 with TLS.
 * keepalive: seconds, 0 (off) or 2-65535. After that time without a packet we send a PINGREQ;
 * without an answer for as long again, the connection counts as lost.
 *
 * MOSQ_ERR_INVAL, MOSQ_ERR_NOMEM; MOSQ_ERR_EAI the name is unknown; MOSQ_ERR_ERRNO the system's
 * reason is in errno; MOSQ_ERR_TLS, MOSQ_ERR_TLS_HANDSHAKE, MOSQ_ERR_PROXY.
 */
libmosq_EXPORT int mosquitto_connect(struct mosquitto* mosq, const char* host, int port,
                                     int keepalive);

/*
 * The same from a given local address: bind_address is a name or an address, or NULL for any. It
 * holds for reconnections, too.
 */
libmosq_EXPORT int mosquitto_connect_bind(struct mosquitto* mosq, const char* host, int port,
                                          int keepalive, const char* bind_address);

/*
 * The same with properties for CONNECT, which are copied and sent with each reconnection; they
 * replace those of an earlier call. Further errors: MOSQ_ERR_NOT_SUPPORTED properties without
 * MQTT 5.0; MOSQ_ERR_PROTOCOL a property that CONNECT cannot carry; MOSQ_ERR_DUPLICATE_PROPERTY.
 */
libmosq_EXPORT int mosquitto_connect_bind_v5(struct mosquitto* mosq, const char* host, int port,
                                             int keepalive, const char* bind_address,
                                             const mosquitto_property* properties);

/*
 * As mosquitto_connect(), without waiting for anything but the look-up of the name; meant for use
 * with mosquitto_loop_start(). What goes wrong later comes by the loop, which tries again.
 */
libmosq_EXPORT int mosquitto_connect_async(struct mosquitto* mosq, const char* host, int port,
                                           int keepalive);

/* mosquitto_connect_async() from a given local address, as in mosquitto_connect_bind(). */
libmosq_EXPORT int mosquitto_connect_bind_async(struct mosquitto* mosq, const char* host, int port,
                                                int keepalive, const char* bind_address);

/*
 * Would look up the broker of a domain by DNS SRV. Always MOSQ_ERR_NOT_SUPPORTED (MOSQ_ERR_INVAL
 * for wrong arguments), as in the libmosquitto that distributions ship.
 */
libmosq_EXPORT int mosquitto_connect_srv(struct mosquitto* mosq, const char* host, int keepalive,
                                         const char* bind_address);

/*
 * Connects again to where the last connect function did, after closing an open connection. Messages
 * of QoS 1 and 2 that were not acknowledged are sent again. Not from a callback. Errors of
 * mosquitto_connect(); MOSQ_ERR_INVAL if there was no connect before.
 */
libmosq_EXPORT int mosquitto_reconnect(struct mosquitto* mosq);

/* The same without waiting, as mosquitto_connect_async(). */
libmosq_EXPORT int mosquitto_reconnect_async(struct mosquitto* mosq);

/*
 * Says goodbye: sends DISCONNECT, so that the broker drops the will, and the end of the connection
 * is what we want: mosquitto_loop_forever() returns. The disconnect callback is called with 0. What
 * was put on its way before goes out first, also while the proxy, TLS or WebSocket below are still
 * opening: at most 60 seconds, which mosquitto_loop_stop() with force does not wait for.
 * MOSQ_ERR_INVAL, MOSQ_ERR_NO_CONN.
 */
libmosq_EXPORT int mosquitto_disconnect(struct mosquitto* mosq);

/*
 * The same with a reason code (0-255; MQTT_RC_DISCONNECT_WITH_WILL_MSG keeps the will) and
 * properties; both are sent with MQTT 5.0 only. Further errors: MOSQ_ERR_NOT_SUPPORTED properties
 * without MQTT 5.0; MOSQ_ERR_PROTOCOL a property that DISCONNECT cannot carry;
 * MOSQ_ERR_DUPLICATE_PROPERTY, MOSQ_ERR_NOMEM.
 */
libmosq_EXPORT int mosquitto_disconnect_v5(struct mosquitto* mosq, int reason_code,
                                           const mosquitto_property* properties);

#ifdef __cplusplus
}
#endif

#endif
