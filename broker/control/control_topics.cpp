#include "broker/control/control_topics.hpp"

#include "broker/control/command_frame.hpp"

#include <utility>

namespace mq::broker {
namespace {

std::string topic_of(std::string_view name) {
    return "$CONTROL/" + std::string(name) + "/v1";
}

}  // namespace

void ControlTopics::open(const std::string& name, Commands commands) {
    commands_[topic_of(name)] = std::move(commands);
}

void ControlTopics::close(std::string_view name) {
    commands_.erase(topic_of(name));
}

std::optional<std::string> ControlTopics::answer(const ControlRequest& request) {
    const auto found = commands_.find(request.topic);
    if (found == commands_.end()) {
        return std::nullopt;
    }
    return run_commands(request.payload, found->second, request.client);
}

}  // namespace mq::broker
