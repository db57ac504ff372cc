/*
 * A whole life of a client in one call, for programs that only want some messages.
 */
#ifndef MOSQUITTO_LIBMOSQUITTO_HELPERS_H
#define MOSQUITTO_LIBMOSQUITTO_HELPERS_H

#include <mosquitto/defs.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A will, as arguments of mosquitto_will_set(). */
struct libmosquitto_will {
    char* topic;
    void* payload;
    int payloadlen;
    int qos;
    bool retain;
};

/* A login, as arguments of mosquitto_username_pw_set(). */
struct libmosquitto_auth {
    char* username;
    char* password;
};

/* TLS, as arguments of mosquitto_tls_set() and mosquitto_tls_opts_set(). */
struct libmosquitto_tls {
    char* cafile;
    char* capath;
    char* certfile;
    char* keyfile;
    char* ciphers;
    char* tls_version;
    int (*pw_callback)(char* buf, int size, int rwflag, void* userdata);
    int cert_reqs;
};

/*
 * Connects, subscribes, and returns when msg_count messages have come: *messages is then an array
 * of so many, to be released by mosquitto_message_free_contents() for each and free() for the
 * array. Blocks without limit, and reconnects as mosquitto_loop_forever() does.
 *
 * want_retained: false passes over messages that the broker had kept.
 * topic: the filter. clientid, clean_session: as for mosquitto_new(). host, port, keepalive: as for
 * mosquitto_connect(). username, password, will, tls: NULL for none.
 * On an error *messages is NULL: MOSQ_ERR_INVAL, MOSQ_ERR_NOMEM, or any of connecting and of the
 * loop.
 */
libmosq_EXPORT int mosquitto_subscribe_simple(struct mosquitto_message** messages, int msg_count,
                                              bool want_retained, const char* topic, int qos,
                                              const char* host, int port, const char* clientid,
                                              int keepalive, bool clean_session,
                                              const char* username, const char* password,
                                              const struct libmosquitto_will* will,
                                              const struct libmosquitto_tls* tls);

/*
 * Connects, subscribes, and calls callback(client, userdata, message) for each message until it
 * returns something else than 0. Other arguments and errors as above.
 */
libmosq_EXPORT int mosquitto_subscribe_callback(
    int (*callback)(struct mosquitto*, void*, const struct mosquitto_message*), void* userdata,
    const char* topic, int qos, const char* host, int port, const char* clientid, int keepalive,
    bool clean_session, const char* username, const char* password,
    const struct libmosquitto_will* will, const struct libmosquitto_tls* tls);

#ifdef __cplusplus
}
#endif

#endif
