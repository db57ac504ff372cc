/* The numbers of MQTT under the name that programs of libmosquitto 2.0 include. */
#ifndef MQTT_PROTOCOL_H
#define MQTT_PROTOCOL_H

#include <mosquitto/mqtt_protocol.h>

#endif
