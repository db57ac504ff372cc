// The C++ interface: every member and function of mosqpp, with a broker where one is needed.
#include "session.h"

#include <mosquittopp.h>

namespace {

class Client : public mosqpp::mosquittopp {
 public:
    explicit Client(const char* id) : mosqpp::mosquittopp(id), counts() {}

    void on_connect(int rc) {
        printf("connect %d\n", rc);
        ++counts.connects;
    }
    void on_connect_with_flags(int rc, int flags) {
        printf("connect with flags %d %d\n", rc, flags);
    }
    void on_disconnect(int rc) {
        printf("disconnect %d\n", rc);
        ++counts.disconnects;
    }
    void on_publish(int mid) {
        printf("publish %d\n", mid);
        ++counts.publishes;
    }
    void on_message(const struct mosquitto_message* message) {
        printf("message '%s' %d bytes qos %d\n", message->topic, message->payloadlen, message->qos);
        ++counts.messages;
    }
    void on_subscribe(int mid, int count, const int* granted) {
        printf("subscribe %d: %d %d\n", mid, count, granted[0]);
        ++counts.subscribes;
    }
    void on_unsubscribe(int mid) {
        printf("unsubscribe %d\n", mid);
        ++counts.unsubscribes;
    }
    void on_log(int level, const char* line) {
        if (level == 0 || line[0] == '\0') {
            printf("an empty line of log\n");
        }
    }

    void run_until(const int& count, int wanted) {
        const time_t start = time(NULL);
        while (count < wanted && time(NULL) - start < 10) {
            const int result = loop(100);
            if (result != MOSQ_ERR_SUCCESS) {
                printf("the loop ends with %d\n", result);
                return;
            }
        }
    }

    struct counts counts;
};

void show_functions() {
    char** levels = NULL;
    int count = 0;
    bool matches = false;
    SHOW_TEXT(mosqpp::strerror(MOSQ_ERR_NO_CONN));
    SHOW_TEXT(mosqpp::connack_string(5));
    SHOW_INT(mosqpp::sub_topic_tokenise("a/b", &levels, &count));
    SHOW_INT(count);
    SHOW_INT(mosqpp::sub_topic_tokens_free(&levels, count));
    SHOW_INT(mosqpp::topic_matches_sub("a/+", "a/b", &matches));
    SHOW_INT(matches);
    SHOW_INT(mosqpp::validate_utf8("\xC3", 1));
    int major = 0;
    mosqpp::lib_version(&major, NULL, NULL);
    SHOW_INT(major);
}

void show_settings() {
    Client client("settings");
    int version = MQTT_PROTOCOL_V311;
    SHOW_INT(client.will_set("a", 1, "x", 1, true));
    SHOW_INT(client.will_clear());
    SHOW_INT(client.username_pw_set("user", "password"));
    SHOW_INT(client.max_inflight_messages_set(5));
    client.reconnect_delay_set(1, 2, false);
    client.message_retry_set(5);
    SHOW_INT(client.tls_set("none such"));
    SHOW_INT(client.tls_opts_set(1, "tlsv1.2"));
    SHOW_INT(client.tls_insecure_set(false));
    SHOW_INT(client.tls_psk_set("01", "identity"));
    SHOW_INT(client.opts_set(MOSQ_OPT_PROTOCOL_VERSION, &version));
    SHOW_INT(client.threaded_set());
    SHOW_INT(client.socks5_set("proxy"));
    SHOW_INT(client.socket());
    SHOW_INT(client.want_write());
    SHOW_INT(client.loop_misc());
    SHOW_INT(client.reinitialise("settings", true));
    SHOW_INT(client.reconnect());
    SHOW_INT(client.reconnect_async());
}

void show_life(int port) {
    Client client("class");
    int mid = 0;
    SHOW_INT(client.connect("127.0.0.1", port));
    client.run_until(client.counts.connects, 1);
    SHOW_INT(client.subscribe(&mid, "class/topic", 1));
    client.run_until(client.counts.subscribes, 1);
    SHOW_INT(client.publish(&mid, "class/topic", 1, "x", 0));
    client.run_until(client.counts.messages, 1);
    SHOW_INT(client.publish(&mid, "class/other", 1, "x", 2));
    client.run_until(client.counts.publishes, 2);
    SHOW_INT(client.unsubscribe(&mid, "class/topic"));
    client.run_until(client.counts.unsubscribes, 1);
    SHOW_INT(client.disconnect());
    SHOW_INT(client.connect_async("127.0.0.1", port, 60, "127.0.0.1"));
    client.run_until(client.counts.connects, 2);
    SHOW_INT(client.disconnect());
    SHOW_INT(client.connect("127.0.0.1", port, 60, "127.0.0.1"));
    client.run_until(client.counts.connects, 3);
    SHOW_INT(client.disconnect());
    Client threaded("threaded");
    SHOW_INT(threaded.loop_start());
    SHOW_INT(threaded.loop_stop(true));
    Client forever("forever");
    SHOW_INT(forever.connect("127.0.0.1", port));
    SHOW_INT(forever.disconnect());
    SHOW_INT(forever.loop_forever());
}

int stop_at_once(struct mosquitto* client, void* seen, const struct mosquitto_message* message) {
    (void)client;
    CHECK(strcmp(message->topic, "class/kept") == 0);
    ++*static_cast<int*>(seen);
    return 1;
}

void show_helpers(int port) {
    struct mosquitto_message* messages = NULL;
    int seen = 0;
    Client client("keeper");
    client.connect("127.0.0.1", port);
    client.publish(NULL, "class/kept", 1, "x", 1, true);
    client.run_until(client.counts.publishes, 1);
    SHOW_INT(mosqpp::subscribe_simple(&messages, 1, true, "class/kept", 0, "127.0.0.1", port));
    mosquitto_message_free(&messages);
#ifdef MQHOME_CLIENT  // libmosquittopp 2.0 declares a function that it does not have
    CHECK(client.loop_read() == MOSQ_ERR_NO_CONN || client.socket() >= 0);
    CHECK(client.loop_write() == MOSQ_ERR_SUCCESS);
    CHECK(mosqpp::subscribe_callback(stop_at_once, &seen, "class/kept", 0, "127.0.0.1", port) == 0);
    CHECK(seen == 1);
#else
    static_cast<void>(stop_at_once);
    static_cast<void>(seen);
#endif
}

}  // namespace

int main(int argc, char** argv) {
    const int port = port_of(argc, argv);
    mosqpp::lib_init();
    show_functions();
    show_settings();
    show_life(port);
    show_helpers(port);
    mosqpp::lib_cleanup();
    return finish();
}
