#pragma once

#include "broker/core/access.hpp"
#include "broker/core/control.hpp"

#include <boost/json/object.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace mq::broker {

/// What a command has come to.
struct CommandResult {
    boost::json::object data{};  ///< empty where there is nothing to tell
    std::string error{};  ///< why it has failed, and then there is no data; empty: it has not
};

/// Takes what a command has come to, once.
using CommandDone = std::function<void(CommandResult)>;

/// One command: its name as it is documented, and what it does for a client with the members of
/// the request. Either is there: `run` does it at once, `start` by means of the shards, and then
/// the request is there until it is done.
struct Command {
    std::string_view name;  ///< of static life
    std::function<CommandResult(const boost::json::object& request, const Identity& client)> run;
    std::function<void(const boost::json::object& request, const Identity& client,
                       ControlDesk& desk, CommandDone done)>
        start{};
};

using Commands = std::vector<Command>;

}  // namespace mq::broker
