/*
 * The C interface of the mqhome client library, compatible with libmosquitto: programs written or
 * compiled for libmosquitto.so.1 work with libmqhome.so.1 without a change.
 *
 * A client in five steps:
 *
 *     mosquitto_lib_init();
 *     struct mosquitto *client = mosquitto_new(NULL, true, my_data);
 *     mosquitto_message_callback_set(client, on_message);       (and the other callbacks)
 *     mosquitto_connect(client, "localhost", 1883, 60);
 *     mosquitto_loop_forever(client, -1, 1);                    (or mosquitto_loop_start())
 *
 * Rules that hold everywhere, unless a function says otherwise:
 *
 * - Functions that return int give MOSQ_ERR_SUCCESS (0) or another number of enum mosq_err_t;
 *   mosquitto_strerror() has a sentence for each. Every function that takes a client answers
 *   MOSQ_ERR_INVAL when it is NULL.
 * - Ownership: what a caller passes in stays the caller's, and is copied if it is needed for longer
 *   than the call. What a callback is given belongs to the library and is valid during the call
 *   only. What a function allocates for the caller is released by free(), or by the function that
 *   is named beside it.
 * - Strings end with a zero byte and are UTF-8. Durations name their unit.
 * - Threads: a client may be used by several threads at once when its loop runs in the thread of
 *   mosquitto_loop_start(), or after mosquitto_threaded_set(). Different clients are independent.
 *   Callbacks run in the thread that runs the loop; no lock of the library is held, so that they
 *   may call every function but the mosquitto_loop family, mosquitto_reconnect(),
 *   mosquitto_reinitialise() and mosquitto_destroy().
 * - The library never ends the process, writes nothing to standard output or error (but for
 *   mosquitto_fopen()), and raises no signal: writing to a closed connection is an error code, not
 * a SIGPIPE.
 *
 * The parts are in mosquitto/: the numbers in defs.h and mqtt_protocol.h, the functions on a client
 * in libmosquitto_*.h, those without one in libcommon_*.h.
 */
#ifndef MOSQUITTO_H
#define MOSQUITTO_H

#include <mosquitto/defs.h>
#include <mosquitto/libcommon.h>
#include <mosquitto/libmosquitto.h>
#include <mosquitto/mqtt_protocol.h>

#endif
