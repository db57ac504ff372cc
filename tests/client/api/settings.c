/* Login, will, TLS and proxy: what is accepted before connecting. argv[1] is a directory with the
   certificate ca.crt, client.crt and its key client.key. */
#include "show.h"

#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <unistd.h>

static int no_password(char* buffer, int size, int rwflag, void* data) {
    (void)buffer;
    (void)size;
    (void)rwflag;
    (void)data;
    return 0;
}

static void show_login(struct mosquitto* client) {
    SHOW_INT(mosquitto_username_pw_set(client, "user", "password"));
    SHOW_INT(mosquitto_username_pw_set(client, "user", NULL));
    SHOW_INT(mosquitto_username_pw_set(client, NULL, NULL));
    SHOW_INT(mosquitto_username_pw_set(client, "", ""));
    SHOW_INT(mosquitto_username_pw_set(client, "\xC3", "password"));
    SHOW_INT(mosquitto_username_pw_set(NULL, "user", "password"));
}

static void show_will(struct mosquitto* client) {
    mosquitto_property* list = NULL;
    SHOW_INT(mosquitto_will_set(client, "a", 1, "x", 0, false));
    SHOW_INT(mosquitto_will_set(client, "a", 0, NULL, 2, true));
    SHOW_INT(mosquitto_will_set(client, "a", 1, NULL, 0, false));
    SHOW_INT(mosquitto_will_set(client, "a", -1, "x", 0, false));
    SHOW_INT(mosquitto_will_set(client, "a", 268435456, "x", 0, false));
    SHOW_INT(mosquitto_will_set(client, "a/#", 1, "x", 0, false));
    SHOW_INT(mosquitto_will_set(client, NULL, 1, "x", 0, false));
    SHOW_INT(mosquitto_will_set(client, "\xC3", 1, "x", 0, false));
    SHOW_INT(mosquitto_will_set(NULL, "a", 1, "x", 0, false));
    SHOW_INT(mosquitto_will_clear(client));
    SHOW_INT(mosquitto_will_clear(client));
    SHOW_INT(mosquitto_will_clear(NULL));

    mosquitto_property_add_int32(&list, MQTT_PROP_WILL_DELAY_INTERVAL, 5);
    SHOW_INT(mosquitto_will_set_v5(client, "a", 1, "x", 0, false, list));
    SHOW_INT(mosquitto_int_option(client, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5));
    SHOW_INT(mosquitto_will_set_v5(client, "a", 1, "x", 0, false, list));
    list = NULL;
    mosquitto_property_add_int16(&list, MQTT_PROP_TOPIC_ALIAS, 5);
    SHOW_INT(mosquitto_will_set_v5(client, "a", 1, "x", 0, false, list));
    mosquitto_property_free_all(&list);
    SHOW_INT(mosquitto_will_set_v5(client, "a", 1, "x", 0, false, NULL));
    SHOW_INT(mosquitto_will_set_v5(NULL, "a", 1, "x", 0, false, NULL));
}

static void show_tls(struct mosquitto* client) {
    SHOW_NULL(mosquitto_ssl_get(client));
    SHOW_INT(mosquitto_tls_set(client, NULL, NULL, NULL, NULL, NULL));
    SHOW_INT(mosquitto_tls_set(client, "none such", NULL, NULL, NULL, NULL));
    SHOW_INT(mosquitto_tls_set(client, "ca.crt", NULL, "client.crt", NULL, NULL));
    SHOW_INT(mosquitto_tls_set(client, "ca.crt", NULL, NULL, "client.key", NULL));
    SHOW_INT(mosquitto_tls_set(client, "ca.crt", NULL, "none such", "client.key", NULL));
    SHOW_INT(mosquitto_tls_set(client, "ca.crt", NULL, "client.crt", "none such", NULL));
    SHOW_INT(mosquitto_tls_set(client, "ca.crt", NULL, "client.crt", "client.key", no_password));
    SHOW_INT(mosquitto_tls_set(client, "ca.crt", ".", NULL, NULL, NULL));
    SHOW_INT(mosquitto_tls_set(NULL, "ca.crt", NULL, NULL, NULL, NULL));
    SHOW_INT(mosquitto_tls_insecure_set(client, true));
    SHOW_INT(mosquitto_tls_insecure_set(client, false));
    SHOW_INT(mosquitto_tls_insecure_set(NULL, true));
    SHOW_INT(mosquitto_tls_opts_set(client, 1, NULL, NULL));
    SHOW_INT(mosquitto_tls_opts_set(client, 0, "tlsv1.2", NULL));
    SHOW_INT(mosquitto_tls_opts_set(client, 1, "tlsv1.3", NULL));
    SHOW_INT(mosquitto_tls_opts_set(client, 1, "TLSv1.3", NULL));
    SHOW_INT(mosquitto_tls_opts_set(client, 1, "tlsv9", NULL));
    SHOW_INT(mosquitto_tls_opts_set(client, 1, "tlsv1.2", "HIGH"));
    SHOW_INT(mosquitto_tls_opts_set(NULL, 1, "tlsv1.2", NULL));
}

static void show_psk(struct mosquitto* client) {
    SHOW_INT(mosquitto_tls_psk_set(client, "0123456789abcdefABCDEF", "identity", NULL));
    SHOW_INT(mosquitto_tls_psk_set(client, "01", "identity", "PSK"));
    SHOW_INT(mosquitto_tls_psk_set(client, "0x01", "identity", NULL));
    SHOW_INT(mosquitto_tls_psk_set(client, "no digits", "identity", NULL));
    SHOW_INT(mosquitto_tls_psk_set(client, NULL, "identity", NULL));
    SHOW_INT(mosquitto_tls_psk_set(client, "01", NULL, NULL));
    SHOW_INT(mosquitto_tls_psk_set(NULL, "01", "identity", NULL));
}

static void show_proxy(struct mosquitto* client) {
    static char longest[257 + 1];
    memset(longest, 'a', 257);
    SHOW_INT(mosquitto_socks5_set(client, "proxy", 1080, "user", "password"));
    SHOW_INT(mosquitto_socks5_set(client, "proxy", 1080, NULL, NULL));
    SHOW_INT(mosquitto_socks5_set(client, "proxy", 0, NULL, NULL));
    SHOW_INT(mosquitto_socks5_set(client, "proxy", 65536, NULL, NULL));
    SHOW_INT(mosquitto_socks5_set(client, longest, 1080, NULL, NULL));
    SHOW_INT(mosquitto_socks5_set(client, NULL, 1080, NULL, NULL));
    longest[256] = '\0';
    SHOW_INT(mosquitto_socks5_set(client, longest, 1080, NULL, NULL));
    SHOW_INT(mosquitto_socks5_set(client, "proxy", 1080, longest, "password"));
    SHOW_INT(mosquitto_socks5_set(client, "proxy", 1080, "user", longest));
    SHOW_INT(mosquitto_socks5_set(NULL, "proxy", 1080, NULL, NULL));
}

int main(int argc, char** argv) {
    struct mosquitto* client;
    if (argc < 2 || chdir(argv[1]) != 0) {
        return 2;
    }
    mosquitto_lib_init();
    client = mosquitto_new("id", true, NULL);
    show_login(client);
    show_will(client);
    show_tls(client);
    mosquitto_destroy(client);
    client = mosquitto_new("id", true, NULL);
    show_psk(client);
    show_proxy(client);
    mosquitto_destroy(client);
    mosquitto_lib_cleanup();
    return finish();
}
