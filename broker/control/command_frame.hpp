#pragma once

#include "broker/control/command.hpp"
#include "mqtt/packet.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace mq::broker {

/// Commands, and how large a request with them may be.
struct CommandSet {
    Commands commands;
    std::size_t request_bytes_max;
};

/// Runs the commands of a request and tells what has come of them, with the frame that Mosquitto's
/// dynamic security has made the usual one:
///
///     {"commands": [{"command": NAME, ..., "correlationData": TEXT}, ...]}
///     {"responses": [{"command": NAME, "data": {...}, "correlationData": TEXT}, ...]}
///
/// with `"error": TEXT` in the place of data where it has failed, and neither where there is
/// nothing to tell.
///
/// Responses stand in the order of the commands. Names of commands and members are compared without
/// regard to case. A command that fails does not stop those behind it, one that is malformed does.
/// Members that are not understood are passed over.
///
/// Any bytes are fine: a request that is none is answered with an error. So is one of more bytes
/// than the set allows, or nested deeper than `request_depth_max`. Once the responses have
/// `response_bytes_max`, the others hold an error in place of their data.
///
/// A command of the kind that takes longer holds up those behind it; `respond` is called once all
/// are done, perhaps before `run_commands` returns. `desk` outlives that.
void run_commands(const ControlRequest& request, std::shared_ptr<const CommandSet> commands,
                  ControlDesk& desk, Control::Respond respond);

inline constexpr std::size_t request_bytes_max = std::size_t{256} << 10;
inline constexpr std::size_t request_depth_max = 16;
inline constexpr std::size_t response_bytes_max = std::size_t{1} << 20;

/// A member of an object, whatever the case of its name; null where there is none.
const boost::json::value* find_member(const boost::json::object& object, std::string_view name);

}  // namespace mq::broker
