/* Messages that a program keeps, and the structs that it shares with the library. */
#include "show.h"

#include <mosquitto.h>
#include <stddef.h>

#define SHOW_FIELD(type, field)                                                       \
    printf("%s.%s at %u, %u bytes\n", #type, #field, (unsigned)offsetof(type, field), \
           (unsigned)sizeof(((type*)0)->field))

static void show_structs(void) {
    SHOW_FIELD(struct mosquitto_message, mid);
    SHOW_FIELD(struct mosquitto_message, topic);
    SHOW_FIELD(struct mosquitto_message, payload);
    SHOW_FIELD(struct mosquitto_message, payloadlen);
    SHOW_FIELD(struct mosquitto_message, qos);
    SHOW_FIELD(struct mosquitto_message, retain);
    SHOW_FIELD(struct libmosquitto_will, topic);
    SHOW_FIELD(struct libmosquitto_will, payload);
    SHOW_FIELD(struct libmosquitto_will, payloadlen);
    SHOW_FIELD(struct libmosquitto_will, qos);
    SHOW_FIELD(struct libmosquitto_will, retain);
    SHOW_FIELD(struct libmosquitto_auth, username);
    SHOW_FIELD(struct libmosquitto_auth, password);
    SHOW_FIELD(struct libmosquitto_tls, cafile);
    SHOW_FIELD(struct libmosquitto_tls, capath);
    SHOW_FIELD(struct libmosquitto_tls, certfile);
    SHOW_FIELD(struct libmosquitto_tls, keyfile);
    SHOW_FIELD(struct libmosquitto_tls, ciphers);
    SHOW_FIELD(struct libmosquitto_tls, tls_version);
    SHOW_FIELD(struct libmosquitto_tls, pw_callback);
    SHOW_FIELD(struct libmosquitto_tls, cert_reqs);
    SHOW_INT(sizeof(struct mosquitto_message));
    SHOW_INT(sizeof(struct libmosquitto_will));
    SHOW_INT(sizeof(struct libmosquitto_auth));
    SHOW_INT(sizeof(struct libmosquitto_tls));
}

static void show_message(const struct mosquitto_message* message) {
    printf("%d '%s' %d bytes '%s' qos %d retain %d\n", message->mid, message->topic,
           message->payloadlen, message->payload == NULL ? "NULL" : (const char*)message->payload,
           message->qos, message->retain);
}

int main(void) {
    char topic[] = "a/b";
    char payload[] = {'x', 'y', 'z'};
    struct mosquitto_message source = {7, NULL, NULL, 0, 2, true};
    struct mosquitto_message copy;
    struct mosquitto_message* kept;
    show_structs();
    source.topic = topic;
    source.payload = payload;
    source.payloadlen = 3;
    memset(&copy, 0, sizeof copy);
    SHOW_INT(mosquitto_message_copy(&copy, &source));
    show_message(&copy);
    SHOW_INT(copy.topic != source.topic);
    SHOW_INT(copy.payload != source.payload);
    mosquitto_message_free_contents(&copy);
    mosquitto_message_free_contents(NULL);

    source.payload = NULL;
    source.payloadlen = 0;
    kept = (struct mosquitto_message*)calloc(1, sizeof *kept);
    SHOW_INT(mosquitto_message_copy(kept, &source));
    show_message(kept);
    mosquitto_message_free(&kept);
    mosquitto_message_free(NULL);
    SHOW_INT(mosquitto_message_copy(NULL, &source));
    SHOW_INT(mosquitto_message_copy(&copy, NULL));
    return finish();
}
