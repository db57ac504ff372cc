/* Connecting, being refused, leaving, connecting again. */
#include "session.h"

#include <mqtt_protocol.h>

static struct counts counts;

static void on_connect(struct mosquitto* client, void* data, int rc) {
    (void)client;
    printf("connect %d, data %d\n", rc, *(int*)data);
}

static void on_connect_with_flags(struct mosquitto* client, void* data, int rc, int flags) {
    (void)client;
    (void)data;
    printf("connect with flags %d %d\n", rc, flags);
}

static void on_connect_v5(struct mosquitto* client, void* data, int rc, int flags,
                          const mosquitto_property* properties) {
    (void)client;
    (void)data;
    printf("connect v5 %d %d %s\n", rc, flags, properties == NULL ? "no properties" : "properties");
    ++counts.connects;
}

static void on_disconnect(struct mosquitto* client, void* data, int rc) {
    (void)data;
    printf("disconnect %d, socket %d\n", rc, mosquitto_socket(client));
}

static void on_disconnect_v5(struct mosquitto* client, void* data, int rc,
                             const mosquitto_property* properties) {
    (void)client;
    (void)data;
    printf("disconnect v5 %d %s\n", rc, properties == NULL ? "no properties" : "properties");
    ++counts.disconnects;
}

static struct mosquitto* make(const char* id, bool clean_session, int version) {
    static int data = 42;
    struct mosquitto* client = mosquitto_new(id, clean_session, &data);
    mosquitto_connect_callback_set(client, on_connect);
    mosquitto_connect_with_flags_callback_set(client, on_connect_with_flags);
    mosquitto_connect_v5_callback_set(client, on_connect_v5);
    mosquitto_disconnect_callback_set(client, on_disconnect);
    mosquitto_disconnect_v5_callback_set(client, on_disconnect_v5);
    mosquitto_int_option(client, MOSQ_OPT_PROTOCOL_VERSION, version);
    memset(&counts, 0, sizeof counts);
    return client;
}

static void show_wrong(int port) {
    struct mosquitto* client = make("wrong", true, MQTT_PROTOCOL_V311);
    mosquitto_property* list = NULL;
    SHOW_INT(mosquitto_connect(client, NULL, port, 60));
    SHOW_INT(mosquitto_connect(client, "127.0.0.1", -1, 60));
    SHOW_INT(mosquitto_connect(client, "127.0.0.1", 65536, 60));
    SHOW_INT(mosquitto_connect(client, "127.0.0.1", port, -1));
    SHOW_INT(mosquitto_connect(client, "127.0.0.1", port, 1));
    SHOW_INT(mosquitto_connect(client, "127.0.0.1", port, 65536));
    SHOW_INT(mosquitto_connect(client, "127.0.0.1", 1, 60));
    SHOW_INT(mosquitto_connect(client, "name.invalid", port, 60));
    SHOW_INT(mosquitto_connect_bind(client, "127.0.0.1", port, 60, "192.0.2.1"));
    mosquitto_property_add_int16(&list, MQTT_PROP_RECEIVE_MAXIMUM, 10);
    SHOW_INT(mosquitto_connect_bind_v5(client, "127.0.0.1", port, 60, NULL, list));
    SHOW_INT(mosquitto_int_option(client, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5));
    mosquitto_property_add_int16(&list, MQTT_PROP_RECEIVE_MAXIMUM, 10);
    SHOW_INT(mosquitto_connect_bind_v5(client, "127.0.0.1", port, 60, NULL, list));
    mosquitto_property_free_all(&list);
    mosquitto_property_add_int16(&list, MQTT_PROP_TOPIC_ALIAS, 10);
    SHOW_INT(mosquitto_connect_bind_v5(client, "127.0.0.1", port, 60, NULL, list));
    mosquitto_property_free_all(&list);
    mosquitto_destroy(client);
    client = make("wrong", true, MQTT_PROTOCOL_V311);
    SHOW_INT(mosquitto_reconnect(client));
    SHOW_INT(mosquitto_reconnect_async(client));
    SHOW_INT(mosquitto_disconnect(client));
    mosquitto_destroy(client);
}

/* A whole life with each protocol version. */
static void show_life(int port, int version) {
    struct mosquitto* client = make("life", false, version);
    printf("version %d\n", version);
    SHOW_INT(mosquitto_connect(client, "127.0.0.1", port, 60));
    SHOW_INT(mosquitto_socket(client) >= 0);
    run_until(client, &counts.connects, 1);
    SHOW_INT(mosquitto_disconnect(client));
    run_until(client, &counts.disconnects, 1);
    SHOW_INT(mosquitto_socket(client));
    SHOW_INT(mosquitto_loop(client, 10, 1));
    SHOW_INT(mosquitto_reconnect(client));
    run_until(client, &counts.connects, 2);
    SHOW_INT(mosquitto_disconnect_v5(client, 4, NULL));
    run_until(client, &counts.disconnects, 2);
    mosquitto_destroy(client);
    client = make("life", true, version);
    SHOW_INT(mosquitto_connect_bind(client, "localhost", port, 0, "127.0.0.1"));
    run_until(client, &counts.connects, 1);
    SHOW_INT(mosquitto_disconnect(client));
    run_until(client, &counts.disconnects, 1);
    mosquitto_destroy(client);
}

static void show_later(int port) {
    struct mosquitto* client = make(NULL, true, MQTT_PROTOCOL_V311);
    SHOW_INT(mosquitto_connect_async(client, "127.0.0.1", port, 60));
    run_until(client, &counts.connects, 1);
    SHOW_INT(mosquitto_disconnect(client));
    run_until(client, &counts.disconnects, 1);
    SHOW_INT(mosquitto_reconnect_async(client));
    run_until(client, &counts.connects, 2);
    SHOW_INT(mosquitto_disconnect(client));
    run_until(client, &counts.disconnects, 2);
    SHOW_INT(mosquitto_connect_bind_async(client, "127.0.0.1", port, 60, "127.0.0.1"));
    run_until(client, &counts.connects, 3);
    mosquitto_destroy(client);
}

static void show_properties(int port) {
    struct mosquitto* client = make("v5", false, MQTT_PROTOCOL_V5);
    mosquitto_property* list = NULL;
    mosquitto_property_add_int32(&list, MQTT_PROP_SESSION_EXPIRY_INTERVAL, 100);
    SHOW_INT(mosquitto_connect_bind_v5(client, "127.0.0.1", port, 60, NULL, list));
    mosquitto_property_free_all(&list);
    run_until(client, &counts.connects, 1);
    mosquitto_property_add_int16(&list, MQTT_PROP_TOPIC_ALIAS, 1);
    SHOW_INT(mosquitto_disconnect_v5(client, 0, list));
    mosquitto_property_free_all(&list);
    mosquitto_property_add_int32(&list, MQTT_PROP_SESSION_EXPIRY_INTERVAL, 0);
    SHOW_INT(mosquitto_disconnect_v5(client, 0, list));
    mosquitto_property_free_all(&list);
    run_until(client, &counts.disconnects, 1);
    mosquitto_destroy(client);
}

/* The same identifier once more: the broker ends the first connection. */
static void show_takeover(int port, int version) {
    struct mosquitto* first = make("same", true, version);
    struct mosquitto* second = mosquitto_new("same", true, NULL);
    const time_t start = time(NULL);
    int result = MOSQ_ERR_SUCCESS;
    SHOW_INT(mosquitto_connect(first, "127.0.0.1", port, 60));
    run_until(first, &counts.connects, 1);
    SHOW_INT(mosquitto_connect(second, "127.0.0.1", port, 60));
    while (counts.disconnects == 0 && time(NULL) - start < 10) {
        result = mosquitto_loop(first, 10, 1);
        mosquitto_loop(second, 10, 1);
    }
    printf("the loop ends with %d\n", result);
    mosquitto_destroy(second);
    mosquitto_destroy(first);
}

int main(int argc, char** argv) {
    const int port = port_of(argc, argv);
    mosquitto_lib_init();
    show_wrong(port);
    show_life(port, MQTT_PROTOCOL_V31);
    show_life(port, MQTT_PROTOCOL_V311);
    show_life(port, MQTT_PROTOCOL_V5);
    show_later(port);
    show_properties(port);
    show_takeover(port, MQTT_PROTOCOL_V311);
    show_takeover(port, MQTT_PROTOCOL_V5);
    mosquitto_lib_cleanup();
    return finish();
}
