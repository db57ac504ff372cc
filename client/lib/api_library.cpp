/// The library as a whole.

#include "client/include/mosquitto/libmosquitto_create_delete.h"

namespace {

void store(int* place, int value) {
    if (place != nullptr) {
        *place = value;
    }
}

}  // namespace

int mosquitto_lib_version(int* major, int* minor, int* revision) {
    store(major, LIBMOSQUITTO_MAJOR);
    store(minor, LIBMOSQUITTO_MINOR);
    store(revision, LIBMOSQUITTO_REVISION);
    return LIBMOSQUITTO_VERSION_NUMBER;
}

/// Nothing to prepare: OpenSSL readies itself when it is used, and its random source with it.
int mosquitto_lib_init() {
    return MOSQ_ERR_SUCCESS;
}

int mosquitto_lib_cleanup() {
    return MOSQ_ERR_SUCCESS;
}
