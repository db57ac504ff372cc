/*
 * Properties as JSON, for programs that use the cJSON library. Include <cjson/cJSON.h> to work with
 * the result; this header does not need it.
 */
#ifndef MOSQUITTO_LIBCOMMON_CJSON_H
#define MOSQUITTO_LIBCOMMON_CJSON_H

#include <mosquitto/defs.h>

#ifdef __cplusplus
extern "C" {
#endif

struct cJSON;

/*
 * A list of properties as an array of objects, each with "identifier" (the property's name),
 * "value" and, for a user property, "name"; binary data in hexadecimal digits. To be released by
 * cJSON_Delete() with cJSON's own allocator. NULL for the empty list, and without memory.
 */
libmosq_EXPORT struct cJSON* mosquitto_properties_to_json(const mosquitto_property* properties);

#ifdef __cplusplus
}
#endif

#endif
