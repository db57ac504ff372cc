/*
 * Properties of MQTT 5.0 as lists. NULL is the empty list. A list belongs to who made it and is for
 * one thread at a time. Identifiers and types: enum mqtt5_property and enum mqtt5_property_type in
 * mqtt_protocol.h.
 */
#ifndef MOSQUITTO_LIBCOMMON_PROPERTIES_H
#define MOSQUITTO_LIBCOMMON_PROPERTIES_H

#include <mosquitto/defs.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Building. Each function appends to *proplist, which is NULL for a new list; identifier must be of
 * the function's type. On an error the list is as it was.
 */

/* Appends a byte. MOSQ_ERR_INVAL, MOSQ_ERR_NOMEM. */
libmosq_EXPORT int mosquitto_property_add_byte(mosquitto_property** proplist, int identifier,
                                               uint8_t value);
/* Appends a two byte integer. MOSQ_ERR_INVAL, MOSQ_ERR_NOMEM. */
libmosq_EXPORT int mosquitto_property_add_int16(mosquitto_property** proplist, int identifier,
                                                uint16_t value);
/* Appends a four byte integer. MOSQ_ERR_INVAL, MOSQ_ERR_NOMEM. */
libmosq_EXPORT int mosquitto_property_add_int32(mosquitto_property** proplist, int identifier,
                                                uint32_t value);
/* Appends a variable byte integer, 0-268435455. MOSQ_ERR_INVAL, MOSQ_ERR_NOMEM. */
libmosq_EXPORT int mosquitto_property_add_varint(mosquitto_property** proplist, int identifier,
                                                 uint32_t value);
/* Appends len bytes, copied; value may be NULL when that is 0. MOSQ_ERR_INVAL, MOSQ_ERR_NOMEM. */
libmosq_EXPORT int mosquitto_property_add_binary(mosquitto_property** proplist, int identifier,
                                                 const void* value, uint16_t len);
/* Appends a string, copied; NULL is the empty one. MOSQ_ERR_INVAL, MOSQ_ERR_NOMEM,
   MOSQ_ERR_MALFORMED_UTF8. */
libmosq_EXPORT int mosquitto_property_add_string(mosquitto_property** proplist, int identifier,
                                                 const char* value);
/* Appends a user property, both copied. MOSQ_ERR_INVAL, MOSQ_ERR_NOMEM, MOSQ_ERR_MALFORMED_UTF8. */
libmosq_EXPORT int mosquitto_property_add_string_pair(mosquitto_property** proplist, int identifier,
                                                      const char* name, const char* value);

/*
 * Takes one element out of its list without freeing it; the caller then has it as a list of its
 * own. MOSQ_ERR_INVAL, MOSQ_ERR_NOT_FOUND.
 */
libmosq_EXPORT int mosquitto_property_remove(mosquitto_property** proplist,
                                             const mosquitto_property* property);

/* Copies a list, to be released by mosquitto_property_free_all(). MOSQ_ERR_INVAL, MOSQ_ERR_NOMEM.
 */
libmosq_EXPORT int mosquitto_property_copy_all(mosquitto_property** dest,
                                               const mosquitto_property* src);

/* Frees a list and stores NULL. */
libmosq_EXPORT void mosquitto_property_free_all(mosquitto_property** properties);

/* Frees one element, which is in no list any more, and stores NULL. */
libmosq_EXPORT void mosquitto_property_free(mosquitto_property** property);

/*
 * Walking: mosquitto_property_next() goes through a list, the others look at one element. Pointers
 * are into the element. An element of another type, or NULL, gives 0 or NULL.
 */

libmosq_EXPORT mosquitto_property* mosquitto_property_next(const mosquitto_property* proplist);
libmosq_EXPORT int mosquitto_property_identifier(const mosquitto_property* property);
libmosq_EXPORT int mosquitto_property_type(const mosquitto_property* property);
libmosq_EXPORT uint8_t mosquitto_property_byte_value(const mosquitto_property* property);
libmosq_EXPORT uint16_t mosquitto_property_int16_value(const mosquitto_property* property);
libmosq_EXPORT uint32_t mosquitto_property_int32_value(const mosquitto_property* property);
libmosq_EXPORT uint32_t mosquitto_property_varint_value(const mosquitto_property* property);
libmosq_EXPORT const void* mosquitto_property_binary_value(const mosquitto_property* property);
libmosq_EXPORT uint16_t mosquitto_property_binary_value_length(const mosquitto_property* property);
/* A string, or the value of a user property; and its length in bytes. */
libmosq_EXPORT const char* mosquitto_property_string_value(const mosquitto_property* property);
libmosq_EXPORT uint16_t mosquitto_property_string_value_length(const mosquitto_property* property);
/* The name of a user property; and its length in bytes. */
libmosq_EXPORT const char* mosquitto_property_string_name(const mosquitto_property* property);
libmosq_EXPORT uint16_t mosquitto_property_string_name_length(const mosquitto_property* property);

/*
 * Finding: the first element with this identifier; with skip_first, the second one.
 * Stores its value where the pointers are not NULL, and returns
 * the element; NULL if there is none, or memory is out. To go through all user properties: call
 * with skip_first false, then again and again with the result and skip_first true.
 */

libmosq_EXPORT const mosquitto_property* mosquitto_property_read_byte(
    const mosquitto_property* proplist, int identifier, uint8_t* value, bool skip_first);
libmosq_EXPORT const mosquitto_property* mosquitto_property_read_int16(
    const mosquitto_property* proplist, int identifier, uint16_t* value, bool skip_first);
libmosq_EXPORT const mosquitto_property* mosquitto_property_read_int32(
    const mosquitto_property* proplist, int identifier, uint32_t* value, bool skip_first);
libmosq_EXPORT const mosquitto_property* mosquitto_property_read_varint(
    const mosquitto_property* proplist, int identifier, uint32_t* value, bool skip_first);
/* *value: a new copy of *len bytes, to be released by free(). */
libmosq_EXPORT const mosquitto_property* mosquitto_property_read_binary(
    const mosquitto_property* proplist, int identifier, void** value, uint16_t* len,
    bool skip_first);
/* *value: a new string, to be released by free(). */
libmosq_EXPORT const mosquitto_property* mosquitto_property_read_string(
    const mosquitto_property* proplist, int identifier, char** value, bool skip_first);
/* *name and *value: new strings, to be released by free(). */
libmosq_EXPORT const mosquitto_property* mosquitto_property_read_string_pair(
    const mosquitto_property* proplist, int identifier, char** name, char** value, bool skip_first);

/* Whether packets of this type (CMD_; CMD_WILL for a will) may carry this property.
 * MOSQ_ERR_PROTOCOL if not. */
libmosq_EXPORT int mosquitto_property_check_command(int command, int identifier);

/*
 * Whether a packet of this type may carry this list: MOSQ_ERR_PROTOCOL for a property or a value
 * that does not fit, MOSQ_ERR_DUPLICATE_PROPERTY for one that is there twice (user properties may
 * be).
 */
libmosq_EXPORT int mosquitto_property_check_all(int command, const mosquitto_property* properties);

/* The name of a property, e.g. "topic-alias"; NULL for other numbers. */
libmosq_EXPORT const char* mosquitto_property_identifier_to_string(int identifier);

/* Identifier and type of a property by its name, in upper or lower case. MOSQ_ERR_INVAL: unknown.
 */
libmosq_EXPORT int mosquitto_string_to_property_info(const char* propname, int* identifier,
                                                     int* type);

/*
 * Bytes on the wire: of one element; of a list; of a list with its length before it; of a variable
 * byte integer (1-4, and 5 for what is too large).
 */
libmosq_EXPORT unsigned int mosquitto_property_get_length(const mosquitto_property* property);
libmosq_EXPORT unsigned int mosquitto_property_get_length_all(const mosquitto_property* property);
libmosq_EXPORT unsigned int mosquitto_property_get_remaining_length(
    const mosquitto_property* props);
libmosq_EXPORT unsigned int mosquitto_varint_bytes(uint32_t word);

#ifdef __cplusplus
}
#endif

#endif
