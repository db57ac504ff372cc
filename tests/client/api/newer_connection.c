/* What libmosquitto 2.1 and this library added about connections. */
#include "session.h"

#include <dirent.h>
#include <semaphore.h>
#include <unistd.h>

static int pre_connects;
static int auths;
static struct counts counts;

static void on_pre_connect(struct mosquitto* client, void* data) {
    (void)data;
    CHECK(mosquitto_username_pw_set(client, "user", "password") == MOSQ_ERR_SUCCESS);
    CHECK(mosquitto_reinitialise(client, "other", true, NULL) == MOSQ_ERR_INVAL);
    ++pre_connects;
}

static void on_connect(struct mosquitto* client, void* data, int rc) {
    (void)client;
    (void)data;
    CHECK(rc == 0);
    ++counts.connects;
}

static int on_ext_auth(struct mosquitto* client, void* data, const char* method, uint16_t length,
                       const void* bytes, const mosquitto_property* properties) {
    (void)data;
    (void)properties;
    ++auths;
    return mosquitto_ext_auth_continue(client, method, length, bytes, NULL);
}

static void on_unsubscribe2(struct mosquitto* client, void* data, int mid, int count,
                            const int* reasons, const mosquitto_property* properties) {
    (void)client;
    (void)data;
    (void)mid;
    (void)properties;
    CHECK(count == 1);
    CHECK(count == 1 && reasons[0] == MQTT_RC_NO_SUBSCRIPTION_EXISTED);
    ++counts.unsubscribes;
}

static void check_options(struct mosquitto* client) {
    static const char large[2000];
    CHECK(mosquitto_int_option(client, MOSQ_OPT_TRANSPORT, MOSQ_T_WEBSOCKETS) == MOSQ_ERR_SUCCESS);
    CHECK(mosquitto_int_option(client, MOSQ_OPT_TRANSPORT, MOSQ_T_TCP) == MOSQ_ERR_SUCCESS);
    CHECK(mosquitto_int_option(client, MOSQ_OPT_TRANSPORT, 3) == MOSQ_ERR_INVAL);
    /* Where libmosquitto 2.0.11 crashes. */
    CHECK(mosquitto_string_option(client, MOSQ_OPT_TLS_ALPN, NULL) == MOSQ_ERR_SUCCESS);
    CHECK(mosquitto_string_option(client, MOSQ_OPT_BIND_ADDRESS, "127.0.0.1") == MOSQ_ERR_SUCCESS);
    CHECK(mosquitto_string_option(client, MOSQ_OPT_BIND_ADDRESS, NULL) == MOSQ_ERR_SUCCESS);
    CHECK(mosquitto_loop_read(NULL, 1) == MOSQ_ERR_INVAL);
    CHECK(mosquitto_loop_write(NULL, 1) == MOSQ_ERR_INVAL);
    CHECK(mosquitto_loop_misc(NULL) == MOSQ_ERR_INVAL);
    CHECK(mosquitto_connect(NULL, "localhost", 1883, 60) == MOSQ_ERR_INVAL);
    CHECK(mosquitto_connect_async(NULL, "localhost", 1883, 60) == MOSQ_ERR_INVAL);
    CHECK(mosquitto_connect_srv(NULL, "localhost", 60, NULL) == MOSQ_ERR_INVAL);
    CHECK(mosquitto_connect_srv(client, "localhost", 60, NULL) == MOSQ_ERR_NOT_SUPPORTED);
    CHECK(mosquitto_reconnect(NULL) == MOSQ_ERR_INVAL);
    CHECK(mosquitto_disconnect(NULL) == MOSQ_ERR_INVAL);
    CHECK(mosquitto_subscribe(client, NULL, NULL, 0) == MOSQ_ERR_INVAL);
    CHECK(mosquitto_subscribe(client, NULL, "", 0) == MOSQ_ERR_INVAL);
    CHECK(mosquitto_void_option(client, MOSQ_OPT_SSL_CTX, NULL) == MOSQ_ERR_SUCCESS);
    CHECK(mosquitto_tls_opts_set(client, 2, "tlsv1.2", NULL) == MOSQ_ERR_INVAL);
    CHECK(mosquitto_string_option(client, MOSQ_OPT_TLS_ENGINE, "pkcs11") == MOSQ_ERR_NOT_SUPPORTED);
    CHECK(mosquitto_string_option(client, MOSQ_OPT_TLS_ENGINE_KPASS_SHA1, "00") ==
          MOSQ_ERR_NOT_SUPPORTED);
    CHECK(mosquitto_will_set(client, "a", 1, "x", 3, false) == MOSQ_ERR_INVAL);
    CHECK(mosquitto_will_set(client, "", 1, "x", 0, false) == MOSQ_ERR_INVAL);
    CHECK(mosquitto_string_option(client, MOSQ_OPT_HTTP_PATH, "/other") == MOSQ_ERR_SUCCESS);
    CHECK(mosquitto_string_option(client, MOSQ_OPT_HTTP_PATH, NULL) == MOSQ_ERR_SUCCESS);
    CHECK(mosquitto_int_option(client, MOSQ_OPT_HTTP_HEADER_SIZE, 100) == MOSQ_ERR_SUCCESS);
    CHECK(mosquitto_int_option(client, MOSQ_OPT_HTTP_HEADER_SIZE, 99) == MOSQ_ERR_INVAL);
    CHECK(mosquitto_int_option(client, MQHOME_OPT_QUEUED_MESSAGES, 2) == MOSQ_ERR_SUCCESS);
    CHECK(mosquitto_int_option(client, MQHOME_OPT_QUEUED_MESSAGES, -1) == MOSQ_ERR_INVAL);
    CHECK(mosquitto_publish(client, NULL, "a", 1, "x", 1, false) == MOSQ_ERR_NO_CONN);
    CHECK(mosquitto_publish(client, NULL, "a", 1, "x", 2, false) == MOSQ_ERR_NO_CONN);
    CHECK(mosquitto_publish(client, NULL, "a", 1, "x", 1, false) == MOSQ_ERR_QUOTA_EXCEEDED);
    CHECK(mosquitto_int_option(client, MQHOME_OPT_QUEUED_MESSAGES, 0) == MOSQ_ERR_SUCCESS);
    CHECK(mosquitto_int_option(client, MQHOME_OPT_QUEUED_BYTES, 1000) == MOSQ_ERR_SUCCESS);
    CHECK(mosquitto_publish(client, NULL, "a", 2000, large, 1, false) == MOSQ_ERR_QUOTA_EXCEEDED);
    CHECK(mosquitto_string_option(client, MQHOME_OPT_HTTP_HEADERS, "X-One: 1\r\nX-Two: 2") ==
          MOSQ_ERR_SUCCESS);
    CHECK(mosquitto_string_option(client, MQHOME_OPT_HTTP_HEADERS, "no header") == MOSQ_ERR_INVAL);
}

static sem_t connected;

static void on_connect_post(struct mosquitto* client, void* data, int rc) {
    on_connect(client, data, rc);
    sem_post(&connected);
}

static void on_publish_leave(struct mosquitto* client, void* data, int mid) {
    (void)data;
    (void)mid;
    ++counts.publishes;
    mosquitto_disconnect(client);
}

/* The descriptors by which other threads wake up loops. */
static int count_wakeups(void) {
    DIR* folder = opendir("/proc/self/fd");
    struct dirent* entry;
    int count = 0;
    while ((entry = readdir(folder)) != NULL) {
        char target[64] = "";
        if (readlinkat(dirfd(folder), entry->d_name, target, sizeof target - 1) > 0 &&
            strstr(target, "eventfd") != NULL) {
            ++count;
        }
    }
    closedir(folder);
    return count;
}

/* With and without a descriptor for it, a thread publishes while another one runs the loop. */
static void check_wakeup(int port, int without) {
    struct mosquitto* client = mosquitto_new("wakeup", true, NULL);
    counts.publishes = 0;
    sem_init(&connected, 0, 0);
    CHECK(mosquitto_int_option(client, MOSQ_OPT_DISABLE_SOCKETPAIR, without) == MOSQ_ERR_SUCCESS);
    mosquitto_connect_callback_set(client, on_connect_post);
    mosquitto_publish_callback_set(client, on_publish_leave);
    CHECK(mosquitto_connect(client, "127.0.0.1", port, 60) == MOSQ_ERR_SUCCESS);
    CHECK(mosquitto_loop_start(client) == MOSQ_ERR_SUCCESS);
    sem_wait(&connected);
    CHECK(count_wakeups() == (without ? 0 : 1));
    CHECK(mosquitto_publish(client, NULL, "a", 1, "x", 1, false) == MOSQ_ERR_SUCCESS);
    CHECK(mosquitto_loop_stop(client, false) == MOSQ_ERR_SUCCESS);
    CHECK(counts.publishes == 1);
    mosquitto_destroy(client);
    sem_destroy(&connected);
}

int main(int argc, char** argv) {
    const int port = port_of(argc, argv);
    struct mosquitto* client;
    mosquitto_lib_init();
    client = mosquitto_new("options", true, NULL);
    check_options(client);
    mosquitto_destroy(client);
    check_wakeup(port, 0);
    check_wakeup(port, 1);
    counts.connects = 0;

    client = mosquitto_new("newer", true, NULL);
    mosquitto_int_option(client, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
    mosquitto_pre_connect_callback_set(client, on_pre_connect);
    mosquitto_connect_callback_set(client, on_connect);
    mosquitto_unsubscribe2_v5_callback_set(client, on_unsubscribe2);
    mosquitto_ext_auth_callback_set(client, on_ext_auth);
    CHECK(mosquitto_connect(client, "127.0.0.1", port, 60) == MOSQ_ERR_SUCCESS);
    run_until(client, &counts.connects, 1);
    CHECK(pre_connects == 1);
    CHECK(mosquitto_unsubscribe(client, NULL, "never/subscribed") == MOSQ_ERR_SUCCESS);
    run_until(client, &counts.unsubscribes, 1);
    CHECK(mosquitto_reconnect(client) == MOSQ_ERR_SUCCESS);
    run_until(client, &counts.connects, 2);
    CHECK(pre_connects == 2);
    CHECK(mosquitto_ext_auth_continue(NULL, "method", 0, NULL, NULL) == MOSQ_ERR_PROTOCOL);
    CHECK(mosquitto_ext_auth_continue(client, NULL, 0, NULL, NULL) == MOSQ_ERR_PROTOCOL);
    CHECK(auths == 0);
    mosquitto_destroy(client);
    mosquitto_lib_cleanup();
    return finish();
}
