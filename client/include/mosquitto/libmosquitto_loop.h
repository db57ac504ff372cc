/*
 * Running a client: reading, writing, keeping alive. One of three ways, for each client:
 *
 * - mosquitto_loop_start(): a thread of the library does it.
 * - mosquitto_loop_forever(), or mosquitto_loop() again and again: the calling thread does it.
 * - mosquitto_loop_read(), mosquitto_loop_write() and mosquitto_loop_misc(): an event loop of the
 * program watches mosquitto_socket() and calls them.
 *
 * Errors of all the functions that read or write: MOSQ_ERR_NO_CONN there is no connection;
 * MOSQ_ERR_CONN_LOST the broker closed it; MOSQ_ERR_CONN_REFUSED the broker refused it;
 * MOSQ_ERR_KEEPALIVE the broker was silent; MOSQ_ERR_PROTOCOL and MOSQ_ERR_MALFORMED_PACKET the
 * broker sent nonsense; MOSQ_ERR_ERRNO the system's reason is in errno; MOSQ_ERR_TLS,
 * MOSQ_ERR_NOMEM, MOSQ_ERR_INVAL. After any of them the connection is closed, and the disconnect
 * callback has been called.
 */
#ifndef MOSQUITTO_LIBMOSQUITTO_LOOP_H
#define MOSQUITTO_LIBMOSQUITTO_LOOP_H

#include <mosquitto/defs.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Runs the client until mosquitto_disconnect() is called; connects again when the connection is
 * lost, with the pauses of mosquitto_reconnect_delay_set(). timeout: as for mosquitto_loop().
 * max_packets: 1, has no effect. Returns MOSQ_ERR_SUCCESS after a disconnect, and an error that
 * another attempt would not cure (no memory, wrong arguments, TLS, authentication, broken protocol,
 * unknown host at the first connection).
 */
libmosq_EXPORT int mosquitto_loop_forever(struct mosquitto* mosq, int timeout, int max_packets);

/*
 * Starts a thread that runs the client as mosquitto_loop_forever() does; before or after
 * connecting. All signals are blocked in it. MOSQ_ERR_INVAL (also if there is one already),
 * MOSQ_ERR_ERRNO the thread cannot be made.
 */
libmosq_EXPORT int mosquitto_loop_start(struct mosquitto* mosq);

/*
 * Waits for the end of that thread, which comes after mosquitto_disconnect() or an error as above;
 * with force, it is told to end now. Not from a callback. MOSQ_ERR_INVAL (also if there is no such
 * thread).
 */
libmosq_EXPORT int mosquitto_loop_stop(struct mosquitto* mosq, bool force);

/*
 * Waits for the network at most timeout milliseconds (below 0: 1000; 0: not at all), then reads,
 * writes and does what is due. To be called again and again, with no long time between.
 * max_packets: 1, has no effect.
 */
libmosq_EXPORT int mosquitto_loop(struct mosquitto* mosq, int timeout, int max_packets);

/* Reads and handles what is there: to be called when mosquitto_socket() is readable.
 * max_packets: 1. */
libmosq_EXPORT int mosquitto_loop_read(struct mosquitto* mosq, int max_packets);

/*
 * Writes what waits: to be called when mosquitto_want_write() is true and mosquitto_socket() is
 * writable. max_packets: 1.
 */
libmosq_EXPORT int mosquitto_loop_write(struct mosquitto* mosq, int max_packets);

/* Keeps the connection alive: to be called about once a second. MOSQ_ERR_INVAL, MOSQ_ERR_NO_CONN.
 */
libmosq_EXPORT int mosquitto_loop_misc(struct mosquitto* mosq);

/*
 * The descriptor of the connection, -1 without one. For poll() and its relatives only; another one
 * after each reconnection.
 */
libmosq_EXPORT int mosquitto_socket(struct mosquitto* mosq);

/* Whether something waits to be written, or TLS wants to write. */
libmosq_EXPORT bool mosquitto_want_write(struct mosquitto* mosq);

/*
 * Says that several threads will use the client while the program runs the loop itself; to be
 * called before they do. Not needed with mosquitto_loop_start(). MOSQ_ERR_INVAL.
 */
libmosq_EXPORT int mosquitto_threaded_set(struct mosquitto* mosq, bool threaded);

#ifdef __cplusplus
}
#endif

#endif
