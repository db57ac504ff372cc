// Any bytes as a request to $CONTROL/broker/v1: the answer is a JSON object with a list of
// responses, each of which has a command, and is bounded.
#include "broker/control/broker_commands.hpp"
#include "broker/control/command_frame.hpp"

#include <boost/json/parse.hpp>

#include <cstdint>
#include <cstdlib>

namespace {

using namespace mq::broker;

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Commands commands = broker_commands([] { return std::vector<ListenerConfig>(3); });
    const std::string answer = run_commands({data, size}, commands, {"c", "anna", true, 0});
    require(answer.size() <= response_bytes_max + 8 * size + 1024);
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
