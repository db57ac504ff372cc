/* What the programs that talk to a broker share. argv[1] is the broker's port on 127.0.0.1. */
#ifndef SESSION_H
#define SESSION_H

#include "show.h"

#include <mosquitto.h>
#include <time.h>

SHARED int port_of(int argc, char** argv) {
    if (argc < 2) {
        fprintf(stderr, "usage: %s PORT\n", argv[0]);
        exit(2);
    }
    return atoi(argv[1]);
}

/* Runs the loop of a client until *count is at least so much. Says so when it takes more than ten
   seconds, which is when something is wrong. */
SHARED void run_until(struct mosquitto* client, const int* count, int wanted) {
    const time_t start = time(NULL);
    while (*count < wanted) {
        const int result = mosquitto_loop(client, 100, 1);
        if (result != MOSQ_ERR_SUCCESS) {
            printf("the loop ends with %d\n", result);
            return;
        }
        if (time(NULL) - start > 10) {
            printf("time is over: %d of %d\n", *count, wanted);
            return;
        }
    }
}

/* Events so far, of each kind. */
struct counts {
    int connects;
    int disconnects;
    int publishes;
    int messages;
    int subscribes;
    int unsubscribes;
};

#endif
