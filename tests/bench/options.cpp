#include "tests/bench/options.hpp"

#include <charconv>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace mq::bench {
namespace {

std::uint64_t number(std::string_view name, std::string_view text, std::uint64_t min,
                     std::uint64_t max) {
    std::uint64_t value = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc() || stop != end || value < min || value > max) {
        throw std::invalid_argument(std::string(name) + ": a number from " + std::to_string(min) +
                                    " to " + std::to_string(max) + " is needed, not \"" +
                                    std::string(text) + "\"");
    }
    return value;
}

Scenario scenario(std::string_view text) {
    constexpr std::pair<std::string_view, Scenario> all[] = {
        {"pairs", Scenario::pairs},       {"flow", Scenario::flow},
        {"paced", Scenario::paced},       {"connects", Scenario::connects},
        {"retained", Scenario::retained}, {"subscriptions", Scenario::subscriptions},
        {"offline", Scenario::offline},   {"idle", Scenario::idle},
        {"logins", Scenario::logins},
    };
    std::string names;
    for (const auto& [name, value] : all) {
        if (name == text) {
            return value;
        }
        names += " " + std::string(name);
    }
    throw std::invalid_argument("--scenario: there are" + names);
}

void set(Options& options, std::string_view name, std::string_view text) {
    constexpr std::uint64_t million = 1'000'000;
    if (name == "--scenario") {
        options.scenario = scenario(text);
    } else if (name == "--port") {
        options.port = static_cast<std::uint16_t>(number(name, text, 1, 65'535));
    } else if (name == "--pid") {
        options.pid = static_cast<pid_t>(number(name, text, 1, INT32_MAX));
    } else if (name == "--qos") {
        options.qos = static_cast<mqtt::QoS>(number(name, text, 0, 2));
    } else if (name == "--publishers") {
        options.publishers = number(name, text, 1, 10'000);
    } else if (name == "--subscribers") {
        options.subscribers = number(name, text, 1, 10'000);
    } else if (name == "--pairs") {
        options.pairs = number(name, text, 1, 10'000);
    } else if (name == "--window") {
        options.window = number(name, text, 1, 10'000);
    } else if (name == "--messages") {
        options.messages = number(name, text, 1, 1000 * million);
    } else if (name == "--payload") {
        options.payload_bytes = number(name, text, 16, 65'536);
    } else if (name == "--clients") {
        options.clients = number(name, text, 1, million);
    } else if (name == "--login-port") {
        options.login_port = static_cast<std::uint16_t>(number(name, text, 1, 65'535));
    } else if (name == "--logins") {
        options.logins = number(name, text, 1, million);
    } else {
        throw std::invalid_argument("unknown option " + std::string(name));
    }
}

}  // namespace

const char* const usage =
    "usage: mqbench_load --pid PID [--port 1883] [--scenario pairs]\n"
    "           [--qos 0|1|2] [--pairs 50] [--publishers 1] [--subscribers 100] [--window 50]\n"
    "           [--messages 200000] [--payload 256]\n"
    "           [--clients 1000] [--login-port 1884] [--logins 10000]\n"
    "Loads the broker with process PID on 127.0.0.1 and prints one line of JSON.\n"
    "pairs         each publisher sends to one subscriber and is at most the window ahead of it\n"
    "flow          all publishers send to all subscribers: fan-in, fan-out\n"
    "paced         a message each millisecond: its latency\n"
    "connects      clients that come and go, one after another\n"
    "subscriptions with wildcards, by one client; then a message for each of them\n"
    "retained      messages that are stored, then given to a new subscription\n"
    "offline       messages for a client that is away, then it comes back\n"
    "idle          clients with one subscription each: the memory that each costs the broker\n"
    "logins        a message each millisecond, alone and beside wrong logins: its p99 latency\n"
    "Exit status: 0 all well, 1 messages lost, duplicated, reordered or wrong, 2 cannot run.\n";

Options parse_options(int count, const char* const* arguments) {
    Options options;
    for (int index = 1; index < count; index += 2) {
        if (index + 1 == count) {
            throw std::invalid_argument(std::string(arguments[index]) + ": a value is missing");
        }
        set(options, arguments[index], arguments[index + 1]);
    }
    if (options.scenario == Scenario::pairs && options.qos == mqtt::QoS::exactly_once) {
        throw std::invalid_argument("pairs have QoS 0 or 1; flow has 2, too");
    }
    if (options.pid == 0) {
        throw std::invalid_argument("--pid is needed");
    }
    return options;
}

}  // namespace mq::bench
