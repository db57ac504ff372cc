#include "broker/control/control_topics.hpp"

#include <utility>

namespace mq::broker {
namespace {

std::string topic_of(std::string_view name) {
    return "$CONTROL/" + std::string(name) + "/v1";
}

}  // namespace

void ControlTopics::open(const std::string& name, Commands commands, std::size_t bytes_max) {
    commands_[topic_of(name)] =
        std::make_shared<const CommandSet>(CommandSet{std::move(commands), bytes_max});
}

void ControlTopics::close(std::string_view name) {
    commands_.erase(topic_of(name));
}

bool ControlTopics::answer(const ControlRequest& request, ControlDesk& desk, Respond respond) {
    const auto found = commands_.find(request.topic);
    if (found == commands_.end()) {
        return false;
    }
    run_commands(request, found->second, desk, std::move(respond));
    return true;
}

}  // namespace mq::broker
