/* Every function that needs no client. */
#ifndef MOSQUITTO_LIBCOMMON_H
#define MOSQUITTO_LIBCOMMON_H

#include <mosquitto/libcommon_base64.h>
#include <mosquitto/libcommon_cjson.h>
#include <mosquitto/libcommon_file.h>
#include <mosquitto/libcommon_memory.h>
#include <mosquitto/libcommon_password.h>
#include <mosquitto/libcommon_properties.h>
#include <mosquitto/libcommon_random.h>
#include <mosquitto/libcommon_string.h>
#include <mosquitto/libcommon_time.h>
#include <mosquitto/libcommon_topic.h>
#include <mosquitto/libcommon_utf8.h>

#endif
