/* Subscribing, receiving, unsubscribing. */
#include "session.h"

#include <mqtt_protocol.h>

static struct counts counts;

static void on_connect(struct mosquitto* client, void* data, int rc) {
    (void)client;
    (void)data;
    printf("connect %d\n", rc);
    ++counts.connects;
}

static void print_results(const char* name, int mid, int count, const int* results) {
    int i;
    printf("%s %d:", name, mid);
    for (i = 0; i < count; ++i) {
        printf(" %d", results[i]);
    }
    printf("\n");
}

static void on_subscribe(struct mosquitto* client, void* data, int mid, int count,
                         const int* granted) {
    (void)client;
    (void)data;
    print_results("subscribe", mid, count, granted);
}

static void on_subscribe_v5(struct mosquitto* client, void* data, int mid, int count,
                            const int* granted, const mosquitto_property* properties) {
    (void)client;
    (void)data;
    (void)properties;
    print_results("subscribe v5", mid, count, granted);
    ++counts.subscribes;
}

static void on_unsubscribe(struct mosquitto* client, void* data, int mid) {
    (void)client;
    (void)data;
    printf("unsubscribe %d\n", mid);
}

static void on_unsubscribe_v5(struct mosquitto* client, void* data, int mid,
                              const mosquitto_property* properties) {
    (void)client;
    (void)data;
    (void)properties;
    printf("unsubscribe v5 %d\n", mid);
    ++counts.unsubscribes;
}

static void print_message(const char* name, const struct mosquitto_message* message) {
    /* The id of a message from the broker is the broker's choice, but for QoS 0 it is 0. */
    printf("%s %s '%s' %d bytes '%.*s' qos %d retain %d\n", name,
           message->mid == 0 ? "without" : "with", message->topic, message->payloadlen,
           message->payloadlen, message->payload == NULL ? "" : (const char*)message->payload,
           message->qos, message->retain);
    if (message->payloadlen > 0 && ((const char*)message->payload)[message->payloadlen] != '\0') {
        printf("no zero byte behind the payload\n");
    }
}

static void on_message(struct mosquitto* client, void* data,
                       const struct mosquitto_message* message) {
    (void)client;
    (void)data;
    print_message("message", message);
}

static void on_message_v5(struct mosquitto* client, void* data,
                          const struct mosquitto_message* message,
                          const mosquitto_property* properties) {
    const mosquitto_property* at;
    (void)client;
    (void)data;
    print_message("message v5", message);
    for (at = properties; at != NULL; at = mosquitto_property_next(at)) {
        printf("  property %d\n", mosquitto_property_identifier(at));
    }
    ++counts.messages;
}

static struct mosquitto* make(const char* id, int version) {
    struct mosquitto* client = mosquitto_new(id, true, NULL);
    mosquitto_connect_callback_set(client, on_connect);
    mosquitto_subscribe_callback_set(client, on_subscribe);
    mosquitto_subscribe_v5_callback_set(client, on_subscribe_v5);
    mosquitto_unsubscribe_callback_set(client, on_unsubscribe);
    mosquitto_unsubscribe_v5_callback_set(client, on_unsubscribe_v5);
    mosquitto_message_callback_set(client, on_message);
    mosquitto_message_v5_callback_set(client, on_message_v5);
    mosquitto_int_option(client, MOSQ_OPT_PROTOCOL_VERSION, version);
    memset(&counts, 0, sizeof counts);
    return client;
}

static void show_wrong(struct mosquitto* client) {
    int mid = -1;
    char good[] = "a";
    char bad[] = "a#";
    char* filters[2];
    filters[0] = good;
    filters[1] = bad;
    SHOW_INT(mosquitto_subscribe(NULL, &mid, "a", 0));
    SHOW_INT(mosquitto_subscribe(client, &mid, "a#", 0));
    SHOW_INT(mosquitto_subscribe(client, &mid, "\xC3", 0));
    SHOW_INT(mosquitto_subscribe(client, &mid, "a", 3));
    SHOW_INT(mosquitto_subscribe(client, &mid, "a", -1));
    SHOW_INT(mosquitto_subscribe_v5(client, &mid, "a", 0, 0xC0, NULL));
    SHOW_INT(mosquitto_subscribe_v5(client, &mid, "a", 0, 0x30, NULL));
    SHOW_INT(mosquitto_subscribe_multiple(client, &mid, 2, filters, 0, 0, NULL));
    SHOW_INT(mosquitto_subscribe_multiple(client, &mid, 0, filters, 0, 0, NULL));
    SHOW_INT(mosquitto_unsubscribe(NULL, &mid, "a"));
    SHOW_INT(mosquitto_unsubscribe(client, &mid, "a#"));
    SHOW_INT(mosquitto_unsubscribe_v5(client, &mid, "a#", NULL));
    SHOW_INT(mosquitto_unsubscribe_multiple(client, &mid, 2, filters, NULL));
    SHOW_INT(mid);
}

static void show_unconnected(void) {
    struct mosquitto* client = make("unconnected", MQTT_PROTOCOL_V5);
    int mid = -1;
    SHOW_INT(mosquitto_subscribe(client, &mid, "a", 0));
    SHOW_INT(mosquitto_unsubscribe(client, &mid, "a"));
    SHOW_INT(mid);
    mosquitto_destroy(client);
}

static void receive(struct mosquitto* client, int qos, bool retain, const char* payload) {
    const int before = counts.messages;
    SHOW_INT(
        mosquitto_publish(client, NULL, "test/topic", (int)strlen(payload), payload, qos, retain));
    run_until(client, &counts.messages, before + 1);
}

static void show_life(int port, int version) {
    struct mosquitto* client = make("subscriber", version);
    char one[] = "test/one";
    char two[] = "test/two/#";
    char three[] = "test/+/three";
    char* filters[3];
    int mid = -1;
    int qos;
    filters[0] = one;
    filters[1] = two;
    filters[2] = three;
    printf("version %d\n", version);
    SHOW_INT(mosquitto_connect(client, "127.0.0.1", port, 60));
    run_until(client, &counts.connects, 1);
    show_wrong(client);
    SHOW_INT(mosquitto_subscribe(client, &mid, "test/topic", 2));
    SHOW_INT(mid);
    run_until(client, &counts.subscribes, 1);
    for (qos = 0; qos < 3; ++qos) {
        receive(client, qos, false, "payload");
        receive(client, qos, false, "");
    }
    receive(client, 1, true, "kept");
    SHOW_INT(mosquitto_unsubscribe(client, &mid, "test/topic"));
    SHOW_INT(mid);
    run_until(client, &counts.unsubscribes, 1);
    SHOW_INT(mosquitto_subscribe_v5(client, &mid, "test/topic", 1, MQTT_SUB_OPT_RETAIN_AS_PUBLISHED,
                                    NULL));
    run_until(client, &counts.messages, 8);
    run_until(client, &counts.subscribes, 2);
    SHOW_INT(mosquitto_unsubscribe_v5(client, &mid, "test/topic", NULL));
    run_until(client, &counts.unsubscribes, 2);
    SHOW_INT(mosquitto_publish(client, NULL, "test/topic", 0, NULL, 1, true));
    SHOW_INT(mosquitto_subscribe_multiple(client, &mid, 3, filters, 1, 0, NULL));
    run_until(client, &counts.subscribes, 3);
    SHOW_INT(mosquitto_unsubscribe_multiple(client, &mid, 3, filters, NULL));
    run_until(client, &counts.unsubscribes, 3);
    SHOW_INT(mosquitto_disconnect(client));
    mosquitto_destroy(client);
}

static void show_properties(int port) {
    struct mosquitto* client = make("v5", MQTT_PROTOCOL_V5);
    mosquitto_property* list = NULL;
    int mid = -1;
    SHOW_INT(mosquitto_connect(client, "127.0.0.1", port, 60));
    run_until(client, &counts.connects, 1);
    mosquitto_property_add_varint(&list, MQTT_PROP_SUBSCRIPTION_IDENTIFIER, 77);
    SHOW_INT(mosquitto_subscribe_v5(client, &mid, "test/v5", 1, 0, list));
    run_until(client, &counts.subscribes, 1);
    mosquitto_property_free_all(&list);
    mosquitto_property_add_string(&list, MQTT_PROP_CONTENT_TYPE, "text");
    mosquitto_property_add_string_pair(&list, MQTT_PROP_USER_PROPERTY, "a", "b");
    SHOW_INT(mosquitto_publish_v5(client, &mid, "test/v5", 1, "x", 2, false, list));
    run_until(client, &counts.messages, 1);
    SHOW_INT(mosquitto_subscribe_v5(client, &mid, "test/v5", 1, 0, list));
    SHOW_INT(mosquitto_unsubscribe_v5(client, &mid, "test/v5", list));
    mosquitto_property_free_all(&list);
    mosquitto_property_add_string_pair(&list, MQTT_PROP_USER_PROPERTY, "a", "b");
    SHOW_INT(mosquitto_unsubscribe_v5(client, &mid, "test/v5", list));
    run_until(client, &counts.unsubscribes, 1);
    mosquitto_destroy(client);
    client = make("v311", MQTT_PROTOCOL_V311);
    SHOW_INT(mosquitto_subscribe_v5(client, &mid, "test/v5", 1, 0, list));
    SHOW_INT(mosquitto_unsubscribe_v5(client, &mid, "test/v5", list));
    mosquitto_property_free_all(&list);
    mosquitto_destroy(client);
}

int main(int argc, char** argv) {
    const int port = port_of(argc, argv);
    mosquitto_lib_init();
    show_unconnected();
    show_life(port, MQTT_PROTOCOL_V31);
    show_life(port, MQTT_PROTOCOL_V311);
    show_life(port, MQTT_PROTOCOL_V5);
    show_properties(port);
    mosquitto_lib_cleanup();
    return finish();
}
