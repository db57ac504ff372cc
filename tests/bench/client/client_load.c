/*
 * One C program that publishes or receives, for either client library: CPU time per message and memory
 * per handle. Nothing in it is of one library only; LD_LIBRARY_PATH says which one runs.
 *
 *   client_load pub PORT QOS COUNT SIZE thread|loop    publishes COUNT messages of SIZE bytes
 *   client_load sub PORT QOS COUNT SIZE thread|loop    receives as many, then ends
 *   client_load idle PORT HANDLES                      connects HANDLES clients and lets them rest
 *
 * Prints one line: "cpu_ns N messages N wall_ms N", or "bytes_per_handle N handles N".
 */
#define _GNU_SOURCE
#include <malloc.h>
#include <mosquitto.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct load {
    int qos;
    int count;
    int size;
    int port;
    int done; /* messages acknowledged or received */
    int subscribed;
    int up;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
};

static long long nanoseconds(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void tell(struct load* load, int* flag) {
    pthread_mutex_lock(&load->mutex);
    *flag = 1;
    pthread_cond_broadcast(&load->changed);
    pthread_mutex_unlock(&load->mutex);
}

static void wait_for(struct load* load, const int* flag) {
    pthread_mutex_lock(&load->mutex);
    while (!*flag) {
        pthread_cond_wait(&load->changed, &load->mutex);
    }
    pthread_mutex_unlock(&load->mutex);
}

static void on_connect(struct mosquitto* client, void* data, int code) {
    struct load* load = data;
    if (code != 0) {
        fprintf(stderr, "refused: %d\n", code);
        exit(1);
    }
    if (load->subscribed < 0) {
        mosquitto_subscribe(client, NULL, "bench/client", load->qos);
    } else {
        tell(load, &load->up);
    }
}

static void on_subscribe(struct mosquitto* client, void* data, int mid, int count, const int* qos) {
    struct load* load = data;
    (void)client, (void)mid, (void)count, (void)qos;
    printf("ready\n");
    fflush(stdout);
    tell(load, &load->up);
}

static long long cpu_start;

static void count_one(struct mosquitto* client, struct load* load) {
    if (++load->done == 1 && cpu_start == 0) {
        cpu_start = nanoseconds(CLOCK_PROCESS_CPUTIME_ID);
    }
    if (load->done == load->count) {
        mosquitto_disconnect(client);
    }
}

static void on_message(struct mosquitto* client, void* data, const struct mosquitto_message* message) {
    struct load* load = data;
    if (message->payloadlen != load->size) {
        fprintf(stderr, "a message of %d bytes\n", message->payloadlen);
        exit(1);
    }
    count_one(client, load);
}

static void on_publish(struct mosquitto* client, void* data, int mid) {
    (void)mid;
    count_one(client, data);
}

static void publish_all(struct mosquitto* client, struct load* load) {
    char* payload = calloc(1, (size_t)load->size + 1);
    memset(payload, 'x', (size_t)load->size);
    for (int i = 0; i < load->count; ++i) {
        int result = mosquitto_publish(client, NULL, "bench/client", load->size, payload, load->qos, false);
        if (result != MOSQ_ERR_SUCCESS) {
            fprintf(stderr, "publish: %s\n", mosquitto_strerror(result));
            exit(1);
        }
        /* As a program that must not run ahead of the network without limit. */
        while (i - __atomic_load_n(&load->done, __ATOMIC_RELAXED) > 5000) {
            usleep(200);
        }
    }
    free(payload);
}

struct job {
    struct mosquitto* client;
    struct load* load;
};

static void* publisher(void* data) {
    struct job* job = data;
    wait_for(job->load, &job->load->up);
    publish_all(job->client, job->load);
    return NULL;
}

static int connect_client(struct mosquitto* client, int port) {
    int result = mosquitto_connect(client, "127.0.0.1", port, 60);
    if (result != MOSQ_ERR_SUCCESS) {
        fprintf(stderr, "connect: %s\n", mosquitto_strerror(result));
        exit(1);
    }
    return result;
}

static int run(struct load* load, int publishes, int own_thread) {
    struct mosquitto* client = mosquitto_new(NULL, true, load);
    pthread_t thread;
    struct job job = {client, load};
    mosquitto_connect_callback_set(client, on_connect);
    mosquitto_max_inflight_messages_set(client, 1000);
    if (publishes) {
        mosquitto_publish_callback_set(client, on_publish);
    } else {
        load->subscribed = -1;
        mosquitto_subscribe_callback_set(client, on_subscribe);
        mosquitto_message_callback_set(client, on_message);
    }
    if (!own_thread) {
        mosquitto_threaded_set(client, true);
    }
    connect_client(client, load->port);
    long long wall = nanoseconds(CLOCK_MONOTONIC);
    cpu_start = publishes ? nanoseconds(CLOCK_PROCESS_CPUTIME_ID) : 0;
    if (publishes) {
        pthread_create(&thread, NULL, publisher, &job);
    }
    if (own_thread) {
        mosquitto_loop_start(client);
        mosquitto_loop_stop(client, false);
    } else {
        mosquitto_loop_forever(client, -1, 1);
    }
    long long cpu = nanoseconds(CLOCK_PROCESS_CPUTIME_ID) - cpu_start;
    wall = nanoseconds(CLOCK_MONOTONIC) - wall;
    if (publishes) {
        pthread_join(thread, NULL);
    }
    printf("cpu_ns %lld messages %d wall_ms %lld\n", cpu / (load->done > 0 ? load->done : 1),
           load->done, wall / 1000000);
    mosquitto_destroy(client);
    return load->done == load->count ? 0 : 1;
}

static int idle(struct load* load, int handles) {
    struct mosquitto** clients = calloc((size_t)handles, sizeof(*clients));
    size_t before = mallinfo2().uordblks;
    load->subscribed = 0;
    for (int i = 0; i < handles; ++i) {
        clients[i] = mosquitto_new(NULL, true, load);
        mosquitto_connect_callback_set(clients[i], on_connect);
        connect_client(clients[i], load->port);
        while (!load->up) {
            mosquitto_loop(clients[i], 100, 1);
        }
        load->up = 0;
    }
    for (int turn = 0; turn < 3; ++turn) {
        usleep(1100000);
        for (int i = 0; i < handles; ++i) {
            mosquitto_loop_misc(clients[i]);
        }
    }
    printf("bytes_per_handle %zu handles %d\n", (mallinfo2().uordblks - before) / (size_t)handles,
           handles);
    return 0;
}

int main(int argc, char** argv) {
    struct load load = {.mutex = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    mosquitto_lib_init();
    if (argc == 4 && strcmp(argv[1], "idle") == 0) {
        load.port = atoi(argv[2]);
        return idle(&load, atoi(argv[3]));
    }
    if (argc != 7) {
        fprintf(stderr, "usage: client_load pub|sub PORT QOS COUNT SIZE thread|loop\n"
                        "       client_load idle PORT HANDLES\n");
        return 2;
    }
    load.port = atoi(argv[2]);
    load.qos = atoi(argv[3]);
    load.count = atoi(argv[4]);
    load.size = atoi(argv[5]);
    return run(&load, strcmp(argv[1], "pub") == 0, strcmp(argv[6], "thread") == 0);
}
