#pragma once

#include "base/problem.hpp"
#include "client/cli/options.hpp"

#include <memory>
#include <mosquitto.h>
#include <string>

namespace mq::cli {

/// The port that the options name, or that follows from them.
int broker_port(const Options& options);

/// A callback for the log: tells what the library calls an error, which is why TLS has failed.
void tell_error(mosquitto* client, void* data, int level, const char* line);

/// The broker as messages name it: host:port, or the path of a socket.
std::string broker_name(const Options& options);

struct DestroyClient {
    void operator()(mosquitto* client) const { mosquitto_destroy(client); }
};
using ClientPointer = std::unique_ptr<mosquitto, DestroyClient>;

/// A client with the identifier that the options want.
Outcome<ClientPointer> make_client(const Options& options);

/// Will, login, TLS, proxy and all else that has to be set before connecting.
Outcome<void> apply_settings(const Options& options, mosquitto* client);

/// Opens the connection, which waits for TCP, and sends CONNECT. An error of the library.
int connect_client(const Options& options, mosquitto* client);

/// What an error of the library means; of MOSQ_ERR_ERRNO what errno says.
const char* error_text(int error);

/// What a code of CONNACK means.
const char* refusal_text(const Options& options, int code);

/// There is no connection to the broker.
Problem connection_problem(const Options& options, std::string why);

}  // namespace mq::cli
