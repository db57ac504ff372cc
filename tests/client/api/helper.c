/* A whole life of a client in one call. */
#include "session.h"

static struct counts counts;

static void on_publish(struct mosquitto* client, void* data, int mid) {
    (void)data;
    (void)mid;
    ++counts.publishes;
    mosquitto_disconnect(client);
}

static void publish_retained(int port, const char* topic, const char* payload) {
    struct mosquitto* client = mosquitto_new(NULL, true, NULL);
    const int before = counts.publishes;
    mosquitto_publish_callback_set(client, on_publish);
    SHOW_INT(mosquitto_connect(client, "127.0.0.1", port, 60));
    mosquitto_publish(client, NULL, topic, (int)strlen(payload), payload, 1, true);
    run_until(client, &counts.publishes, before + 1);
    mosquitto_destroy(client);
}

static int count_messages(struct mosquitto* client, void* data,
                          const struct mosquitto_message* message) {
    (void)client;
    printf("'%s' '%s' retain %d\n", message->topic, (const char*)message->payload, message->retain);
    return ++*(int*)data == 2;
}

int main(int argc, char** argv) {
    const int port = port_of(argc, argv);
    struct mosquitto_message* messages = NULL;
    int seen = 0;
    int i;
    mosquitto_lib_init();
    publish_retained(port, "helper/a", "one");
    publish_retained(port, "helper/b", "two");
    SHOW_INT(mosquitto_subscribe_simple(&messages, 1, true, "helper/a", 1, "127.0.0.1", port,
                                        "simple", 60, true, NULL, NULL, NULL, NULL));
    for (i = 0; messages != NULL && i < 1; ++i) {
        printf("'%s' '%s' %d bytes qos %d retain %d\n", messages[i].topic,
               (const char*)messages[i].payload, messages[i].payloadlen, messages[i].qos,
               messages[i].retain);
        mosquitto_message_free_contents(&messages[i]);
    }
    free(messages);
    messages = NULL;
    SHOW_INT(mosquitto_subscribe_callback(count_messages, &seen, "helper/+", 1, "127.0.0.1", port,
                                          "callback", 60, true, NULL, NULL, NULL, NULL));
    SHOW_INT(seen);
    SHOW_INT(mosquitto_subscribe_simple(&messages, 0, true, "helper/a", 1, "127.0.0.1", port,
                                        "simple", 60, true, NULL, NULL, NULL, NULL));
    SHOW_INT(mosquitto_subscribe_simple(NULL, 1, true, "helper/a", 1, "127.0.0.1", port, "simple",
                                        60, true, NULL, NULL, NULL, NULL));
    SHOW_INT(mosquitto_subscribe_callback(NULL, &seen, "helper/+", 1, "127.0.0.1", port, "callback",
                                          60, true, NULL, NULL, NULL, NULL));
    SHOW_INT(mosquitto_subscribe_callback(count_messages, &seen, "helper/+", 1, "127.0.0.1", 1,
                                          "callback", 60, true, NULL, NULL, NULL, NULL));
    mosquitto_lib_cleanup();
    return finish();
}
