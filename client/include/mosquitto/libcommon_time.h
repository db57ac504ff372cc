/*
 * Clocks.
 */
#ifndef MOSQUITTO_LIBCOMMON_TIME_H
#define MOSQUITTO_LIBCOMMON_TIME_H

#include <mosquitto/defs.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Chooses the clock of mosquitto_time(): one that goes on while the machine sleeps, if there is
 * one. Needs not be called.
 */
libmosq_EXPORT void mosquitto_time_init(void);

/* Seconds of a clock that nobody sets back; its zero means nothing. */
libmosq_EXPORT time_t mosquitto_time(void);

/* The date: seconds since 1970 and nanoseconds (0-999999999). */
libmosq_EXPORT void mosquitto_time_ns(time_t* s, long* ns);

/* Below 0, 0 or above 0 as the first time is before, at or after the second one. */
libmosq_EXPORT long mosquitto_time_cmp(time_t t1_s, long t1_ns, time_t t2_s, long t2_ns);

#ifdef __cplusplus
}
#endif

#endif
