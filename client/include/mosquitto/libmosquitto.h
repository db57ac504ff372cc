/* Every function that works on a client, and the library as a whole. */
#ifndef MOSQUITTO_LIBMOSQUITTO_H
#define MOSQUITTO_LIBMOSQUITTO_H

#include <mosquitto/libmosquitto_auth.h>
#include <mosquitto/libmosquitto_callbacks.h>
#include <mosquitto/libmosquitto_connect.h>
#include <mosquitto/libmosquitto_create_delete.h>
#include <mosquitto/libmosquitto_helpers.h>
#include <mosquitto/libmosquitto_loop.h>
#include <mosquitto/libmosquitto_message.h>
#include <mosquitto/libmosquitto_options.h>
#include <mosquitto/libmosquitto_publish.h>
#include <mosquitto/libmosquitto_socks.h>
#include <mosquitto/libmosquitto_subscribe.h>
#include <mosquitto/libmosquitto_tls.h>
#include <mosquitto/libmosquitto_unsubscribe.h>
#include <mosquitto/libmosquitto_will.h>

#endif
