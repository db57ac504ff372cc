/* Numbers as words: every number that has some, and those around. */
#include "show.h"

#include <errno.h>
#include <mosquitto.h>
#include <mqtt_protocol.h>

static void show_command(const char* name) {
    int command = -1;
    const int result = mosquitto_string_to_command(name, &command);
    printf("%s = %d", name, result);
    if (result == MOSQ_ERR_SUCCESS) {
        printf(", %d", command);
    }
    printf("\n");
}

int main(void) {
    static const char* const names[] = {
        "connect",   "CONNACK", "Publish",     "puback",   "pubrec",  "pubrel",   "pubcomp",
        "subscribe", "suback",  "unsubscribe", "UNSUBACK", "pingreq", "pingresp", "disconnect",
        "auth",      "will",    "publis",      "publish ", "",        "reserved"};
    size_t i;
    int number;
    for (number = -4; number <= 26; ++number) {
        /* 17 and 19 to 21 have a text only here. */
        if (number != MOSQ_ERR_ERRNO && number != 17 && (number < 19 || number > 21)) {
            printf("%d: %s\n", number, mosquitto_strerror(number));
        }
    }
    errno = ENOENT;
    SHOW_TEXT(mosquitto_strerror(MOSQ_ERR_ERRNO));
    for (number = -1; number <= 8; ++number) {
        printf("%d: %s\n", number, mosquitto_connack_string(number));
    }
    for (number = -1; number <= 260; ++number) {
        printf("%d: %s\n", number, mosquitto_reason_string(number));
    }
    for (i = 0; i < sizeof names / sizeof *names; ++i) {
        show_command(names[i]);
    }
    return finish();
}
