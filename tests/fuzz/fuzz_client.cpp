// Any bytes as what a broker sends to a client of the C interface, over a real socket: the client
// answers, calls the application, and ends with an error of the documented ones. The first byte
// says which version it speaks and what else it does; with its highest bit, a right CONNACK comes
// first.
#include "client/include/mosquitto.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <vector>

namespace {

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

/// Where clients connect to; made once.
struct Listener {
    std::string path;
    int fd = -1;

    Listener() {
        std::string folder = "/tmp/fuzz_client.XXXXXX";
        require(::mkdtemp(folder.data()) != nullptr);
        path = folder + "/s";
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, sizeof(address.sun_path) - 1);
        fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        require(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
        require(::listen(fd, 8) == 0);
    }
    ~Listener() {
        ::close(fd);
        ::unlink(path.c_str());
        ::rmdir(path.substr(0, path.size() - 2).c_str());
    }
};

struct Application {
    unsigned what = 0;
    unsigned calls = 0;
};

void touch(const mosquitto_property* list) {
    for (; list != nullptr; list = mosquitto_property_next(list)) {
        require(mosquitto_property_identifier(list) != 0);
    }
}

void on_connect(mosquitto* client, void* data, int code, int /*flags*/,
                const mosquitto_property* list) {
    touch(list);
    if (code == 0) {
        const unsigned what = static_cast<Application*>(data)->what;
        mosquitto_subscribe(client, nullptr, "a/#", 2);
        for (int qos = 0; qos < 3; ++qos) {
            mosquitto_publish(client, nullptr, "a/b", 4, "text", qos, (what & 0x10U) != 0);
        }
    }
}

void on_message(mosquitto* client, void* data, const mosquitto_message* message,
                const mosquitto_property* list) {
    touch(list);
    auto* const application = static_cast<Application*>(data);
    require(message->topic != nullptr && message->topic[0] != '\0');
    require(message->payloadlen == 0 ||
            static_cast<const char*>(message->payload)[message->payloadlen] == '\0');
    if ((application->what & 0x08U) != 0 && ++application->calls < 5) {
        mosquitto_publish(client, nullptr, message->topic, message->payloadlen, message->payload,
                          message->qos, message->retain);
    }
    if ((application->what & 0x20U) != 0 && application->calls == 4) {
        mosquitto_disconnect(client);
    }
}

void on_publish(mosquitto* /*client*/, void* /*data*/, int /*mid*/, int /*reason*/,
                const mosquitto_property* list) {
    touch(list);
}

void on_subscribe(mosquitto* /*client*/, void* /*data*/, int /*mid*/, int count, const int* granted,
                  const mosquitto_property* list) {
    touch(list);
    require(count > 0 && granted[count - 1] <= 255);
}

void on_disconnect(mosquitto* /*client*/, void* /*data*/, int /*code*/,
                   const mosquitto_property* list) {
    touch(list);
}

int on_auth(mosquitto* client, void* /*data*/, const char* method, std::uint16_t size,
            const void* bytes, const mosquitto_property* list) {
    touch(list);
    return mosquitto_ext_auth_continue(client, method, size, bytes, nullptr);
}

void on_log(mosquitto* /*client*/, void* /*data*/, int /*level*/, const char* line) {
    require(std::strlen(line) > 0);
}

mosquitto* make_client(Application& application) {
    mosquitto* const client = mosquitto_new(nullptr, true, &application);
    require(client != nullptr);
    const unsigned version = 3 + application.what % 3;
    mosquitto_int_option(client, MOSQ_OPT_PROTOCOL_VERSION, static_cast<int>(version));
    mosquitto_connect_v5_callback_set(client, on_connect);
    mosquitto_message_v5_callback_set(client, on_message);
    mosquitto_publish_v5_callback_set(client, on_publish);
    mosquitto_subscribe_v5_callback_set(client, on_subscribe);
    mosquitto_disconnect_v5_callback_set(client, on_disconnect);
    mosquitto_ext_auth_callback_set(client, on_auth);
    if ((application.what & 0x04U) != 0) {
        mosquitto_log_callback_set(client, on_log);
    }
    return client;
}

void send_all(int fd, const std::vector<std::uint8_t>& bytes) {
    require(::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
            static_cast<ssize_t>(bytes.size()));
    ::shutdown(fd, SHUT_WR);
}

std::vector<std::uint8_t> broker_bytes(unsigned what, const std::uint8_t* data, std::size_t size) {
    std::vector<std::uint8_t> bytes;
    if ((what & 0x80U) != 0) {
        bytes = what % 3 == 2 ? std::vector<std::uint8_t>{0x20, 3, 0, 0, 0}
                              : std::vector<std::uint8_t>{0x20, 2, 0, 0};
    }
    constexpr std::size_t fits_into_the_socket = 60'000;
    bytes.insert(bytes.end(), data, data + std::min(size, fits_into_the_socket));
    return bytes;
}

int connect_client(mosquitto* client, const std::string& path, unsigned version) {
    if (version != MQTT_PROTOCOL_V5) {
        return mosquitto_connect(client, path.c_str(), 0, 60);
    }
    mosquitto_property* list = nullptr;
    mosquitto_property_add_int16(&list, MQTT_PROP_TOPIC_ALIAS_MAXIMUM, 4);
    mosquitto_property_add_string(&list, MQTT_PROP_AUTHENTICATION_METHOD, "m");
    const int result = mosquitto_connect_bind_v5(client, path.c_str(), 0, 60, nullptr, list);
    mosquitto_property_free_all(&list);
    return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    static const Listener listener;
    Application application;
    application.what = data[0];
    mosquitto* const client = make_client(application);
    require(connect_client(client, listener.path, 3 + application.what % 3) == MOSQ_ERR_SUCCESS);
    const int broker = ::accept4(listener.fd, nullptr, nullptr, SOCK_CLOEXEC);
    require(broker >= 0);
    send_all(broker, broker_bytes(application.what, data + 1, size - 1));
    int result = MOSQ_ERR_SUCCESS;
    int turns = 0;
    while (result == MOSQ_ERR_SUCCESS && mosquitto_socket(client) >= 0) {
        result = mosquitto_loop_read(client, 1);
        require(++turns < 10'000);
    }
    require(mosquitto_socket(client) < 0);
    ::close(broker);
    mosquitto_destroy(client);
    return 0;
}
