/*
 * Files.
 */
#ifndef MOSQUITTO_LIBCOMMON_FILE_H
#define MOSQUITTO_LIBCOMMON_FILE_H

#include <mosquitto/defs.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * As fopen(), for regular files only. With restrict_read, for files with secrets: a new file gets
 * mode 0600; a symbolic link is refused (unless the environment has
 * MOSQUITTO_UNSAFE_ALLOW_SYMLINKS), and so is writing over a file that exists; a file of another
 * owner or group, or that others may read, gets a warning on standard error. NULL with errno.
 */
libmosq_EXPORT FILE* mosquitto_fopen(const char* path, const char* mode, bool restrict_read);

/*
 * Reads a line of any length, its newline included, into *buf, a malloc()ed buffer of *buflen bytes
 * that grows as needed. Returns *buf, or NULL at the end of the file, on an error, or for a line
 * with a zero byte.
 */
libmosq_EXPORT char* mosquitto_fgets(char** buf, int* buflen, FILE* stream);

/*
 * Writes a file so that readers see the old or the new content, never a part, also after a power
 * cut: calls write_fn(file, user_data) for a file named target_path + ".new", and renames that.
 * write_fn returns 0, or anything else to keep the old file. log_fn, unless NULL, gets a sentence
 * on what went wrong. MOSQ_ERR_INVAL, MOSQ_ERR_NOMEM, MOSQ_ERR_ERRNO, or what write_fn returned.
 */
libmosq_EXPORT int mosquitto_write_file(const char* target_path, bool restrict_read,
                                        int (*write_fn)(FILE* fptr, void* user_data),
                                        void* user_data, void (*log_fn)(const char* msg));

/*
 * Reads a whole file into *buf, to be released by free(); a zero byte follows that is not counted
 * in *buflen (which may be NULL). MOSQ_ERR_INVAL, MOSQ_ERR_NOMEM, MOSQ_ERR_ERRNO.
 */
libmosq_EXPORT int mosquitto_read_file(const char* file, bool restrict_read, char** buf,
                                       size_t* buflen);

/*
 * Takes white space off both ends of a string: cuts the end off in place and returns a pointer to
 * the first other character. NULL for NULL.
 */
libmosq_EXPORT char* mosquitto_trimblanks(char* str);

#ifdef __cplusplus
}
#endif

#endif
