/*
 * Numbers as words and words as numbers. Results are constants of the library, never NULL.
 */
#ifndef MOSQUITTO_LIBCOMMON_STRING_H
#define MOSQUITTO_LIBCOMMON_STRING_H

#include <mosquitto/defs.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A sentence for a number of enum mosq_err_t; for MOSQ_ERR_ERRNO, strerror() of errno; for 128 and
 * above that are none, the text of the reason code.
 */
libmosq_EXPORT const char* mosquitto_strerror(int mosq_errno);

/* A sentence for a return code of CONNACK in MQTT 3.1 and 3.1.1. */
libmosq_EXPORT const char* mosquitto_connack_string(int connack_code);

/* The name of a reason code of MQTT 5.0. */
libmosq_EXPORT const char* mosquitto_reason_string(int reason_code);

/*
 * The number (CMD_) of a packet type by its name, e.g. "publish" or "will", in upper or lower case;
 * of those that a program can give properties for. MOSQ_ERR_INVAL: another, and 0 is stored.
 */
libmosq_EXPORT int mosquitto_string_to_command(const char* str, int* cmd);

#ifdef __cplusplus
}
#endif

#endif
