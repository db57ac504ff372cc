/*
 * Memory with a count and a limit. These functions count what a program takes by them; memory that
 * the library gives to a program is not counted and is plain malloc(). Thread safe.
 */
#ifndef MOSQUITTO_LIBCOMMON_MEMORY_H
#define MOSQUITTO_LIBCOMMON_MEMORY_H

#include <mosquitto/defs.h>

#ifdef __cplusplus
extern "C" {
#endif

/* As calloc(), malloc(), realloc(), strdup(), strndup(); NULL also beyond the limit. */
libmosq_EXPORT void* mosquitto_calloc(size_t nmemb, size_t size);
libmosq_EXPORT void* mosquitto_malloc(size_t size);
libmosq_EXPORT void* mosquitto_realloc(void* ptr, size_t size);
libmosq_EXPORT char* mosquitto_strdup(const char* s);
libmosq_EXPORT char* mosquitto_strndup(const char* s, size_t n);

/* As free(), for memory of the functions above. */
libmosq_EXPORT void mosquitto_free(void* mem);

/* The most bytes that may be taken at once; 0 (default): no limit. */
libmosq_EXPORT void mosquitto_memory_set_limit(size_t lim);

/* Bytes that are taken now, as the allocator rounds them. */
libmosq_EXPORT unsigned long mosquitto_memory_used(void);

/* The most bytes that were ever taken at once. */
libmosq_EXPORT unsigned long mosquitto_max_memory_used(void);

#ifdef __cplusplus
}
#endif

#endif
