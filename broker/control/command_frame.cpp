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

/// A request on its way: its commands are run one after the other. Kept alive by what they wait
/// for.
class Run : public std::enable_shared_from_this<Run> {
 public:
    Run(json::value request, const Identity& client, std::shared_ptr<const CommandSet> commands,
        ControlDesk& desk, Control::Respond respond)
        : request_(std::move(request)),
          client_id_(client.client_id),
          user_name_(client.user_name),
          client_{client_id_, user_name_, client.has_user_name, client.realm},
          commands_(std::move(commands)),
          desk_(desk),
          respond_(std::move(respond)) {}

    /// Goes on until a command takes longer, or all are done.
    void go_on() {
        running_ = true;
        const json::array& list = elements();
        while (next_ < list.size() && !waiting_) {
            const json::value& element = list[next_++];
            const Call call = read_call(element);
            if (!call.mistake.empty()) {
                responses_.add(call, {{}, std::string(call.mistake)});
                next_ = list.size();
                break;
            }
            start(element.get_object(), call);
        }
        running_ = false;
        if (!waiting_) {
            respond_(responses_.text());
        }
    }

 private:
    [[nodiscard]] const json::array& elements() const {
        return find_member(request_.get_object(), "commands")->get_array();
    }

    void start(const json::object& fields, const Call& call) {
        const Commands& all = commands_->commands;
        const auto known = std::find_if(all.begin(), all.end(), [&](const Command& command) {
            return same_name(command.name, call.name);
        });
        if (known == all.end()) {
            return responses_.add(call, {{}, std::string(unknown_command)});
        }
        if (known->run) {
            return finish(call, *known, known->run(fields, client_));
        }
        waiting_ = true;
        known->start(fields, client_, desk_,
                     [self = shared_from_this(), call, &command = *known](CommandResult result) {
                         self->waiting_ = false;
                         self->finish(call, command, std::move(result));
                         if (!self->running_) {
                             self->go_on();
                         }
                     });
    }

    /// Where it tells something, a command goes by its documented name; else by the one it was
    /// given.
    void finish(Call call, const Command& command, CommandResult result) {
        if (!result.data.empty() && responses_.full()) {
            result = {{}, "The responses before are too large; ask again for this one alone"};
        }
        if (!result.data.empty() && result.error.empty()) {
            call.name = command.name;
        }
        responses_.add(call, std::move(result));
    }

    const json::value request_;
    const std::string client_id_;
    const std::string user_name_;
    const Identity client_;
    const std::shared_ptr<const CommandSet> commands_;
    ControlDesk& desk_;
    const Control::Respond respond_;
    Responses responses_;
    std::size_t next_ = 0;
    bool waiting_ = false;
    bool running_ = false;
};

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

void run_commands(const ControlRequest& request, std::shared_ptr<const CommandSet> commands,
                  ControlDesk& desk, Control::Respond respond) {
    if (request.payload.size() > commands->request_bytes_max) {
        return respond(refuse("Payload too large"));
    }
    auto parsed = parse(request.payload);
    if (!parsed) {
        return respond(refuse("Payload not valid JSON"));
    }
    const json::object* frame = parsed->if_object();
    const json::value* list = frame == nullptr ? nullptr : find_member(*frame, "commands");
    if (list == nullptr || !list->is_array()) {
        return respond(refuse("Invalid/missing commands"));
    }
    std::make_shared<Run>(std::move(*parsed), request.client, std::move(commands), desk,
                          std::move(respond))
        ->go_on();
}

}  // namespace mq::broker
