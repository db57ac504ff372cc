/*
 * Base64: standard alphabet, filled up with "=", no line breaks.
 */
#ifndef MOSQUITTO_LIBCOMMON_BASE64_H
#define MOSQUITTO_LIBCOMMON_BASE64_H

#include <mosquitto/defs.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Encodes in_len bytes into a new string, to be released by free(). 0, or 1 for an error. */
libmosq_EXPORT int mosquitto_base64_encode(const unsigned char* in, size_t in_len, char** encoded);

/* Decodes a string into *decoded_len new bytes, to be released by free(). 0, or 1 for an error. */
libmosq_EXPORT int mosquitto_base64_decode(const char* in, unsigned char** decoded,
                                           unsigned int* decoded_len);

#ifdef __cplusplus
}
#endif

#endif
