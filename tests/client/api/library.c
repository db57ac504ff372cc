/* The library as a whole. */
#include "show.h"

#include <mosquitto.h>

int main(void) {
    int major = -1;
    int minor = -1;
    int revision = -1;
    const int number = mosquitto_lib_version(&major, &minor, &revision);
    SHOW_INT(number == major * 1000000 + minor * 1000 + revision);
    SHOW_INT(number == LIBMOSQUITTO_VERSION_NUMBER || major == 2);
    SHOW_INT(major);
    SHOW_INT(mosquitto_lib_version(NULL, NULL, NULL) == number);
    SHOW_INT(mosquitto_lib_init());
    SHOW_INT(mosquitto_lib_init());
    SHOW_INT(mosquitto_lib_cleanup());
    SHOW_INT(mosquitto_lib_cleanup());
    return finish();
}
