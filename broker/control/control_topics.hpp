#pragma once

#include "broker/control/command_frame.hpp"
#include "broker/core/control.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace mq::broker {

/// Who answers at which topic under `$CONTROL/`: a set of commands for each name, at
/// `$CONTROL/NAME/v1`. Owned by App, for all shards; changes only while they stand still.
class ControlTopics final : public Control {
 public:
    /// Answers requests at the name from now on, in place of what did so before.
    void open(const std::string& name, Commands commands,
              std::size_t bytes_max = request_bytes_max);
    /// Nobody answers there any more.
    void close(std::string_view name);

    bool answer(const ControlRequest& request, ControlDesk& desk, Respond respond) override;

 private:
    std::map<std::string, std::shared_ptr<const CommandSet>, std::less<>> commands_;  ///< by topic
};

}  // namespace mq::broker
