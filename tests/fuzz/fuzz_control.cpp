// Any bytes as a request to $CONTROL/broker/v1 and to $CONTROL/mqhome/v1: the answer is a JSON
// object with a list of responses, each of which has a command, and is bounded.
#include "broker/control/broker_commands.hpp"
#include "broker/control/command_frame.hpp"
#include "broker/control/live_commands.hpp"

#include <boost/json/parse.hpp>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

namespace {

using namespace mq::broker;

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

/// Does every errand at once, with the same result; what it is asked to do makes sense.
class Desk final : public ControlDesk {
 public:
    void run(Errand errand, Then then) override {
        require(errand.count > 0 && errand.count <= Errand::count_max);
        require(errand.offset <= Errand::offset_max);
        ErrandResult result;
        result.sessions.resize(1);
        result.retained.resize(1);
        result.retained.front().message =
            errand.message ? errand.message : MessageRef::create("t", {}, {}, {}, true, {});
        require(errand.kind != ErrandKind::set_retained || !errand.message->payload().empty());
        result.more = errand.name.size() % 2 == 1;
        then(std::move(result));
    }
    [[nodiscard]] Time turn_time() const override { return Time(std::chrono::hours(1)); }
};

Commands all_commands() {
    const auto listeners = [] { return std::vector<ListenerConfig>(3); };
    Commands commands = broker_commands(listeners);
    LiveSources sources;
    sources.listeners = [] { return std::vector<OpenListener>(3); };
    sources.log_types = [] { return log_mask_default; };
    sources.set_log_types = [](LogMask) {};
    for (Command& command : live_commands(std::move(sources))) {
        commands.push_back(std::move(command));
    }
    return commands;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto commands =
        std::make_shared<const CommandSet>(CommandSet{all_commands(), request_bytes_max});
    Desk desk;
    std::string answer;
    run_commands({"t", {data, size}, {"c", "anna", true, 0}}, commands, desk,
                 [&](std::string text) { answer = std::move(text); });
    require(answer.size() <= response_bytes_max + 8 * size + 4096);
    boost::json::error_code error;
    boost::json::parse_options options;
    const boost::json::value parsed =
        boost::json::parse(answer, error, boost::json::storage_ptr(), options);
    require(!error && parsed.is_object());
    for (const auto& response : parsed.at("responses").as_array()) {
        require(response.at("command").is_string());
        require(!(response.as_object().contains("error") && response.as_object().contains("data")));
    }
    return 0;
}
