/* The three ways to run a client: a thread of the library, the program's own thread, an event loop
   of the program. */
#include "session.h"

#include <poll.h>
#include <pthread.h>
#include <unistd.h>

static struct counts counts;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

static void add(int* count) {
    pthread_mutex_lock(&lock);
    ++*count;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

/* Waits for the thread of the library. */
static void wait_until(const int* count, int wanted) {
    struct timespec end;
    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += 10;
    pthread_mutex_lock(&lock);
    while (*count < wanted && pthread_cond_timedwait(&changed, &lock, &end) == 0) {
    }
    if (*count < wanted) {
        printf("time is over: %d of %d\n", *count, wanted);
    }
    pthread_mutex_unlock(&lock);
}

static void on_connect(struct mosquitto* client, void* data, int rc) {
    (void)data;
    printf("connect %d\n", rc);
    SHOW_INT(mosquitto_subscribe(client, NULL, "loop/topic", 1));
    add(&counts.connects);
}

static void on_subscribe(struct mosquitto* client, void* data, int mid, int count,
                         const int* granted) {
    (void)client;
    (void)data;
    (void)mid;
    printf("subscribe %d %d\n", count, granted[0]);
    add(&counts.subscribes);
}

static void on_message(struct mosquitto* client, void* data,
                       const struct mosquitto_message* message) {
    (void)data;
    printf("message '%s' %d\n", (const char*)message->payload, message->qos);
    add(&counts.messages);
    if (strcmp((const char*)message->payload, "end") == 0) {
        SHOW_INT(mosquitto_disconnect(client));
    }
}

static void on_disconnect(struct mosquitto* client, void* data, int rc) {
    (void)client;
    (void)data;
    /* libmosquitto says it twice when a callback asks for the end. */
    if (counts.disconnects == 0) {
        printf("disconnect %d\n", rc);
        add(&counts.disconnects);
    }
}

static void on_log(struct mosquitto* client, void* data, int level, const char* line) {
    (void)client;
    (void)data;
    if (line[0] == '\0' || level == 0) {
        printf("an empty line of log\n");
    }
}

static struct mosquitto* make(const char* id) {
    struct mosquitto* client = mosquitto_new(id, true, NULL);
    mosquitto_connect_callback_set(client, on_connect);
    mosquitto_subscribe_callback_set(client, on_subscribe);
    mosquitto_message_callback_set(client, on_message);
    mosquitto_disconnect_callback_set(client, on_disconnect);
    mosquitto_log_callback_set(client, on_log);
    memset(&counts, 0, sizeof counts);
    return client;
}

static void show_wrong(void) {
    struct mosquitto* client = mosquitto_new("wrong", true, NULL);
    SHOW_INT(mosquitto_loop(NULL, 10, 1));
    SHOW_INT(mosquitto_loop(client, 10, 0));
    SHOW_INT(mosquitto_loop(client, 10, 1));
    SHOW_INT(mosquitto_loop_read(client, 1));
    SHOW_INT(mosquitto_loop_write(client, 1));
    SHOW_INT(mosquitto_loop_misc(client));
    SHOW_INT(mosquitto_loop_forever(NULL, 10, 1));
    SHOW_INT(mosquitto_loop_start(NULL));
    SHOW_INT(mosquitto_loop_stop(NULL, false));
    SHOW_INT(mosquitto_loop_stop(client, false));
    mosquitto_destroy(client);
}

/* The results are shown when the thread is quiet, as its callbacks print, too. */
static void show_thread(int port) {
    struct mosquitto* client = make("thread");
    int result;
    SHOW_INT(mosquitto_loop_start(client));
    SHOW_INT(mosquitto_loop_start(client));
    result = mosquitto_connect(client, "127.0.0.1", port, 60);
    wait_until(&counts.subscribes, 1);
    SHOW_INT(result);
    result = mosquitto_publish(client, NULL, "loop/topic", 4, "more", 0, false);
    wait_until(&counts.messages, 1);
    SHOW_INT(result);
    result = mosquitto_disconnect(client);
    SHOW_INT(mosquitto_loop_stop(client, false));
    SHOW_INT(result);
    SHOW_INT(counts.disconnects);
    /* Connecting in the background, and stopping without a disconnect. */
    SHOW_INT(mosquitto_connect_async(client, "127.0.0.1", port, 60));
    result = mosquitto_loop_start(client);
    wait_until(&counts.subscribes, 2);
    SHOW_INT(result);
    SHOW_INT(mosquitto_loop_stop(client, true));
    mosquitto_destroy(client);
}

static void show_forever(int port) {
    struct mosquitto* client = make("forever");
    SHOW_INT(mosquitto_connect(client, "127.0.0.1", port, 60));
    SHOW_INT(mosquitto_publish(client, NULL, "loop/other", 1, "x", 2, false));
    run_until(client, &counts.subscribes, 1);
    SHOW_INT(mosquitto_publish(client, NULL, "loop/topic", 3, "end", 1, false));
    SHOW_INT(mosquitto_loop_forever(client, -1, 1));
    SHOW_INT(counts.disconnects);
    mosquitto_destroy(client);
}

static void poll_until(struct mosquitto* client, const int* count, int wanted) {
    const time_t start = time(NULL);
    while (*count < wanted && time(NULL) - start < 10) {
        struct pollfd socket;
        socket.fd = mosquitto_socket(client);
        socket.events = (short)(POLLIN | (mosquitto_want_write(client) ? POLLOUT : 0));
        socket.revents = 0;
        if (socket.fd < 0) {
            return;
        }
        if (poll(&socket, 1, 100) > 0) {
            int result = MOSQ_ERR_SUCCESS;
            if (socket.revents & POLLIN) {
                result = mosquitto_loop_read(client, 1);
            }
            if (result == MOSQ_ERR_SUCCESS && (socket.revents & POLLOUT)) {
                result = mosquitto_loop_write(client, 1);
            }
            if (result != MOSQ_ERR_SUCCESS) {
                printf("the loop ends with %d\n", result);
                return;
            }
        }
        if (mosquitto_loop_misc(client) != MOSQ_ERR_SUCCESS) {
            return;
        }
    }
}

static void show_foreign(int port) {
    struct mosquitto* client = make("foreign");
    SHOW_INT(mosquitto_connect(client, "127.0.0.1", port, 60));
    poll_until(client, &counts.subscribes, 1);
    SHOW_INT(mosquitto_publish(client, NULL, "loop/topic", 3, "one", 2, false));
    poll_until(client, &counts.messages, 1);
    SHOW_INT(mosquitto_publish(client, NULL, "loop/topic", 3, "end", 0, false));
    poll_until(client, &counts.disconnects, 1);
    SHOW_INT(mosquitto_socket(client));
    mosquitto_destroy(client);
}

int main(int argc, char** argv) {
    const int port = port_of(argc, argv);
    mosquitto_lib_init();
    show_wrong();
    show_thread(port);
    show_forever(port);
    show_foreign(port);
    mosquitto_lib_cleanup();
    return finish();
}
