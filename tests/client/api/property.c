/* Properties of MQTT 5.0: building lists, finding values, checking, names. */
#include "show.h"

#include <mosquitto.h>
#include <mqtt_protocol.h>

/* All elements of a list, by what the functions for reading say about each. */
static void show_list(const mosquitto_property* list) {
    const mosquitto_property* at;
    for (at = list; at != NULL; at = mosquitto_property_next(at)) {
        const int id = mosquitto_property_identifier(at);
        uint8_t byte = 0;
        uint16_t int16 = 0;
        uint32_t int32 = 0;
        void* data = NULL;
        char* name = NULL;
        char* value = NULL;
        uint16_t length = 0;
        printf("  %d", id);
        if (mosquitto_property_read_byte(at, id, &byte, false)) {
            printf(" byte %u", byte);
        }
        if (mosquitto_property_read_int16(at, id, &int16, false)) {
            printf(" int16 %u", int16);
        }
        if (mosquitto_property_read_int32(at, id, &int32, false)) {
            printf(" int32 %u", (unsigned)int32);
        }
        if (mosquitto_property_read_varint(at, id, &int32, false)) {
            printf(" varint %u", (unsigned)int32);
        }
        if (mosquitto_property_read_binary(at, id, &data, &length, false)) {
            printf(" binary %u '%.*s'", length, (int)length, data == NULL ? "" : (char*)data);
        }
        if (mosquitto_property_read_string(at, id, &value, false)) {
            printf(" string '%s'", value);
            free(value);
            value = NULL;
        }
        if (mosquitto_property_read_string_pair(at, id, &name, &value, false)) {
            printf(" pair '%s' '%s'", name, value);
        }
        printf("\n");
        free(data);
        free(name);
        free(value);
    }
}

/* Each function with each identifier. */
static void show_types(void) {
    int id;
    for (id = 0; id <= 45; ++id) {
        mosquitto_property* list = NULL;
        printf("%d:", id);
        printf(" byte %d", mosquitto_property_add_byte(&list, id, 1));
        printf(" int16 %d", mosquitto_property_add_int16(&list, id, 2));
        printf(" int32 %d", mosquitto_property_add_int32(&list, id, 3));
        printf(" varint %d", mosquitto_property_add_varint(&list, id, 4));
        printf(" binary %d", mosquitto_property_add_binary(&list, id, "bytes", 5));
        printf(" string %d", mosquitto_property_add_string(&list, id, "text"));
        printf(" pair %d\n", mosquitto_property_add_string_pair(&list, id, "name", "value"));
        show_list(list);
        mosquitto_property_free_all(&list);
        SHOW_NULL(list);
    }
}

static void show_names(void) {
    static const char* const names[] = {
        "topic-alias", "TOPIC-ALIAS", "User-Property", "topic_alias", "",
        "topic-alia",  "topic-alias "};
    size_t i;
    int id;
    for (id = -1; id <= 45; ++id) {
        const char* name = mosquitto_property_identifier_to_string(id);
        int back = -1;
        int type = -1;
        printf("%d: %s", id, name == NULL ? "NULL" : name);
        if (name != NULL) {
            const int result = mosquitto_string_to_property_info(name, &back, &type);
            printf(" = %d, %d, type %d", result, back, type);
        }
        printf("\n");
    }
    for (i = 0; i < sizeof names / sizeof *names; ++i) {
        int number = -1;
        int type = -1;
        const int result = mosquitto_string_to_property_info(names[i], &number, &type);
        printf("'%s' = %d", names[i], result);
        if (result == 0) {
            printf(", %d, type %d", number, type);
        }
        printf("\n");
    }
}

/* Each property in each packet. */
static void show_commands(void) {
    static const int commands[] = {CMD_CONNECT, CMD_CONNACK,     CMD_PUBLISH,  CMD_PUBACK,
                                   CMD_PUBREC,  CMD_PUBREL,      CMD_PUBCOMP,  CMD_SUBSCRIBE,
                                   CMD_SUBACK,  CMD_UNSUBSCRIBE, CMD_UNSUBACK, CMD_DISCONNECT,
                                   CMD_AUTH};
    size_t i;
    int id;
    for (i = 0; i < sizeof commands / sizeof *commands; ++i) {
        printf("packet %x:", (unsigned)commands[i]);
        for (id = 0; id <= 45; ++id) {
            printf(" %d", mosquitto_property_check_command(commands[i], id));
        }
        printf("\n");
    }
}

static void show_check(int command, mosquitto_property* list) {
    show_list(list);
    printf("packet %x: %d\n", (unsigned)command, mosquitto_property_check_all(command, list));
    mosquitto_property_free_all(&list);
}

/* Values at the ends of their ranges, duplicates, lists for the wrong packet. */
static void show_checks(void) {
    mosquitto_property* list = NULL;
    int i;
    SHOW_INT(mosquitto_property_check_all(CMD_CONNECT, NULL));
    for (i = 0; i < 3; ++i) {
        list = NULL;
        mosquitto_property_add_int16(&list, MQTT_PROP_RECEIVE_MAXIMUM, (uint16_t)i);
        show_check(CMD_CONNECT, list);
        list = NULL;
        mosquitto_property_add_int16(&list, MQTT_PROP_TOPIC_ALIAS, (uint16_t)i);
        show_check(CMD_PUBLISH, list);
        list = NULL;
        mosquitto_property_add_int32(&list, MQTT_PROP_MAXIMUM_PACKET_SIZE, (uint32_t)i);
        show_check(CMD_CONNECT, list);
        list = NULL;
        mosquitto_property_add_byte(&list, MQTT_PROP_PAYLOAD_FORMAT_INDICATOR, (uint8_t)(i % 2));
        show_check(CMD_PUBLISH, list);
        list = NULL;
        mosquitto_property_add_byte(&list, MQTT_PROP_MAXIMUM_QOS, (uint8_t)i);
        show_check(CMD_CONNACK, list);
        list = NULL;
        mosquitto_property_add_byte(&list, MQTT_PROP_REQUEST_PROBLEM_INFORMATION, (uint8_t)i);
        show_check(CMD_CONNECT, list);
        list = NULL;
        mosquitto_property_add_byte(&list, MQTT_PROP_RETAIN_AVAILABLE, (uint8_t)i);
        show_check(CMD_CONNACK, list);
        list = NULL;
        mosquitto_property_add_int16(&list, MQTT_PROP_TOPIC_ALIAS_MAXIMUM, (uint16_t)i);
        show_check(CMD_CONNECT, list);
        list = NULL;
        mosquitto_property_add_varint(&list, MQTT_PROP_SUBSCRIPTION_IDENTIFIER, (uint32_t)i + 1);
        show_check(CMD_SUBSCRIBE, list);
    }
    list = NULL;
    mosquitto_property_add_string(&list, MQTT_PROP_RESPONSE_TOPIC, "a/b");
    show_check(CMD_PUBLISH, list);
    list = NULL;
    mosquitto_property_add_string_pair(&list, MQTT_PROP_USER_PROPERTY, "a", "1");
    mosquitto_property_add_string_pair(&list, MQTT_PROP_USER_PROPERTY, "a", "1");
    show_check(CMD_PUBLISH, list);
    list = NULL;
    mosquitto_property_add_string(&list, MQTT_PROP_CONTENT_TYPE, "a");
    mosquitto_property_add_string(&list, MQTT_PROP_CONTENT_TYPE, "a");
    show_check(CMD_PUBLISH, list);
    list = NULL;
    mosquitto_property_add_varint(&list, MQTT_PROP_SUBSCRIPTION_IDENTIFIER, 1);
    mosquitto_property_add_varint(&list, MQTT_PROP_SUBSCRIPTION_IDENTIFIER, 2);
    show_check(CMD_PUBLISH, list);
    list = NULL;
    mosquitto_property_add_int32(&list, MQTT_PROP_WILL_DELAY_INTERVAL, 5);
    show_check(CMD_PUBLISH, list);
}

/* Finding the second of a kind, and going on from there. */
static void show_finding(void) {
    mosquitto_property* list = NULL;
    mosquitto_property* copy = NULL;
    const mosquitto_property* at;
    char* name = NULL;
    char* value = NULL;
    uint8_t byte = 0;
    bool again = false;
    mosquitto_property_add_byte(&list, MQTT_PROP_PAYLOAD_FORMAT_INDICATOR, 1);
    mosquitto_property_add_string_pair(&list, MQTT_PROP_USER_PROPERTY, "a", "1");
    mosquitto_property_add_string(&list, MQTT_PROP_CONTENT_TYPE, "text");
    mosquitto_property_add_string_pair(&list, MQTT_PROP_USER_PROPERTY, "b", "");
    mosquitto_property_add_string_pair(&list, MQTT_PROP_USER_PROPERTY, "", "3");
    mosquitto_property_add_binary(&list, MQTT_PROP_CORRELATION_DATA, "", 0);
    SHOW_INT(mosquitto_property_copy_all(&copy, list));
    SHOW_INT(mosquitto_property_copy_all(NULL, list));
    mosquitto_property_free_all(&list);
    show_list(copy);
    at = copy;
    while ((at = mosquitto_property_read_string_pair(at, MQTT_PROP_USER_PROPERTY, &name, &value,
                                                     again)) != NULL) {
        printf("'%s' '%s'\n", name, value);
        free(name);
        free(value);
        name = NULL;
        value = NULL;
        again = true;
    }
    SHOW_NULL(mosquitto_property_read_byte(copy, MQTT_PROP_PAYLOAD_FORMAT_INDICATOR, &byte, true));
    SHOW_NULL(mosquitto_property_read_byte(copy, MQTT_PROP_PAYLOAD_FORMAT_INDICATOR, NULL, false));
    SHOW_NULL(mosquitto_property_read_byte(copy, MQTT_PROP_MAXIMUM_QOS, &byte, false));
    SHOW_NULL(mosquitto_property_read_byte(copy, MQTT_PROP_USER_PROPERTY, &byte, false));
    SHOW_NULL(mosquitto_property_read_byte(NULL, MQTT_PROP_MAXIMUM_QOS, &byte, false));
    mosquitto_property_free_all(&copy);
    SHOW_INT(mosquitto_property_copy_all(&copy, NULL));
    SHOW_NULL(copy);
    SHOW_INT(mosquitto_property_identifier(NULL));
    SHOW_NULL(mosquitto_property_next(NULL));
}

int main(void) {
    mosquitto_property* list = NULL;
    show_types();
    show_names();
    show_commands();
    show_checks();
    show_finding();
    SHOW_INT(mosquitto_property_add_byte(NULL, MQTT_PROP_MAXIMUM_QOS, 1));
    SHOW_INT(mosquitto_property_add_varint(&list, MQTT_PROP_SUBSCRIPTION_IDENTIFIER, 268435455));
    SHOW_INT(mosquitto_property_add_varint(&list, MQTT_PROP_SUBSCRIPTION_IDENTIFIER, 268435456));
    SHOW_INT(mosquitto_property_add_string(&list, MQTT_PROP_CONTENT_TYPE, "\xC3"));
    SHOW_INT(mosquitto_property_add_string(&list, MQTT_PROP_CONTENT_TYPE, "\x01"));
    SHOW_INT(mosquitto_property_add_string(&list, MQTT_PROP_CONTENT_TYPE, NULL));
    SHOW_INT(mosquitto_property_add_string_pair(&list, MQTT_PROP_USER_PROPERTY, "\xC3", "a"));
    show_list(list);
    mosquitto_property_free_all(&list);
    return finish();
}
