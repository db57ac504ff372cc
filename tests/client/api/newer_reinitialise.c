/* mosquitto_reinitialise() at moments when the client is busy. In a callback of the client it is
   refused, also with another client's callback in between; a thread of the library is stopped
   first. */
#include "session.h"

#include <semaphore.h>

static struct counts counts;
static int pre_connects;
static int logs;
static sem_t connected;

static void refuse(struct mosquitto* client) {
    CHECK(mosquitto_reinitialise(client, "other", true, NULL) == MOSQ_ERR_INVAL);
}

static void on_pre_connect(struct mosquitto* client, void* data) {
    (void)data;
    refuse(client);
    ++pre_connects;
}

static void on_connect(struct mosquitto* client, void* data, int rc) {
    (void)data;
    CHECK(rc == 0);
    refuse(client);
    CHECK(mosquitto_subscribe(client, NULL, "reinitialise", 1) == MOSQ_ERR_SUCCESS);
    ++counts.connects;
    sem_post(&connected);
}

static void on_subscribe(struct mosquitto* client, void* data, int mid, int count,
                         const int* granted) {
    (void)data, (void)mid, (void)count, (void)granted;
    refuse(client);
    CHECK(mosquitto_publish(client, NULL, "reinitialise", 4, "text", 1, false) == MOSQ_ERR_SUCCESS);
    ++counts.subscribes;
}

static void on_publish(struct mosquitto* client, void* data, int mid) {
    (void)data, (void)mid;
    refuse(client);
    ++counts.publishes;
}

/* The message is still there behind the refusal. */
static void on_message(struct mosquitto* client, void* data,
                       const struct mosquitto_message* message) {
    (void)data;
    refuse(client);
    CHECK(strcmp((const char*)message->payload, "text") == 0);
    CHECK(strcmp(message->topic, "reinitialise") == 0);
    ++counts.messages;
}

static void on_disconnect(struct mosquitto* client, void* data, int rc) {
    (void)data, (void)rc;
    refuse(client);
    ++counts.disconnects;
}

static void on_log(struct mosquitto* client, void* data, int level, const char* line) {
    (void)data, (void)level, (void)line;
    refuse(client);
    ++logs;
}

static struct mosquitto* make(const char* id) {
    struct mosquitto* client = mosquitto_new(id, true, NULL);
    memset(&counts, 0, sizeof counts);
    pre_connects = logs = 0;
    mosquitto_pre_connect_callback_set(client, on_pre_connect);
    mosquitto_connect_callback_set(client, on_connect);
    mosquitto_subscribe_callback_set(client, on_subscribe);
    mosquitto_publish_callback_set(client, on_publish);
    mosquitto_message_callback_set(client, on_message);
    mosquitto_disconnect_callback_set(client, on_disconnect);
    mosquitto_log_callback_set(client, on_log);
    return client;
}

static void check_every_callback(int port) {
    struct mosquitto* client = make("every");
    CHECK(mosquitto_connect(client, "127.0.0.1", port, 60) == MOSQ_ERR_SUCCESS);
    run_until(client, &counts.messages, 1);
    run_until(client, &counts.publishes, 1);
    CHECK(mosquitto_disconnect(client) == MOSQ_ERR_SUCCESS);
    CHECK(pre_connects == 1 && counts.connects == 1 && counts.subscribes == 1);
    CHECK(counts.disconnects == 1 && logs > 0);
    mosquitto_destroy(client);
}

static void check_own_thread(int port) {
    struct mosquitto* client = make("thread");
    int data = 0;
    CHECK(mosquitto_loop_start(client) == MOSQ_ERR_SUCCESS);
    CHECK(mosquitto_connect(client, "127.0.0.1", port, 60) == MOSQ_ERR_SUCCESS);
    sem_wait(&connected);
    CHECK(mosquitto_reinitialise(client, "new", true, &data) == MOSQ_ERR_SUCCESS);
    CHECK(mosquitto_userdata(client) == &data);
    CHECK(mosquitto_socket(client) == -1);
    CHECK(mosquitto_loop_stop(client, true) == MOSQ_ERR_INVAL);
    mosquitto_connect_callback_set(client, on_connect);
    CHECK(mosquitto_loop_start(client) == MOSQ_ERR_SUCCESS);
    CHECK(mosquitto_connect(client, "127.0.0.1", port, 60) == MOSQ_ERR_SUCCESS);
    sem_wait(&connected);
    mosquitto_destroy(client);
}

static struct mosquitto* outer;
static struct mosquitto* inner;

static void on_inner(struct mosquitto* client, void* data) {
    (void)data;
    refuse(client);
    refuse(outer);
    CHECK(mosquitto_loop(outer, 0, 1) == MOSQ_ERR_INVAL);
    ++pre_connects;
}

static void on_outer(struct mosquitto* client, void* data) {
    const int port = *(int*)data;
    CHECK(mosquitto_connect_async(inner, "127.0.0.1", port, 60) == MOSQ_ERR_SUCCESS);
    refuse(client);
    CHECK(mosquitto_reinitialise(inner, "new", true, NULL) == MOSQ_ERR_SUCCESS);
    ++pre_connects;
}

static void check_callback_within_a_callback(int port) {
    outer = mosquitto_new("outer", true, &port);
    inner = mosquitto_new("inner", true, NULL);
    pre_connects = 0;
    mosquitto_pre_connect_callback_set(outer, on_outer);
    mosquitto_pre_connect_callback_set(inner, on_inner);
    CHECK(mosquitto_connect(outer, "127.0.0.1", port, 60) == MOSQ_ERR_SUCCESS);
    CHECK(pre_connects == 2);
    CHECK(mosquitto_reinitialise(outer, "new", true, NULL) == MOSQ_ERR_SUCCESS);
    mosquitto_destroy(outer);
    mosquitto_destroy(inner);
}

int main(int argc, char** argv) {
    const int port = port_of(argc, argv);
    mosquitto_lib_init();
    sem_init(&connected, 0, 0);
    check_every_callback(port);
    sem_destroy(&connected);
    sem_init(&connected, 0, 0);
    check_own_thread(port);
    check_callback_within_a_callback(port);
    sem_destroy(&connected);
    mosquitto_lib_cleanup();
    return finish();
}
