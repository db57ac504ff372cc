/*
 * Messages that the program keeps.
 */
#ifndef MOSQUITTO_LIBMOSQUITTO_MESSAGE_H
#define MOSQUITTO_LIBMOSQUITTO_MESSAGE_H

#include <mosquitto/defs.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Copies src into the struct dst, whose content is overwritten without being freed; a zero byte
 * follows the payload. To be released by mosquitto_message_free() if dst came from malloc(), else
 * by mosquitto_message_free_contents(). MOSQ_ERR_INVAL, MOSQ_ERR_NOMEM.
 */
libmosq_EXPORT int mosquitto_message_copy(struct mosquitto_message* dst,
                                          const struct mosquitto_message* src);

/* Frees topic and payload of *message, then *message itself, and stores NULL. NULL does nothing. */
libmosq_EXPORT void mosquitto_message_free(struct mosquitto_message** message);

/* Frees topic and payload only. NULL does nothing. */
libmosq_EXPORT void mosquitto_message_free_contents(struct mosquitto_message* message);

#ifdef __cplusplus
}
#endif

#endif
