/* Properties as JSON, printed by the cJSON library of the program. */
#include "show.h"

#include <cjson/cJSON.h>
#include <mosquitto.h>

int main(void) {
    static const char expected[] =
        "[{\"identifier\":\"topic-alias\",\"value\":258},"
        "{\"identifier\":\"correlation-data\",\"value\":\"6100ff\"},"
        "{\"identifier\":\"content-type\",\"value\":\"a \\\"b\\\"\"},"
        "{\"identifier\":\"user-property\",\"name\":\"n\",\"value\":\"v\"}]";
    mosquitto_property* list = NULL;
    cJSON* json;
    char* text;
    mosquitto_property_add_int16(&list, MQTT_PROP_TOPIC_ALIAS, 258);
    mosquitto_property_add_binary(&list, MQTT_PROP_CORRELATION_DATA, "a\0\xFF", 3);
    mosquitto_property_add_string(&list, MQTT_PROP_CONTENT_TYPE, "a \"b\"");
    mosquitto_property_add_string_pair(&list, MQTT_PROP_USER_PROPERTY, "n", "v");
    json = mosquitto_properties_to_json(list);
    text = cJSON_PrintUnformatted(json);
    printf("%s\n", text);
    CHECK(strcmp(text, expected) == 0);
    free(text);
    cJSON_Delete(json);
    mosquitto_property_free_all(&list);
    CHECK(mosquitto_properties_to_json(NULL) == NULL);
    return finish();
}
