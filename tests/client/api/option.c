/* Options: which function takes which, and their ranges. */
#include "show.h"

#include <mosquitto.h>

static void show_int(struct mosquitto* client, int option, int value) {
    printf("int %d %d: %d\n", option, value,
           mosquitto_int_option(client, (enum mosq_opt_t)option, value));
}

static void show_string(struct mosquitto* client, int option, const char* value) {
    printf("string %d %s: %d\n", option, value == NULL ? "NULL" : value,
           mosquitto_string_option(client, (enum mosq_opt_t)option, value));
}

int main(void) {
    static const int numbers[] = {-1, 0, 1, 2, 3, 4, 5, 6, 20, 65535, 65536};
    struct mosquitto* client;
    size_t i;
    int version = MQTT_PROTOCOL_V5;
    mosquitto_lib_init();
    client = mosquitto_new("id", true, NULL);
    for (i = 0; i < sizeof numbers / sizeof *numbers; ++i) {
        show_int(client, MOSQ_OPT_PROTOCOL_VERSION, numbers[i]);
        show_int(client, MOSQ_OPT_RECEIVE_MAXIMUM, numbers[i]);
        show_int(client, MOSQ_OPT_SEND_MAXIMUM, numbers[i]);
    }
    for (i = 1; i < 3; ++i) {
        show_int(client, MOSQ_OPT_SSL_CTX_WITH_DEFAULTS, (int)i - 1);
        show_int(client, MOSQ_OPT_TLS_OCSP_REQUIRED, (int)i - 1);
        show_int(client, MOSQ_OPT_TCP_NODELAY, (int)i - 1);
        show_int(client, MOSQ_OPT_TLS_USE_OS_CERTS, (int)i - 1);
    }
    show_int(client, MOSQ_OPT_SSL_CTX, 1);
    show_int(client, MOSQ_OPT_TLS_ALPN, 1);
    show_int(client, MOSQ_OPT_BIND_ADDRESS, 1);
    show_int(client, 0, 1);
    show_int(client, 999, 1);
    show_int(client, 99999, 1); /* no value of the enum has so many bits */
    show_int(client, -1, 1);
    show_int(NULL, MOSQ_OPT_TCP_NODELAY, 1);

    show_string(client, MOSQ_OPT_TLS_KEYFORM, "pem");
    show_string(client, MOSQ_OPT_TLS_KEYFORM, "none such");
    show_string(client, MOSQ_OPT_TLS_KEYFORM, NULL);
    show_string(client, MOSQ_OPT_TLS_ALPN, "mqtt");
    show_string(client, MOSQ_OPT_BIND_ADDRESS, "127.0.0.1");
    show_string(client, MOSQ_OPT_PROTOCOL_VERSION, "5");
    show_string(client, MOSQ_OPT_TCP_NODELAY, "1");
    show_string(client, 999, "1");
    show_string(client, 99999, "1");
    show_string(NULL, MOSQ_OPT_TLS_ALPN, "mqtt");

    SHOW_INT(mosquitto_void_option(client, MOSQ_OPT_TLS_ALPN, NULL));
    SHOW_INT(mosquitto_void_option(NULL, MOSQ_OPT_SSL_CTX, NULL));
    SHOW_INT(mosquitto_void_option(client, (enum mosq_opt_t)99999, NULL));
    SHOW_INT(mosquitto_opts_set(client, (enum mosq_opt_t)99999, NULL));
    SHOW_INT(mosquitto_opts_set(client, MOSQ_OPT_PROTOCOL_VERSION, &version));
    version = 2;
    SHOW_INT(mosquitto_opts_set(client, MOSQ_OPT_PROTOCOL_VERSION, &version));
    SHOW_INT(mosquitto_opts_set(client, MOSQ_OPT_SEND_MAXIMUM, &version));
    SHOW_INT(mosquitto_opts_set(NULL, MOSQ_OPT_PROTOCOL_VERSION, &version));

    SHOW_INT(mosquitto_reconnect_delay_set(client, 1, 1, false));
    SHOW_INT(mosquitto_reconnect_delay_set(client, 0, 0, false));
    SHOW_INT(mosquitto_reconnect_delay_set(client, 2, 30, true));
    SHOW_INT(mosquitto_reconnect_delay_set(client, 30, 2, true));
    SHOW_INT(mosquitto_reconnect_delay_set(NULL, 1, 1, false));
    SHOW_INT(mosquitto_max_inflight_messages_set(client, 0));
    SHOW_INT(mosquitto_max_inflight_messages_set(client, 10));
    SHOW_INT(mosquitto_max_inflight_messages_set(client, 65536));
    SHOW_INT(mosquitto_max_inflight_messages_set(NULL, 10));
    mosquitto_message_retry_set(client, 5);
    mosquitto_destroy(client);
    mosquitto_lib_cleanup();
    return finish();
}
