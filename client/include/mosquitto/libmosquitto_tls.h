/*
 * TLS: certificates, pre-shared keys and their options, before connecting.
 *
 * The certificate of the broker is verified, its name included, unless mosquitto_tls_insecure_set()
 * or mosquitto_tls_opts_set() says otherwise.
 */
#ifndef MOSQUITTO_LIBMOSQUITTO_TLS_H
#define MOSQUITTO_LIBMOSQUITTO_TLS_H

#include <mosquitto/defs.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Turns TLS on.
 *
 * cafile: file of the trusted authorities, PEM. capath: directory of such files, as "openssl
 * rehash" prepares it. At least one of both. certfile, keyfile: certificate and key of the client,
 * PEM; both or neither (NULL). pw_callback: gives the pass phrase of the key: writes at most size
 * bytes into buf and returns their number; userdata is the client. NULL: OpenSSL asks on the
 * terminal.
 *
 * MOSQ_ERR_INVAL (also for a file that cannot be read now), MOSQ_ERR_NOMEM. Whether the content is
 * right shows when connecting.
 */
libmosq_EXPORT int mosquitto_tls_set(struct mosquitto* mosq, const char* cafile, const char* capath,
                                     const char* certfile, const char* keyfile,
                                     int (*pw_callback)(char* buf, int size, int rwflag,
                                                        void* userdata));

/*
 * true: the certificate may be for another host; whoever has one of a trusted authority can then
 * pretend to be the broker, so this is for tests only. MOSQ_ERR_INVAL.
 */
libmosq_EXPORT int mosquitto_tls_insecure_set(struct mosquitto* mosq, bool value);

/*
 * cert_reqs: 1 (default) the broker's certificate must be good; 0 it is not looked at, for tests
 * only. tls_version: lowest version, "tlsv1.2" or "tlsv1.3"; NULL is "tlsv1.2". ciphers: OpenSSL's
 * list; of TLS 1.3 suites if tls_version is "tlsv1.3", else of those before. NULL: OpenSSL's
 * default. MOSQ_ERR_INVAL, MOSQ_ERR_NOMEM.
 */
libmosq_EXPORT int mosquitto_tls_opts_set(struct mosquitto* mosq, int cert_reqs,
                                          const char* tls_version, const char* ciphers);

/*
 * TLS with a key that both sides know, in place of mosquitto_tls_set().
 * psk: the key as hexadecimal digits, without "0x". identity: its name, at the broker often the
 * user name. ciphers: as above, or NULL. MOSQ_ERR_INVAL, MOSQ_ERR_NOMEM.
 */
libmosq_EXPORT int mosquitto_tls_psk_set(struct mosquitto* mosq, const char* psk,
                                         const char* identity, const char* ciphers);

/*
 * OpenSSL's SSL object of the connection, for looking at its certificates and ciphers; NULL without
 * TLS or connection. Belongs to the library, and is gone with the connection.
 */
libmosq_EXPORT void* mosquitto_ssl_get(struct mosquitto* mosq);

#ifdef __cplusplus
}
#endif

#endif
