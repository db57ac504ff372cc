#pragma once

#include "broker/config/config.hpp"
#include "broker/core/sys_topics.hpp"

#include <span>
#include <string>

namespace mq::broker {

// The documents of `protocol http_api`, with the names that Mosquitto 2.1 gives them.

/// `/api/v1/listeners`: JSON, an object with the list `listeners`. Each has `port`, or `path` for a
/// Unix socket, `protocol` (mqtt, websockets, httpapi, auto), and whether it has `tls`, asks
/// clients for certificates (`mtls`) and lets in clients without a name (`allow_anonymous`).
std::string listeners_document(std::span<const ListenerConfig> listeners);

/// `/api/v1/systree`: JSON, an object of topics, `$SYS/broker/...`, each with a number.
std::string systree_document(std::span<const SysTopics::Value> values);

}  // namespace mq::broker
