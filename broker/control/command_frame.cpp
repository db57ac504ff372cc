#include "broker/control/command_frame.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace mq::broker {
namespace {

namespace json = boost::json;

constexpr std::string_view unknown_command = "Unknown command";

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_name(std::string_view left, std::string_view right) {
    return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                      [](char a, char b) { return lower(a) == lower(b); });
}

json::string_view view(std::string_view text) {
    return {text.data(), text.size()};
}

/// One element of `commands`, as far as every command has it.
struct Call {
    std::string_view name = unknown_command;
    const json::value* correlation = nullptr;
    std::string_view mistake;  ///< why it cannot be run; empty: it can
};

Call read_call(const json::value& element) {
    Call call;
    const json::object* fields = element.if_object();
    if (fields == nullptr) {
        call.mistake = "Command not an object";
        return call;
    }
    const json::value* name = find_member(*fields, "command");
    if (name == nullptr || !name->is_string()) {
        call.mistake = "Missing command";
        return call;
    }
    call.name = {name->get_string().data(), name->get_string().size()};
    call.correlation = find_member(*fields, "correlationData");
    if (call.correlation != nullptr && !call.correlation->is_string()) {
        call.correlation = nullptr;
        call.mistake = "Invalid correlationData data type.";
    }
    return call;
}

/// The list of responses as text, so that its size is known as it grows.
class Responses {
 public:
    [[nodiscard]] bool full() const { return text_.size() >= response_bytes_max; }

    void add(const Call& call, CommandResult result) {
        json::object response{{"command", view(call.name)}};
        if (!result.error.empty()) {
            response["error"] = view(result.error);
        } else if (!result.data.empty()) {
            response["data"] = std::move(result.data);
        }
        if (call.correlation != nullptr) {
            response["correlationData"] = *call.correlation;
        }
        text_ += (text_.empty() ? "" : ",") + json::serialize(response);
    }

    [[nodiscard]] std::string text() const { return "{\"responses\":[" + text_ + "]}"; }

 private:
    std::string text_;
};

std::string refuse(std::string_view mistake) {
    Responses responses;
    responses.add({}, {{}, std::string(mistake)});
    return responses.text();
}

/// Where it tells something, a command goes by its documented name; else by the one it was given.
void run(const json::value& element, Call call, std::span<const Command> commands,
         const Identity& client, Responses& responses) {
    const auto known = std::find_if(commands.begin(), commands.end(), [&](const Command& command) {
        return same_name(command.name, call.name);
    });
    if (known == commands.end()) {
        return responses.add(call, {{}, std::string(unknown_command)});
    }
    CommandResult result = known->run(element.get_object(), client);
    if (!result.data.empty() && responses.full()) {
        result = {{}, "The responses before are too large; ask again for this one alone"};
    }
    if (!result.data.empty() && result.error.empty()) {
        call.name = known->name;
    }
    responses.add(call, std::move(result));
}

std::optional<json::value> parse(mqtt::Bytes request) {
    json::parse_options options;
    options.max_depth = request_depth_max;
    json::error_code error;
    json::value parsed =
        json::parse({reinterpret_cast<const char*>(request.data()), request.size()}, error,
                    json::storage_ptr(), options);
    return error ? std::nullopt : std::optional(std::move(parsed));
}

}  // namespace

const json::value* find_member(const json::object& object, std::string_view name) {
    const auto found = std::find_if(object.begin(), object.end(), [&](const auto& member) {
        return same_name({member.key().data(), member.key().size()}, name);
    });
    return found == object.end() ? nullptr : &found->value();
}

std::string run_commands(mqtt::Bytes request, std::span<const Command> commands,
                         const Identity& client) {
    if (request.size() > request_bytes_max) {
        return refuse("Payload too large");
    }
    const auto parsed = parse(request);
    if (!parsed) {
        return refuse("Payload not valid JSON");
    }
    const json::object* frame = parsed->if_object();
    const json::value* list = frame == nullptr ? nullptr : find_member(*frame, "commands");
    if (list == nullptr || !list->is_array()) {
        return refuse("Invalid/missing commands");
    }
    Responses responses;
    for (const json::value& element : list->get_array()) {
        const Call call = read_call(element);
        if (!call.mistake.empty()) {
            responses.add(call, {{}, std::string(call.mistake)});
            break;
        }
        run(element, call, commands, client, responses);
    }
    return responses.text();
}

}  // namespace mq::broker
