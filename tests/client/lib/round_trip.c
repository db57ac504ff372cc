/*
 * A client of the C interface that connects as it is told, sends itself a message at each QoS, and leaves.
 *
 *   round_trip HOST PORT [NAME=VALUE]...
 *
 * Names: version (3, 4, 5), loop (start, forever, foreign), async, keepalive, size (bytes of a message), id,
 * user, password, cafile, cert, key, passphrase (of the key), keyform, insecure, verify, tls_version, psk,
 * identity, alpn, ocsp, os_certs, context (a CA file, or nothing: an SSL_CTX of our own), defaults (it gets the
 * other settings, too), socks (host:port[:user:password]), ws (path), headers, header_size (of the answer to
 * a WebSocket), bind, properties (of messages are wanted).
 * Prints "connect: TEXT" when connecting fails, "loop: TEXT" when the loop does, else "round trip at 0 1 2".
 */
#define _GNU_SOURCE
#include <mosquitto.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static char topic[64];
static char* payload;
static int size = 10;
static int got[3];
static const char* loop_kind = "start";

static const char* argument(int argc, char** argv, const char* name) {
    size_t length = strlen(name);
    for (int i = 3; i < argc; ++i) {
        if (strncmp(argv[i], name, length) == 0 && argv[i][length] == '=') {
            return argv[i] + length + 1;
        }
    }
    return NULL;
}

static void must(int result, const char* what) {
    if (result != MOSQ_ERR_SUCCESS) {
        printf("%s: %s\n", what, mosquitto_strerror(result));
        exit(1);
    }
}

static void on_connect(struct mosquitto* client, void* data, int code) {
    (void)data;
    if (code != 0) {
        printf("refused: %d\n", code);
        mosquitto_disconnect(client);
        return;
    }
    must(mosquitto_subscribe(client, NULL, topic, 2), "subscribe");
}

static void on_subscribe(struct mosquitto* client, void* data, int mid, int count, const int* granted) {
    (void)data, (void)mid, (void)count, (void)granted;
    for (int qos = 0; qos < 3; ++qos) {
        payload[0] = (char)('0' + qos);
        must(mosquitto_publish(client, NULL, topic, size, payload, qos, false), "publish");
    }
}

static void on_message(struct mosquitto* client, void* data, const struct mosquitto_message* message) {
    const char* bytes = message->payload;
    (void)data;
    if (message->payloadlen != size || bytes[size] != '\0' || strcmp(message->topic, topic) != 0 ||
        bytes[0] != '0' + message->qos || memcmp(bytes + 1, payload + 1, (size_t)size - 1) != 0) {
        printf("another message than was sent\n");
        exit(1);
    }
    got[message->qos] = 1;
    if (got[0] && got[1] && got[2]) {
        mosquitto_disconnect(client);
    }
}

static void on_message_v5(struct mosquitto* client, void* data, const struct mosquitto_message* message,
                          const mosquitto_property* properties) {
    (void)client, (void)data, (void)message, (void)properties;
}

static void set_proxy(struct mosquitto* client, const char* text) {
    char* copy = strdup(text);
    char* rest = copy;
    char* host = strsep(&rest, ":");
    char* port = strsep(&rest, ":");
    char* user = strsep(&rest, ":");
    must(mosquitto_socks5_set(client, host, atoi(port), user, rest), "socks5_set");
    free(copy);
}

static void set_context(struct mosquitto* client, const char* cafile) {
    SSL_CTX* context = SSL_CTX_new(TLS_client_method());
    if (*cafile != '\0') {
        SSL_CTX_load_verify_file(context, cafile);
    }
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    must(mosquitto_void_option(client, MOSQ_OPT_SSL_CTX, context), "context");
    SSL_CTX_free(context);
}

static const char* passphrase;
static struct mosquitto* owner_of_key;

static int give_passphrase(char* place, int room, int writing, void* client) {
    if (client != owner_of_key || writing || (int)strlen(passphrase) >= room) {
        return 0;
    }
    strcpy(place, passphrase);
    return (int)strlen(passphrase);
}

static void set_tls(struct mosquitto* client, int argc, char** argv) {
#define ARGUMENT(name) argument(argc, argv, name)
    if (ARGUMENT("cafile") != NULL) {
        passphrase = ARGUMENT("passphrase");
        owner_of_key = client;
        must(mosquitto_tls_set(client, ARGUMENT("cafile"), NULL, ARGUMENT("cert"), ARGUMENT("key"),
                               passphrase == NULL ? NULL : give_passphrase),
             "tls_set");
    }
    if (ARGUMENT("insecure") != NULL) {
        must(mosquitto_tls_insecure_set(client, true), "insecure");
    }
    if (ARGUMENT("verify") != NULL || ARGUMENT("tls_version") != NULL) {
        int verify = ARGUMENT("verify") == NULL ? 1 : atoi(ARGUMENT("verify"));
        must(mosquitto_tls_opts_set(client, verify, ARGUMENT("tls_version"), NULL), "tls_opts_set");
    }
    if (ARGUMENT("psk") != NULL) {
        must(mosquitto_tls_psk_set(client, ARGUMENT("psk"), ARGUMENT("identity"), NULL), "psk");
    }
    if (ARGUMENT("alpn") != NULL) {
        must(mosquitto_string_option(client, MOSQ_OPT_TLS_ALPN, ARGUMENT("alpn")), "alpn");
    }
    if (ARGUMENT("ocsp") != NULL) {
        must(mosquitto_int_option(client, MOSQ_OPT_TLS_OCSP_REQUIRED, 1), "ocsp");
    }
    if (ARGUMENT("os_certs") != NULL) {
        must(mosquitto_int_option(client, MOSQ_OPT_TLS_USE_OS_CERTS, 1), "os_certs");
    }
    if (ARGUMENT("keyform") != NULL) {
        must(mosquitto_string_option(client, MOSQ_OPT_TLS_KEYFORM, ARGUMENT("keyform")), "keyform");
    }
    if (ARGUMENT("defaults") != NULL) {
        must(mosquitto_int_option(client, MOSQ_OPT_SSL_CTX_WITH_DEFAULTS, 1), "defaults");
    }
    if (ARGUMENT("context") != NULL) {
        set_context(client, ARGUMENT("context"));
    }
}

static void set_up(struct mosquitto* client, int argc, char** argv) {
    if (ARGUMENT("version") != NULL) {
        must(mosquitto_int_option(client, MOSQ_OPT_PROTOCOL_VERSION, atoi(ARGUMENT("version"))), "version");
    }
    if (ARGUMENT("user") != NULL) {
        must(mosquitto_username_pw_set(client, ARGUMENT("user"), ARGUMENT("password")), "user");
    }
    if (ARGUMENT("socks") != NULL) {
        set_proxy(client, ARGUMENT("socks"));
    }
    if (ARGUMENT("ws") != NULL) {
        must(mosquitto_int_option(client, MOSQ_OPT_TRANSPORT, MOSQ_T_WEBSOCKETS), "websockets");
        must(mosquitto_string_option(client, MOSQ_OPT_HTTP_PATH, ARGUMENT("ws")), "path");
    }
    if (ARGUMENT("header_size") != NULL) {
        must(mosquitto_int_option(client, MOSQ_OPT_HTTP_HEADER_SIZE, atoi(ARGUMENT("header_size"))),
             "header_size");
    }
    if (ARGUMENT("headers") != NULL) {
        must(mosquitto_string_option(client, MQHOME_OPT_HTTP_HEADERS, ARGUMENT("headers")), "headers");
    }
    set_tls(client, argc, argv);
    mosquitto_connect_callback_set(client, on_connect);
    mosquitto_subscribe_callback_set(client, on_subscribe);
    mosquitto_message_callback_set(client, on_message);
    if (ARGUMENT("properties") != NULL) {
        mosquitto_message_v5_callback_set(client, on_message_v5);
    }
}

/* As an event loop of somebody else's would. */
static int foreign_loop(struct mosquitto* client) {
    int result = MOSQ_ERR_SUCCESS;
    while (result == MOSQ_ERR_SUCCESS && mosquitto_socket(client) >= 0) {
        struct pollfd waiting = {mosquitto_socket(client), POLLIN, 0};
        if (mosquitto_want_write(client)) {
            waiting.events |= POLLOUT;
        }
        poll(&waiting, 1, 500);
        if (waiting.revents & (POLLIN | POLLHUP | POLLERR)) {
            result = mosquitto_loop_read(client, 1);
        }
        if (result == MOSQ_ERR_SUCCESS && (waiting.revents & POLLOUT)) {
            result = mosquitto_loop_write(client, 1);
        }
        if (result == MOSQ_ERR_SUCCESS && mosquitto_socket(client) >= 0) {
            result = mosquitto_loop_misc(client);
        }
    }
    return result;
}

static int once(struct mosquitto* client) {
    int result = MOSQ_ERR_SUCCESS;
    do {
        result = mosquitto_loop(client, 1000, 1);
    } while (result == MOSQ_ERR_SUCCESS);
    return result == MOSQ_ERR_NO_CONN ? MOSQ_ERR_SUCCESS : result;
}

static int run(struct mosquitto* client) {
    if (strcmp(loop_kind, "start") == 0) {
        must(mosquitto_loop_start(client), "loop_start");
        return mosquitto_loop_stop(client, false);
    }
    if (strcmp(loop_kind, "forever") == 0) {
        return mosquitto_loop_forever(client, -1, 1);
    }
    return strcmp(loop_kind, "once") == 0 ? once(client) : foreign_loop(client);
}

int main(int argc, char** argv) {
    mosquitto_lib_init();
    struct mosquitto* client = mosquitto_new(ARGUMENT("id"), true, NULL);
    const char* keep_alive = ARGUMENT("keepalive");
    int seconds = keep_alive == NULL ? 60 : atoi(keep_alive);
    loop_kind = ARGUMENT("loop") != NULL ? ARGUMENT("loop") : loop_kind;
    size = ARGUMENT("size") != NULL ? atoi(ARGUMENT("size")) : size;
    payload = malloc((size_t)size);
    for (int i = 0; i < size; ++i) {
        payload[i] = (char)('a' + i % 25);
    }
    snprintf(topic, sizeof(topic), "round/%d", getpid());
    set_up(client, argc, argv);
    int result = ARGUMENT("async") != NULL
                     ? mosquitto_connect_async(client, argv[1], atoi(argv[2]), seconds)
                     : mosquitto_connect_bind(client, argv[1], atoi(argv[2]), seconds, ARGUMENT("bind"));
    must(result, "connect");
    must(run(client), "loop");
    if (got[0] && got[1] && got[2]) {
        printf("round trip at 0 1 2\n");
    }
    mosquitto_destroy(client);
    free(payload);
    return got[0] && got[1] && got[2] ? 0 : 1;
}
