/* What options do to a connection, as the other end sees it: a listener of this program. */
#include "session.h"

#include <arpa/inet.h>
#include <mqtt_protocol.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

enum { packet_bytes_max = 200 };

struct packet {
    unsigned char bytes[packet_bytes_max];
    int size;
};

static int listener;
static int port;

static void open_listener(void) {
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof here;
    listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr*)&here, size) != 0 || listen(listener, 1) != 0 ||
        getsockname(listener, (struct sockaddr*)&here, &size) != 0) {
        perror("listener");
        exit(2);
    }
    port = ntohs(here.sin_port);
}

/* A client that is connecting; the other end of its socket, and the address that it comes from. */
static int connect_to_us(struct mosquitto* client, struct in_addr* from) {
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    int peer;
    SHOW_INT(mosquitto_connect(client, "127.0.0.1", port, 60));
    peer = accept(listener, (struct sockaddr*)&address, &size);
    if (from != NULL) {
        *from = address.sin_addr;
    }
    return peer;
}

/* The next packet that the client sends, all of them being short; size 0 if none comes in so many
   turns of its loop. */
static struct packet next_packet(struct mosquitto* client, int peer, int turns) {
    struct packet packet = {{0}, 0};
    for (; turns > 0; --turns) {
        if (recv(peer, packet.bytes, 2, MSG_PEEK | MSG_DONTWAIT) == 2 &&
            recv(peer, packet.bytes, 2 + packet.bytes[1], MSG_PEEK | MSG_DONTWAIT) ==
                2 + packet.bytes[1]) {
            packet.size = (int)recv(peer, packet.bytes, 2 + packet.bytes[1], 0);
            return packet;
        }
        mosquitto_loop(client, 10, 1);
    }
    return packet;
}

static void send_bytes(int peer, const void* bytes, size_t size) {
    if (send(peer, bytes, size, 0) != (ssize_t)size) {
        perror("send");
        exit(2);
    }
}

static void receive_maximum(int value) {
    struct mosquitto* client = mosquitto_new("id", true, NULL);
    struct packet connect;
    int peer;
    int i;
    mosquitto_int_option(client, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
    mosquitto_int_option(client, MOSQ_OPT_RECEIVE_MAXIMUM, value);
    peer = connect_to_us(client, NULL);
    connect = next_packet(client, peer, 1000);
    printf("receive maximum %d in CONNECT:", value);
    for (i = 12; i + 2 < connect.size; ++i) { /* behind the length of the properties */
        if (connect.bytes[i] == MQTT_PROP_RECEIVE_MAXIMUM) {
            printf(" %d", connect.bytes[i + 1] * 256 + connect.bytes[i + 2]);
            break;
        }
    }
    printf("\n");
    mosquitto_destroy(client);
    close(peer);
}

/* How many of five messages come before the first is acknowledged, and how many behind that. */
static void send_maximum(int by_other_function) {
    static const unsigned char connack[] = {0x20, 2, 0, 0};
    struct mosquitto* client = mosquitto_new("id", true, NULL);
    struct packet publish;
    unsigned char puback[] = {0x40, 2, 0, 0};
    int count = 0;
    int peer;
    int i;
    if (by_other_function) {
        mosquitto_max_inflight_messages_set(client, 2);
    } else {
        mosquitto_int_option(client, MOSQ_OPT_SEND_MAXIMUM, 2);
    }
    peer = connect_to_us(client, NULL);
    next_packet(client, peer, 1000);
    send_bytes(peer, connack, sizeof connack);
    for (i = 0; i < 5; ++i) {
        mosquitto_publish(client, NULL, "a", 1, "x", 1, false);
    }
    for (publish = next_packet(client, peer, 1000); publish.size > 0;
         publish = next_packet(client, peer, 20)) {
        memcpy(puback + 2, publish.bytes + 5, 2);
        ++count;
    }
    printf("%d on their way\n", count);
    send_bytes(peer, puback, sizeof puback);
    for (publish = next_packet(client, peer, 1000); publish.size > 0;
         publish = next_packet(client, peer, 20)) {
        ++count;
    }
    printf("%d with the one that is acknowledged\n", count);
    mosquitto_destroy(client);
    close(peer);
}

static void no_delay(int value) {
    struct mosquitto* client = mosquitto_new("id", true, NULL);
    int set = -1;
    socklen_t size = sizeof set;
    int peer;
    mosquitto_int_option(client, MOSQ_OPT_TCP_NODELAY, value);
    peer = connect_to_us(client, NULL);
    getsockopt(mosquitto_socket(client), IPPROTO_TCP, TCP_NODELAY, &set, &size);
    printf("TCP_NODELAY is %d\n", set != 0);
    mosquitto_destroy(client);
    close(peer);
}

static void local_address(const char* address) {
    struct mosquitto* client = mosquitto_new("id", true, NULL);
    struct in_addr from;
    int peer;
    mosquitto_string_option(client, MOSQ_OPT_BIND_ADDRESS, address);
    peer = connect_to_us(client, &from);
    printf("it comes from %s\n", inet_ntoa(from));
    mosquitto_destroy(client);
    close(peer);
}

int main(void) {
    mosquitto_lib_init();
    open_listener();
    receive_maximum(7);
    receive_maximum(0);
    send_maximum(0);
    send_maximum(1);
    no_delay(0);
    no_delay(1);
    local_address("127.0.0.1");
    local_address("127.0.0.2");
    mosquitto_lib_cleanup();
    close(listener);
    return finish();
}
