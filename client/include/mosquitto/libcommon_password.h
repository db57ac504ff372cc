/*
 * Password hashes, as in a password file.
 */
#ifndef MOSQUITTO_LIBCOMMON_PASSWORD_H
#define MOSQUITTO_LIBCOMMON_PASSWORD_H

#include <mosquitto/defs.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How a password is hashed. */
enum mosquitto_pwhash_type {
    MOSQ_PW_DEFAULT = 0,       /* MOSQ_PW_SHA512_PBKDF2 */
    MOSQ_PW_SHA512 = 6,        /* $6$, one salted SHA-512: old and weak */
    MOSQ_PW_SHA512_PBKDF2 = 7, /* $7$, PBKDF2 with HMAC-SHA-512 */
    MOSQ_PW_ARGON2ID = 8       /* $argon2id$ */
};

/* Parameters for mosquitto_pw_set_param(). */
#define MOSQ_PW_PARAM_ITERATIONS 1

/* A password's hash; its inside is the library's. For one thread at a time. */
struct mosquitto_pw;

/* Makes an object without a hash, to be released by mosquitto_pw_cleanup(). MOSQ_ERR_INVAL,
 * MOSQ_ERR_NOMEM. */
libmosq_EXPORT int mosquitto_pw_new(struct mosquitto_pw** pw, enum mosquitto_pwhash_type hashtype);

/* Releases it. NULL does nothing. */
libmosq_EXPORT void mosquitto_pw_cleanup(struct mosquitto_pw* pw);

/*
 * Hashes a password with a new salt; the object is valid then.
 * MOSQ_ERR_INVAL, MOSQ_ERR_NOMEM, MOSQ_ERR_NOT_SUPPORTED the kind of hash, MOSQ_ERR_UNKNOWN no
 * random bytes.
 */
libmosq_EXPORT int mosquitto_pw_hash_encoded(struct mosquitto_pw* pw, const char* password);

/* The hash as a password file has it; NULL without one. Lives as long as the object keeps this
 * hash. */
libmosq_EXPORT const char* mosquitto_pw_get_encoded(struct mosquitto_pw* pw);

/*
 * Reads a hash as a password file has it; the object is valid then, and of that kind.
 * MOSQ_ERR_INVAL, MOSQ_ERR_NOMEM, MOSQ_ERR_NOT_SUPPORTED the kind of hash.
 */
libmosq_EXPORT int mosquitto_pw_decode(struct mosquitto_pw* pw, const char* encoded_password);

/*
 * MOSQ_ERR_SUCCESS if this is the password, MOSQ_ERR_AUTH if not; takes the same time for every
 * wrong one. MOSQ_ERR_INVAL (also without a hash), MOSQ_ERR_NOMEM, MOSQ_ERR_NOT_SUPPORTED.
 */
libmosq_EXPORT int mosquitto_pw_verify(struct mosquitto_pw* pw, const char* password);

/* Sets MOSQ_PW_PARAM_ITERATIONS of MOSQ_PW_SHA512_PBKDF2, 1-1000000, for the next hash.
 * MOSQ_ERR_INVAL. */
libmosq_EXPORT int mosquitto_pw_set_param(struct mosquitto_pw* pw, int param, int value);

/* Whether the object has a usable hash; and sets that mark, for programs that check hashes their
 * own way. */
libmosq_EXPORT bool mosquitto_pw_is_valid(struct mosquitto_pw* pw);
libmosq_EXPORT void mosquitto_pw_set_valid(struct mosquitto_pw* pw, bool valid);

#ifdef __cplusplus
}
#endif

#endif
