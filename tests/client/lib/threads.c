/*
 * Threads that publish over one client while its connection is cut, replaced and taken over, while callbacks
 * and options are set, and while other clients come and go.
 *
 *   threads PORT SECONDS
 *
 * At the end every message of QoS 1 and 2 must have been completed. Prints "completed N of N".
 */
#define _GNU_SOURCE
#include <errno.h>
#include <mosquitto.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { publishers = 3, others = 6, waiting_max = 500 };

static int port;
static int over;      /* no more publishing */
static int published; /* QoS 1 and 2 */
static int completed;
static int lost; /* connections */

static int read_of(const int* counter) {
    return __atomic_load_n(counter, __ATOMIC_SEQ_CST);
}

static void add_to(int* counter, int number) {
    __atomic_fetch_add(counter, number, __ATOMIC_SEQ_CST);
}

/* By id: up when it is published, down when it is completed, in whatever order the two become known. */
static int waiting_for[65536];

static void on_publish(struct mosquitto* client, void* data, int mid) {
    (void)client, (void)data;
    add_to(&waiting_for[mid], -1);
    add_to(&completed, 1);
}

static int not_completed(void) {
    int count = 0;
    for (int mid = 1; mid < 65536; ++mid) {
        count += read_of(&waiting_for[mid]) != 0;
    }
    return count;
}

static void on_connect(struct mosquitto* client, void* data, int code) {
    (void)data;
    if (code == 0) {
        mosquitto_subscribe(client, NULL, "threads/#", 2);
    }
}

static void on_disconnect(struct mosquitto* client, void* data, int code) {
    (void)client, (void)data, (void)code;
    add_to(&lost, 1);
}

static void on_message(struct mosquitto* client, void* data, const struct mosquitto_message* message) {
    (void)client, (void)data;
    if (((const char*)message->payload)[message->payloadlen] != '\0') {
        fprintf(stderr, "no zero behind the payload\n");
        exit(1);
    }
}

static void on_log(struct mosquitto* client, void* data, int level, const char* line) {
    (void)client, (void)data, (void)level;
    if (line[0] == '\0') {
        exit(1);
    }
}

static void* publish(void* data) {
    struct mosquitto* client = data;
    char payload[200];
    memset(payload, 'p', sizeof(payload));
    for (int i = 0; !read_of(&over); ++i) {
        int mid = 0;
        int result = mosquitto_publish(client, &mid, "threads/message", (int)sizeof(payload), payload,
                                       1 + i % 2, false);
        if (result != MOSQ_ERR_SUCCESS && result != MOSQ_ERR_NO_CONN && result != MOSQ_ERR_CONN_LOST &&
            result != MOSQ_ERR_ERRNO) {
            fprintf(stderr, "publish: %s\n", mosquitto_strerror(result));
            exit(1);
        }
        add_to(&published, 1);
        add_to(&waiting_for[mid], 1);
        while (read_of(&published) - read_of(&completed) > waiting_max && !read_of(&over)) {
            usleep(1000);
        }
    }
    return NULL;
}

/* QoS 0 has a client of its own, as what is lost with a connection is never completed. */
static void* publish_carelessly(void* data) {
    char payload[200];
    memset(payload, 'z', sizeof(payload));
    for (int i = 0; !read_of(&over); ++i) {
        mosquitto_publish(data, NULL, "zero/message", (int)sizeof(payload), payload, 0, false);
        if (i % 100 == 0) {
            usleep(1000);
        }
    }
    return NULL;
}

static void on_written(struct mosquitto* client, void* data, int mid) {
    (void)client, (void)data, (void)mid;
}

static void* replace(void* data) {
    struct mosquitto* client = data;
    while (!read_of(&over)) {
        usleep(30000);
        mosquitto_reconnect(client);
        usleep(30000);
        mosquitto_reconnect_async(client);
    }
    return NULL;
}

/* A client of the same name, for which the broker drops the first. */
static void* take_over(void* data) {
    (void)data;
    while (!read_of(&over)) {
        usleep(70000);
        struct mosquitto* other = mosquitto_new("threads", false, NULL);
        if (mosquitto_connect(other, "127.0.0.1", port, 10) == MOSQ_ERR_SUCCESS) {
            mosquitto_loop_start(other);
            usleep(5000);
            mosquitto_disconnect(other);
            mosquitto_loop_stop(other, true);
        }
        mosquitto_destroy(other);
    }
    return NULL;
}

static void* set_things(void* data) {
    struct mosquitto* client = data;
    while (!read_of(&over)) {
        usleep(2000);
        mosquitto_log_callback_set(client, on_log);
        mosquitto_message_callback_set(client, NULL);
        mosquitto_username_pw_set(client, "name", "password");
        mosquitto_will_set(client, "threads/will", 4, "will", 1, false);
        mosquitto_user_data_set(client, NULL);
        mosquitto_message_callback_set(client, on_message);
        mosquitto_log_callback_set(client, NULL);
        mosquitto_will_clear(client);
        (void)mosquitto_socket(client);
        (void)mosquitto_want_write(client);
        mosquitto_int_option(client, MOSQ_OPT_TCP_NODELAY, 1);
    }
    return NULL;
}

static void wait_for_the_rest(void) {
    for (int i = 0; i < 3000 && not_completed() > 0; ++i) {
        usleep(10000);
    }
}

static void start(pthread_t* thread, void* (*run)(void*), void* data) {
    pthread_create(thread, NULL, run, data);
}

static int connect_with_thread(struct mosquitto* client) {
    mosquitto_reconnect_delay_set(client, 1, 1, false);
    if (mosquitto_loop_start(client) != 0 || mosquitto_connect(client, "127.0.0.1", port, 10) != 0) {
        fprintf(stderr, "cannot connect\n");
        return 1;
    }
    return 0;
}

static void end(struct mosquitto* client) {
    mosquitto_disconnect(client);
    mosquitto_loop_stop(client, false);
    mosquitto_destroy(client);
}

int main(int argc, char** argv) {
    if (argc != 3) {
        return 2;
    }
    port = atoi(argv[1]);
    mosquitto_lib_init();
    struct mosquitto* client = mosquitto_new("threads", false, NULL);
    struct mosquitto* zero = mosquitto_new("zero", true, NULL);
    mosquitto_publish_callback_set(client, on_publish);
    mosquitto_connect_callback_set(client, on_connect);
    mosquitto_disconnect_callback_set(client, on_disconnect);
    mosquitto_message_callback_set(client, on_message);
    mosquitto_publish_callback_set(zero, on_written);
    if (connect_with_thread(client) != 0 || connect_with_thread(zero) != 0) {
        return 1;
    }
    pthread_t threads[publishers + others];
    int count = 0;
    while (count < publishers) {
        start(&threads[count++], publish, client);
    }
    start(&threads[count++], replace, client);
    start(&threads[count++], replace, zero);
    start(&threads[count++], take_over, NULL);
    start(&threads[count++], set_things, client);
    start(&threads[count++], publish_carelessly, zero);
    start(&threads[count++], publish_carelessly, zero);
    sleep((unsigned)atoi(argv[2]));
    __atomic_store_n(&over, 1, __ATOMIC_SEQ_CST);
    for (int i = 0; i < count; ++i) {
        pthread_join(threads[i], NULL);
    }
    wait_for_the_rest();
    int missing = not_completed();
    printf("published %d, completed %d, lost %d connections, %d not completed\n", read_of(&published),
           read_of(&completed), read_of(&lost), missing);
    end(client);
    end(zero);
    return missing == 0 && read_of(&lost) > 0 && read_of(&published) > 0 ? 0 : 1;
}
