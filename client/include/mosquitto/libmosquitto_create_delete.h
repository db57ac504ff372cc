/*
 * The library as a whole; how clients begin and end.
 */
#ifndef MOSQUITTO_LIBMOSQUITTO_CREATE_DELETE_H
#define MOSQUITTO_LIBMOSQUITTO_CREATE_DELETE_H

#include <mosquitto/defs.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Stores the version of libmosquitto whose interface this is, where the pointers are not NULL.
 * Returns major * 1000000 + minor * 1000 + revision. May be called at any time.
 */
libmosq_EXPORT int mosquitto_lib_version(int* major, int* minor, int* revision);

/*
 * To be called before everything else; calls are counted. No other thread may use the library
 * meanwhile. Returns MOSQ_ERR_SUCCESS.
 */
libmosq_EXPORT int mosquitto_lib_init(void);

/*
 * Undoes one mosquitto_lib_init(), after the last client is destroyed. No other thread may use the
 * library meanwhile. Returns MOSQ_ERR_SUCCESS.
 */
libmosq_EXPORT int mosquitto_lib_cleanup(void);

/*
 * Makes a client: MQTT 3.1.1, keep alive 60 s, 20 messages in flight either way, a second between
 * attempts to reconnect.
 *
 * id: the client identifier. NULL: the broker gives one (with MQTT 3.1 we make one up), which needs
 * clean_session true, since nobody could ask for such a session again.
 * clean_session: true: the broker forgets the session with the connection, and so do we. false: it
 * keeps subscriptions and messages of QoS 1 and 2.
 * obj: what callbacks get as their second argument; the client itself if NULL.
 *
 * Returns the client, to be ended by mosquitto_destroy(), or NULL with errno EINVAL (identifier
 * empty, not UTF-8, or NULL while clean_session is false) or ENOMEM.
 */
libmosq_EXPORT struct mosquitto* mosquitto_new(const char* id, bool clean_session, void* obj);

/*
 * Ends a client: stops and joins a thread of mosquitto_loop_start(), closes the connection without
 * a DISCONNECT (so that the broker sends the will), frees everything. Not from a callback of this
 * client, and no other thread may be using it. NULL does nothing.
 */
libmosq_EXPORT void mosquitto_destroy(struct mosquitto* mosq);

/*
 * Makes a client new, as if destroyed and made again at the same address: connection, callbacks,
 * options and messages are gone; a thread of mosquitto_loop_start() is stopped and joined, no other
 * thread may be using the client. Arguments as for mosquitto_new(). MOSQ_ERR_INVAL (also in a
 * callback of this client), MOSQ_ERR_MALFORMED_UTF8, MOSQ_ERR_NOMEM.
 */
libmosq_EXPORT int mosquitto_reinitialise(struct mosquitto* mosq, const char* id,
                                          bool clean_session, void* obj);

#ifdef __cplusplus
}
#endif

#endif
