/* The C++ interface under the name that programs of libmosquittopp 2.0 include. */
#ifndef MOSQUITTOPP_H
#define MOSQUITTOPP_H

#include <mosquitto/libmosquittopp.h>

#endif
