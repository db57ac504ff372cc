/*
 * Text as MQTT wants it.
 */
#ifndef MOSQUITTO_LIBCOMMON_UTF8_H
#define MOSQUITTO_LIBCOMMON_UTF8_H

#include <mosquitto/defs.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * MOSQ_ERR_SUCCESS if len bytes (0-65536) are UTF-8 for MQTT. MOSQ_ERR_MALFORMED_UTF8 if not:
 * broken or overlong sequences, surrogates, zero bytes, control characters (U+0001-U+001F,
 * U+007F-U+009F), non-characters. MOSQ_ERR_INVAL for another len, or NULL.
 */
libmosq_EXPORT int mosquitto_validate_utf8(const char* str, int len);

#ifdef __cplusplus
}
#endif

#endif
