/*
 * Connecting through a SOCKS5 proxy.
 */
#ifndef MOSQUITTO_LIBMOSQUITTO_SOCKS_H
#define MOSQUITTO_LIBMOSQUITTO_SOCKS_H

#include <mosquitto/defs.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Connects through a proxy, which resolves the broker's name, too.
 * host: name or address of the proxy, at most 256 bytes. port: 1-65535, usually 1080.
 * username, password: at most 255 bytes each, or NULL.
 * MOSQ_ERR_INVAL, MOSQ_ERR_NOMEM.
 */
libmosq_EXPORT int mosquitto_socks5_set(struct mosquitto* mosq, const char* host, int port,
                                        const char* username, const char* password);

#ifdef __cplusplus
}
#endif

#endif
