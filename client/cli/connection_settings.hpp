#pragma once

#include "base/problem.hpp"
#include "client/cli/options.hpp"

#include <mosquitto.h>
#include <string>

namespace mq::cli {

/// The port that the options name, or that follows from them.
int broker_port(const Options& options);

/// The broker as messages name it: host:port, or the path of a socket.
std::string broker_name(const Options& options);

/// A client with the identifier that the options want; the caller's to destroy.
Outcome<mosquitto*> make_client(const Options& options);

/// Will, login, TLS, proxy and all else that has to be set before connecting.
Outcome<void> apply_settings(const Options& options, mosquitto* client);

}  // namespace mq::cli
