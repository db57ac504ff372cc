#include "client/cli/ctl_link.hpp"

#include "base/secret_prompt.hpp"
#include "client/cli/ctl_options.hpp"
#include "client/cli/ctl_socket.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <cstdio>
#include <random>
#include <unistd.h>
#include <utility>

namespace mq::cli {
namespace {

namespace json = boost::json;

constexpr int turn_ms = 100;
constexpr int code_refused_min = 128;

/// Unpredictable, so that nobody else's responses are taken for ours.
std::string random_text() {
    std::random_device source;
    return std::to_string(source()) + "-" + std::to_string(source());
}

Problem library_problem(const std::string& what, int code) {
    return {what + ": " + error_text(code), "", "", code};
}

bool is_local(const std::string& host) {
    return host == "localhost" || host == "::1" || host.starts_with("127.");
}

CtlLink* self_of(void* object) {
    return static_cast<CtlLink*>(object);
}

/// The socket of this account's broker where no other is named.
Outcome<void> complete_way(Options& options) {
    if (options.says_which_broker()) {
        return {};
    }
    auto socket = find_control_socket(options);
    if (!socket) {
        return socket.error();
    }
    options.unix_path = std::move(*socket);
    return {};
}

Outcome<void> complete_login(Options& options) {
    if (!options.id && !options.id_prefix) {
        options.id = "mqctl-" + random_text();
    }
    if (!options.user || options.password) {
        return {};
    }
    auto typed = SecretPrompt().ask("Password for " + *options.user + ": ");
    if (!typed) {
        return typed.error();
    }
    options.password = std::move(*typed);
    return {};
}

void warn(const Options& options) {
    if (options.unix_path.empty() && !options.tls() && options.password && !options.quiet &&
        !options.host.empty() && !is_local(options.host)) {
        std::fputs("mqctl: Warning: without TLS the password can be read on its way.\n", stderr);
    }
}

}  // namespace

CtlLink::~CtlLink() {
    if (client_ != nullptr) {
        mosquitto_disconnect(client_.get());
        mosquitto_loop(client_.get(), 0, 1);
    }
}

Outcome<std::unique_ptr<CtlLink>> CtlLink::open(Options& options, const std::string& name) {
    const bool own_socket = !options.says_which_broker();
    for (auto* const step : {complete_way, complete_login}) {
        if (auto did = step(options); !did) {
            return did.error();
        }
    }
    warn(options);
    std::unique_ptr<CtlLink> link(new CtlLink(options, name));
    auto client = make_client(options);
    if (!client) {
        return client.error();
    }
    link->client_ = std::move(*client);
    mosquitto_user_data_set(link->client_.get(), link.get());
    link->set_callbacks();
    if (auto did = apply_settings(options, link->client_.get()); !did) {
        return did.error();
    }
    if (auto did = link->connect(); !did) {
        Problem problem = did.error();
        if (own_socket && problem.next.empty()) {
            problem.next = "Is the broker running, and as this user? See: mqinstall service status";
        }
        return problem;
    }
    if (auto did = link->subscribe(); !did) {
        return did.error();
    }
    return link;
}

void CtlLink::set_callbacks() {
    mosquitto* const client = client_.get();
    mosquitto_connect_v5_callback_set(
        client, [](mosquitto*, void* link, int code, int, const mosquitto_property*) {
            self_of(link)->connected_ = code;
        });
    mosquitto_subscribe_callback_set(client,
                                     [](mosquitto*, void* link, int, int, const int* granted) {
                                         self_of(link)->granted_ = *granted;
                                     });
    mosquitto_publish_v5_callback_set(
        client, [](mosquitto*, void* link, int, int code, const mosquitto_property*) {
            self_of(link)->published_ = code;
        });
    mosquitto_message_callback_set(client,
                                   [](mosquitto*, void* link, const mosquitto_message* message) {
                                       self_of(link)->received(*message);
                                   });
    if (options_.debug) {
        mosquitto_log_callback_set(client, [](mosquitto*, void*, int, const char* line) {
            std::fprintf(stderr, "%s\n", line);
        });
    } else if (!options_.quiet) {
        mosquitto_log_callback_set(client, tell_error);
    }
}

Outcome<void> CtlLink::connect() {
    const int code = connect_client(options_, client_.get());
    if (code != MOSQ_ERR_SUCCESS) {
        return library_problem("Cannot connect to " + peer_, code);
    }
    if (auto waited = wait_until([this] { return connected_.has_value(); }, "to CONNECT");
        !waited) {
        return waited;
    }
    if (*connected_ != 0) {
        return Problem{"The broker at " + peer_ +
                           " refuses the connection: " + refusal_text(options_, *connected_),
                       "", "", *connected_};
    }
    return {};
}

Outcome<void> CtlLink::subscribe() {
    const std::string filter = topic_ + "/response";
    const int code = mosquitto_subscribe(client_.get(), nullptr, filter.c_str(), options_.qos);
    if (code != MOSQ_ERR_SUCCESS) {
        return library_problem("Cannot subscribe to " + filter, code);
    }
    if (auto waited = wait_until([this] { return granted_.has_value(); }, "to SUBSCRIBE");
        !waited) {
        return waited;
    }
    return *granted_ < code_refused_min ? Outcome<void>() : refused(*granted_);
}

Outcome<json::array> CtlLink::ask(json::array commands) {
    awaited_ = random_text();
    for (json::value& command : commands) {
        command.as_object()["correlationData"] = awaited_;
    }
    const std::string request = json::serialize(json::object{{"commands", std::move(commands)}});
    published_.reset();
    responses_.reset();
    const int code =
        mosquitto_publish(client_.get(), nullptr, topic_.c_str(), static_cast<int>(request.size()),
                          request.data(), options_.qos, false);
    if (code != MOSQ_ERR_SUCCESS) {
        return library_problem("Cannot send the request", code);
    }
    auto waited = wait_until(
        [this] { return responses_.has_value() || published_.value_or(0) >= code_refused_min; },
        "to the request; may this user read " + topic_ + "/response?");
    if (!waited) {
        return waited.error();
    }
    if (!responses_) {
        return refused(*published_);
    }
    return std::move(*responses_);
}

template <class Done>
Outcome<void> CtlLink::wait_until(Done is_done, const std::string& what) {
    const Deadline end = std::chrono::steady_clock::now() + std::chrono::seconds(options_.wait_s);
    while (!is_done()) {
        if (std::chrono::steady_clock::now() >= end) {
            return Problem{"No answer from " + peer_ + " within " +
                               std::to_string(options_.wait_s) + " seconds " + what,
                           ""};
        }
        const int code = mosquitto_loop(client_.get(), turn_ms, 1);
        if (code != MOSQ_ERR_SUCCESS && !is_done()) {
            return library_problem("The connection to " + peer_ + " is lost", code);
        }
    }
    return {};
}

Problem CtlLink::refused(int code) const {
    constexpr int not_authorized = 0x87;
    constexpr int topic_name_invalid = 0x90;
    const std::string what = "The broker at " + peer_ + " takes no requests at " + topic_ + ": " +
                             mosquitto_reason_string(code);
    switch (code) {
        case not_authorized:
            return {what, "",
                    "The user needs these lines in the acl_file: topic write " + topic_ +
                        ", topic read " + topic_ + "/response"};
        case topic_name_invalid:
            return {what, "",
                    "It needs the line `enable_control_api true` or a control_socket in its "
                    "configuration, and mqhome."};
        default:
            return {what, ""};
    }
}

/// Responses to others come here as well, and are not ours.
void CtlLink::received(const mosquitto_message& message) {
    json::error_code error;
    const json::value response = json::parse(
        {static_cast<const char*>(message.payload), static_cast<std::size_t>(message.payloadlen)},
        error);
    const json::object* frame = error ? nullptr : response.if_object();
    const json::value* list = frame == nullptr ? nullptr : frame->if_contains("responses");
    if (list == nullptr || !list->is_array() || list->get_array().empty()) {
        return;
    }
    const json::object* first = list->get_array().front().if_object();
    const json::value* correlation =
        first == nullptr ? nullptr : first->if_contains("correlationData");
    const bool ours =
        correlation != nullptr && correlation->is_string() && correlation->get_string() == awaited_;
    // Of a request as a whole that is refused no response says whose it was.
    const bool unknown = correlation == nullptr && !awaited_.empty();
    if (ours || unknown) {
        responses_ = list->get_array();
    }
}

}  // namespace mq::cli
