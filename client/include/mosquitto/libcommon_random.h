/*
 * Random bytes.
 */
#ifndef MOSQUITTO_LIBCOMMON_RANDOM_H
#define MOSQUITTO_LIBCOMMON_RANDOM_H

#include <mosquitto/defs.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Fills count bytes with random numbers that nobody can guess. MOSQ_ERR_UNKNOWN if there are none.
 */
libmosq_EXPORT int mosquitto_getrandom(void* bytes, int count);

#ifdef __cplusplus
}
#endif

#endif
