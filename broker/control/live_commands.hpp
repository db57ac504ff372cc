#pragma once

#include "broker/config/config.hpp"
#include "broker/control/command.hpp"
#include "broker/core/log.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace mq::broker {

/// A listener that is open, with the port that it really has.
struct OpenListener {
    ListenerConfig config;
    std::uint32_t connections = 0;
};

/// What the commands need beside the shards. Called on any shard's thread.
struct LiveSources {
    std::function<std::vector<OpenListener>()> listeners;
    std::function<LogMask()> log_types;
    std::function<void(LogMask)> set_log_types;
};

/// What `$CONTROL/mqhome/v1` answers: questions about the running broker, and orders to it. Names
/// and members are described in docs/control.md. Lists come in pages: of at most
/// `Errand::count_max` entries, and 512 KiB of payloads; `next` is where the next page begins.
Commands live_commands(LiveSources sources);

/// Requests to it may be larger than others: they may bring a message.
inline constexpr std::size_t live_request_bytes_max = std::size_t{4} << 20;

}  // namespace mq::broker
