#pragma once

#include "broker/config/config.hpp"
#include "broker/control/command.hpp"

#include <functional>
#include <vector>

namespace mq::broker {

/// The open listeners, each with the port that it really has.
using ListenerSource = std::function<std::vector<ListenerConfig>()>;

/// What `$CONTROL/broker/v1` answers, with the names of Mosquitto 2.1:
///
///     listPlugins    {"plugins": []}, since there are none
///     listListeners  {"listeners": [{"port": NUMBER, "protocol": NAME, "bind-address": TEXT,
///                                    "socket-path": TEXT, "tls": BOOLEAN}, ...]}
///
/// A protocol is mqtt, mqtt+websockets, auto or httpapi. An address stands there where the
/// configuration names one, a path with port 0 for a Unix socket.
Commands broker_commands(ListenerSource listeners);

/// One entry of that list.
boost::json::object describe(const ListenerConfig& listener);

}  // namespace mq::broker
