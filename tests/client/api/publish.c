/* Publishing: what is refused, what is acknowledged, and what waits for a connection. */
#include "session.h"

#include <mqtt_protocol.h>

static struct counts counts;

static void on_connect(struct mosquitto* client, void* data, int rc) {
    (void)client;
    (void)data;
    printf("connect %d\n", rc);
    ++counts.connects;
}

static void on_publish(struct mosquitto* client, void* data, int mid) {
    (void)client;
    (void)data;
    printf("publish %d\n", mid);
}

static void on_publish_v5(struct mosquitto* client, void* data, int mid, int reason,
                          const mosquitto_property* properties) {
    (void)client;
    (void)data;
    printf("publish v5 %d %d %s\n", mid, reason,
           properties == NULL ? "no properties" : "properties");
    ++counts.publishes;
}

static struct mosquitto* make(const char* id, int version) {
    struct mosquitto* client = mosquitto_new(id, true, NULL);
    mosquitto_connect_callback_set(client, on_connect);
    mosquitto_publish_callback_set(client, on_publish);
    mosquitto_publish_v5_callback_set(client, on_publish_v5);
    mosquitto_int_option(client, MOSQ_OPT_PROTOCOL_VERSION, version);
    memset(&counts, 0, sizeof counts);
    return client;
}

static void show_wrong(struct mosquitto* client) {
    int mid = -1;
    SHOW_INT(mosquitto_publish(NULL, &mid, "a", 1, "x", 0, false));
    SHOW_INT(mosquitto_publish(client, &mid, NULL, 1, "x", 0, false));
    SHOW_INT(mosquitto_publish(client, &mid, "", 1, "x", 0, false));
    SHOW_INT(mosquitto_publish(client, &mid, "a/+", 1, "x", 0, false));
    SHOW_INT(mosquitto_publish(client, &mid, "a/#", 1, "x", 0, false));
    SHOW_INT(mosquitto_publish(client, &mid, "\xC3", 1, "x", 0, false));
    SHOW_INT(mosquitto_publish(client, &mid, "a", -1, "x", 0, false));
    SHOW_INT(mosquitto_publish(client, &mid, "a", 268435456, "x", 0, false));
    SHOW_INT(mosquitto_publish(client, &mid, "a", 1, "x", -1, false));
    SHOW_INT(mosquitto_publish(client, &mid, "a", 1, "x", 3, false));
    SHOW_INT(mid);
}

static void show_one(struct mosquitto* client, const char* payload, int qos) {
    int mid = -1;
    const int before = counts.publishes;
    printf("qos %d: %d", qos,
           mosquitto_publish(client, &mid, "a/b", (int)strlen(payload), payload, qos, false));
    printf(", mid %d\n", mid);
    run_until(client, &counts.publishes, before + 1);
}

static void show_publishing(int port, int version) {
    struct mosquitto* client = make("publisher", version);
    int qos;
    printf("version %d\n", version);
    show_wrong(client);
    SHOW_INT(mosquitto_connect(client, "127.0.0.1", port, 60));
    run_until(client, &counts.connects, 1);
    show_wrong(client);
    for (qos = 0; qos < 3; ++qos) {
        show_one(client, "payload", qos);
        show_one(client, "", qos);
    }
    SHOW_INT(mosquitto_publish(client, NULL, "a", 0, NULL, 1, true));
    run_until(client, &counts.publishes, 7);
    SHOW_INT(mosquitto_disconnect(client));
    mosquitto_destroy(client);
}

/* Before the connection: QoS 0 is lost, the others are sent when it is there, one after the other.
 */
static void show_waiting(int port) {
    struct mosquitto* client = make("early", MQTT_PROTOCOL_V311);
    int i;
    SHOW_INT(mosquitto_max_inflight_messages_set(client, 1));
    for (i = 0; i < 9; ++i) {
        int mid = -1;
        const int result = mosquitto_publish(client, &mid, "a", 1, "x", i % 3, false);
        printf("qos %d: %d, mid %d\n", i % 3, result, mid);
    }
    SHOW_INT(mosquitto_connect(client, "127.0.0.1", port, 60));
    run_until(client, &counts.publishes, 6);
    mosquitto_destroy(client);
}

static void show_properties(int port) {
    struct mosquitto* client = make("v5", MQTT_PROTOCOL_V5);
    mosquitto_property* list = NULL;
    int mid = -1;
    SHOW_INT(mosquitto_connect(client, "127.0.0.1", port, 60));
    run_until(client, &counts.connects, 1);
    mosquitto_property_add_string_pair(&list, MQTT_PROP_USER_PROPERTY, "a", "b");
    mosquitto_property_add_string(&list, MQTT_PROP_CONTENT_TYPE, "text");
    SHOW_INT(mosquitto_publish_v5(client, &mid, "a", 1, "x", 1, false, list));
    run_until(client, &counts.publishes, 1);
    mosquitto_property_add_string(&list, MQTT_PROP_CONTENT_TYPE, "text");
    SHOW_INT(mosquitto_publish_v5(client, &mid, "a", 1, "x", 1, false, list));
    mosquitto_property_free_all(&list);
    mosquitto_property_add_int16(&list, MQTT_PROP_RECEIVE_MAXIMUM, 1);
    SHOW_INT(mosquitto_publish_v5(client, &mid, "a", 1, "x", 1, false, list));
    mosquitto_property_free_all(&list);
    SHOW_INT(mosquitto_publish_v5(client, &mid, NULL, 1, "x", 1, false, NULL));
    mosquitto_property_add_int16(&list, MQTT_PROP_TOPIC_ALIAS, 1);
    SHOW_INT(mosquitto_publish_v5(client, &mid, "a", 1, "x", 1, false, list));
    SHOW_INT(mosquitto_publish_v5(client, &mid, NULL, 1, "x", 1, false, list));
    run_until(client, &counts.publishes, 3);
    mosquitto_property_free_all(&list);
    mosquitto_destroy(client);

    client = make("v311", MQTT_PROTOCOL_V311);
    mosquitto_property_add_string(&list, MQTT_PROP_CONTENT_TYPE, "text");
    SHOW_INT(mosquitto_publish_v5(client, &mid, "a", 1, "x", 1, false, list));
    mosquitto_property_free_all(&list);
    mosquitto_destroy(client);
}

int main(int argc, char** argv) {
    const int port = port_of(argc, argv);
    mosquitto_lib_init();
    show_publishing(port, MQTT_PROTOCOL_V31);
    show_publishing(port, MQTT_PROTOCOL_V311);
    show_publishing(port, MQTT_PROTOCOL_V5);
    show_waiting(port);
    show_properties(port);
    mosquitto_lib_cleanup();
    return finish();
}
