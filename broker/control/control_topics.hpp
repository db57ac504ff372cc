#pragma once

#include "broker/control/command.hpp"
#include "broker/core/control.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace mq::broker {

/// Who answers at which topic under `$CONTROL/`: a set of commands for each name, at
/// `$CONTROL/NAME/v1`. Owned by App, on the shard's thread.
class ControlTopics final : public Control {
 public:
    /// Answers requests at the name from now on, in place of what did so before.
    void open(const std::string& name, Commands commands);
    /// Nobody answers there any more.
    void close(std::string_view name);

    std::optional<std::string> answer(const ControlRequest& request) override;

 private:
    std::map<std::string, Commands, std::less<>> commands_;  ///< by topic
};

}  // namespace mq::broker
