/* What libmosquitto 2.1 added about properties. */
#include "show.h"

#include <mosquitto.h>

static void check_values(void) {
    mosquitto_property* list = NULL;
    const mosquitto_property* at;
    mosquitto_property_add_byte(&list, MQTT_PROP_MAXIMUM_QOS, 1);
    mosquitto_property_add_int16(&list, MQTT_PROP_TOPIC_ALIAS, 258);
    mosquitto_property_add_int32(&list, MQTT_PROP_MESSAGE_EXPIRY_INTERVAL, 70000);
    mosquitto_property_add_varint(&list, MQTT_PROP_SUBSCRIPTION_IDENTIFIER, 300);
    mosquitto_property_add_binary(&list, MQTT_PROP_CORRELATION_DATA, "a\0b", 3);
    mosquitto_property_add_string(&list, MQTT_PROP_CONTENT_TYPE, "text");
    mosquitto_property_add_string_pair(&list, MQTT_PROP_USER_PROPERTY, "name", "value");

    at = list;
    CHECK(mosquitto_property_type(at) == MQTT_PROP_TYPE_BYTE);
    CHECK(mosquitto_property_byte_value(at) == 1);
    CHECK(mosquitto_property_int16_value(at) == 0);
    CHECK(mosquitto_property_get_length(at) == 2);
    at = mosquitto_property_next(at);
    CHECK(mosquitto_property_type(at) == MQTT_PROP_TYPE_INT16);
    CHECK(mosquitto_property_int16_value(at) == 258);
    CHECK(mosquitto_property_byte_value(at) == 0);
    CHECK(mosquitto_property_get_length(at) == 3);
    at = mosquitto_property_next(at);
    CHECK(mosquitto_property_type(at) == MQTT_PROP_TYPE_INT32);
    CHECK(mosquitto_property_int32_value(at) == 70000);
    CHECK(mosquitto_property_varint_value(at) == 0);
    CHECK(mosquitto_property_get_length(at) == 5);
    at = mosquitto_property_next(at);
    CHECK(mosquitto_property_type(at) == MQTT_PROP_TYPE_VARINT);
    CHECK(mosquitto_property_varint_value(at) == 300);
    CHECK(mosquitto_property_int32_value(at) == 0);
    CHECK(mosquitto_property_get_length(at) == 3);
    at = mosquitto_property_next(at);
    CHECK(mosquitto_property_type(at) == MQTT_PROP_TYPE_BINARY);
    CHECK(mosquitto_property_binary_value_length(at) == 3);
    CHECK(memcmp(mosquitto_property_binary_value(at), "a\0b", 3) == 0);
    CHECK(mosquitto_property_string_value(at) == NULL);
    CHECK(mosquitto_property_string_value_length(at) == 0);
    CHECK(mosquitto_property_get_length(at) == 6);
    at = mosquitto_property_next(at);
    CHECK(mosquitto_property_type(at) == MQTT_PROP_TYPE_STRING);
    CHECK(strcmp(mosquitto_property_string_value(at), "text") == 0);
    CHECK(mosquitto_property_string_value_length(at) == 4);
    CHECK(mosquitto_property_string_name(at) == NULL);
    CHECK(mosquitto_property_string_name_length(at) == 0);
    CHECK(mosquitto_property_binary_value(at) == NULL);
    CHECK(mosquitto_property_binary_value_length(at) == 0);
    CHECK(mosquitto_property_get_length(at) == 7);
    at = mosquitto_property_next(at);
    CHECK(mosquitto_property_type(at) == MQTT_PROP_TYPE_STRING_PAIR);
    CHECK(strcmp(mosquitto_property_string_name(at), "name") == 0);
    CHECK(mosquitto_property_string_name_length(at) == 4);
    CHECK(strcmp(mosquitto_property_string_value(at), "value") == 0);
    CHECK(mosquitto_property_string_value_length(at) == 5);
    CHECK(mosquitto_property_get_length(at) == 14);
    CHECK(mosquitto_property_next(at) == NULL);

    CHECK(mosquitto_property_get_length_all(list) == 40);
    CHECK(mosquitto_property_get_remaining_length(list) == 41);
    mosquitto_property_free_all(&list);
}

static void check_nothing(void) {
    mosquitto_property* none = NULL;
    CHECK(mosquitto_property_type(NULL) == 0);
    CHECK(mosquitto_property_byte_value(NULL) == 0);
    CHECK(mosquitto_property_int16_value(NULL) == 0);
    CHECK(mosquitto_property_int32_value(NULL) == 0);
    CHECK(mosquitto_property_varint_value(NULL) == 0);
    CHECK(mosquitto_property_binary_value(NULL) == NULL);
    CHECK(mosquitto_property_string_value(NULL) == NULL);
    CHECK(mosquitto_property_string_name(NULL) == NULL);
    CHECK(mosquitto_property_get_length(NULL) == 0);
    CHECK(mosquitto_property_get_length_all(NULL) == 0);
    CHECK(mosquitto_property_get_remaining_length(NULL) == 1);
    mosquitto_property_free(&none);
    mosquitto_property_free(NULL);
}

static void check_removing(void) {
    mosquitto_property* list = NULL;
    mosquitto_property* middle;
    mosquitto_property* first;
    mosquitto_property_add_int16(&list, MQTT_PROP_TOPIC_ALIAS, 1);
    mosquitto_property_add_int16(&list, MQTT_PROP_TOPIC_ALIAS, 2);
    mosquitto_property_add_int16(&list, MQTT_PROP_TOPIC_ALIAS, 3);
    first = list;
    middle = mosquitto_property_next(list);
    CHECK(mosquitto_property_remove(&list, middle) == MOSQ_ERR_SUCCESS);
    CHECK(mosquitto_property_next(middle) == NULL);
    CHECK(mosquitto_property_int16_value(mosquitto_property_next(list)) == 3);
    CHECK(mosquitto_property_remove(&list, middle) == MOSQ_ERR_NOT_FOUND);
    CHECK(mosquitto_property_remove(&list, NULL) == MOSQ_ERR_INVAL);
    CHECK(mosquitto_property_remove(NULL, middle) == MOSQ_ERR_INVAL);
    CHECK(mosquitto_property_remove(&list, first) == MOSQ_ERR_SUCCESS);
    CHECK(mosquitto_property_int16_value(list) == 3);
    mosquitto_property_free(&middle);
    CHECK(middle == NULL);
    mosquitto_property_free(&first);
    mosquitto_property_free_all(&list);
}

/* Where libmosquitto 2.0 leaves a pointer that is none, or crashes. */
static void check_mended(void) {
    struct mosquitto_message* message = (struct mosquitto_message*)calloc(1, sizeof *message);
    mosquitto_property* list = NULL;
    mosquitto_property* copy = NULL;
    char* text = NULL;
    /* Values that MQTT forbids, and properties where it has none. */
    CHECK(mosquitto_property_add_string_pair(&list, MQTT_PROP_USER_PROPERTY, "a", "\xC3") ==
          MOSQ_ERR_MALFORMED_UTF8);
    CHECK(list == NULL);
    CHECK(mosquitto_property_check_command(CMD_PINGREQ, MQTT_PROP_USER_PROPERTY) ==
          MOSQ_ERR_PROTOCOL);
    CHECK(mosquitto_property_check_command(CMD_PINGRESP, MQTT_PROP_REASON_STRING) ==
          MOSQ_ERR_PROTOCOL);
    CHECK(mosquitto_property_check_command(CMD_WILL, MQTT_PROP_REASON_STRING) == MOSQ_ERR_PROTOCOL);
    CHECK(mosquitto_property_check_command(CMD_WILL, MQTT_PROP_WILL_DELAY_INTERVAL) ==
          MOSQ_ERR_SUCCESS);
    mosquitto_property_add_varint(&list, MQTT_PROP_SUBSCRIPTION_IDENTIFIER, 0);
    CHECK(mosquitto_property_check_all(CMD_SUBSCRIBE, list) == MOSQ_ERR_PROTOCOL);
    mosquitto_property_free_all(&list);
    mosquitto_property_add_byte(&list, MQTT_PROP_PAYLOAD_FORMAT_INDICATOR, 2);
    CHECK(mosquitto_property_check_all(CMD_PUBLISH, list) == MOSQ_ERR_PROTOCOL);
    mosquitto_property_free_all(&list);
    mosquitto_property_add_string(&list, MQTT_PROP_RESPONSE_TOPIC, "a/#");
    CHECK(mosquitto_property_check_all(CMD_PUBLISH, list) == MOSQ_ERR_PROTOCOL);
    mosquitto_property_free_all(&list);
    mosquitto_message_free(&message);
    CHECK(message == NULL);
    mosquitto_message_free(&message);
    mosquitto_property_add_string(&list, MQTT_PROP_CONTENT_TYPE, "");
    CHECK(mosquitto_property_copy_all(&copy, list) == MOSQ_ERR_SUCCESS);
    CHECK(mosquitto_property_read_string(copy, MQTT_PROP_CONTENT_TYPE, &text, false) != NULL);
    CHECK(text != NULL && text[0] == '\0');
    free(text);
    mosquitto_property_free_all(&list);
    mosquitto_property_free_all(&copy);
}

int main(void) {
    check_mended();
    check_values();
    check_nothing();
    check_removing();
    CHECK(mosquitto_varint_bytes(0) == 1);
    CHECK(mosquitto_varint_bytes(127) == 1);
    CHECK(mosquitto_varint_bytes(128) == 2);
    CHECK(mosquitto_varint_bytes(16383) == 2);
    CHECK(mosquitto_varint_bytes(16384) == 3);
    CHECK(mosquitto_varint_bytes(2097151) == 3);
    CHECK(mosquitto_varint_bytes(2097152) == 4);
    CHECK(mosquitto_varint_bytes(268435455) == 4);
    CHECK(mosquitto_varint_bytes(268435456) == 5);
    return finish();
}
