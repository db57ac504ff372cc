#include "client/cli/ctl_link.hpp"

#include "base/secret_prompt.hpp"
#include "client/cli/ctl_socket.hpp"
#include "client/cli/ctl_url.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <random>
#include <unistd.h>
#include <utility>

namespace mq::cli {
namespace {

namespace json = boost::json;

constexpr int port_default = 1883;
constexpr int port_default_tls = 8883;
constexpr int keep_alive_s = 60;
constexpr int turn_ms = 100;
constexpr int code_refused_min = 128;

/// Unpredictable, so that nobody else's responses are taken for ours.
std::string random_text() {
    std::random_device source;
    return std::to_string(source()) + "-" + std::to_string(source());
}

int version_of(const std::string& text) {
    if (text == "31" || text == "mqttv31") {
        return MQTT_PROTOCOL_V31;
    }
    return text == "311" || text == "mqttv311" ? MQTT_PROTOCOL_V311 : MQTT_PROTOCOL_V5;
}

const char* or_null(const std::string& text) {
    return text.empty() ? nullptr : text.c_str();
}

Problem library_problem(const std::string& what, int code) {
    return {
        what + ": " + (code == MOSQ_ERR_ERRNO ? std::strerror(errno) : mosquitto_strerror(code)),
        "", "", code};
}

Outcome<void> done(const std::string& what, int code) {
    return code == MOSQ_ERR_SUCCESS ? Outcome<void>() : library_problem(what, code);
}

bool is_local(const std::string& host) {
    return host == "localhost" || host == "::1" || host.starts_with("127.");
}

CtlLink* self_of(void* object) {
    return static_cast<CtlLink*>(object);
}

}  // namespace

CtlLink::~CtlLink() {
    if (client_ != nullptr) {
        mosquitto_disconnect(client_.get());
        mosquitto_loop(client_.get(), 0, 1);
    }
}

Outcome<std::unique_ptr<CtlLink>> CtlLink::open(const CtlRoute& route, const std::string& name) {
    std::unique_ptr<CtlLink> link(new CtlLink(route, name));
    std::string host = route.host.empty() ? "localhost" : route.host;
    int port = route.port != 0 ? route.port : route.tls() ? port_default_tls : port_default;
    if (!route.remote() || !route.unix_path.empty()) {
        auto socket =
            route.remote() ? Outcome<std::string>(route.unix_path) : find_control_socket(route);
        if (!socket) {
            return socket.error();
        }
        host = std::move(*socket);
        port = 0;
    }
    if (port != 0 && !route.tls() && !route.user.empty() && !route.quiet && !is_local(host)) {
        std::fputs("mqctl: Warning: without TLS the password can be read on its way.\n", stderr);
    }
    for (auto step : {&CtlLink::make_client, &CtlLink::set_options, &CtlLink::set_tls}) {
        if (auto did = (link.get()->*step)(); !did) {
            return did.error();
        }
    }
    if (auto did = link->connect(host, port); !did) {
        return did.error();
    }
    if (auto did = link->subscribe(); !did) {
        return did.error();
    }
    return link;
}

Outcome<void> CtlLink::make_client() {
    const std::string id = route_.id.empty() ? "mqctl-" + random_text() : route_.id;
    client_.reset(mosquitto_new(id.c_str(), true, this));
    if (client_ == nullptr) {
        return library_problem("Cannot make a client",
                               errno == EINVAL ? MOSQ_ERR_INVAL : MOSQ_ERR_NOMEM);
    }
    mosquitto* client = client_.get();
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
    mosquitto_disconnect_callback_set(
        client, [](mosquitto*, void* link, int code) { self_of(link)->lost_ = code; });
    mosquitto_message_callback_set(client,
                                   [](mosquitto*, void* link, const mosquitto_message* message) {
                                       self_of(link)->received(*message);
                                   });
    if (route_.debug) {
        mosquitto_log_callback_set(client, [](mosquitto*, void*, int, const char* line) {
            std::fprintf(stderr, "%s\n", line);
        });
    }
    return {};
}

Outcome<void> CtlLink::set_options() {
    mosquitto* client = client_.get();
    mosquitto_int_option(client, MOSQ_OPT_PROTOCOL_VERSION, version_of(route_.version));
    if (route_.user.empty()) {
        return {};
    }
    std::string password = route_.password.value_or("");
    if (!route_.password) {
        auto typed = SecretPrompt().ask("Password for " + route_.user + ": ");
        if (!typed) {
            return typed.error();
        }
        password = typed->view();
    }
    return done("Cannot use this user name and password",
                mosquitto_username_pw_set(client, route_.user.c_str(), password.c_str()));
}

Outcome<void> CtlLink::set_tls() {
    mosquitto* client = client_.get();
    if (!route_.proxy.empty()) {
        const auto proxy = read_url(route_.proxy, "socks5h");
        if (!proxy) {
            return proxy.error();
        }
        if (const int code = mosquitto_socks5_set(client, proxy->host.c_str(),
                                                  proxy->port == 0 ? 1080 : proxy->port,
                                                  or_null(proxy->user), or_null(proxy->password));
            code != MOSQ_ERR_SUCCESS) {
            return library_problem("Cannot use the proxy", code);
        }
    }
    if (!route_.tls()) {
        return {};
    }
    if (!route_.psk.empty()) {
        return done("Cannot use this key",
                    mosquitto_tls_psk_set(client, route_.psk.c_str(), or_null(route_.psk_identity),
                                          or_null(route_.ciphers)));
    }
    if (route_.tls_use_os_certs) {
        mosquitto_int_option(client, MOSQ_OPT_TLS_USE_OS_CERTS, 1);
    }
    const std::pair<mosq_opt_t, const std::string*> texts[] = {
        {MOSQ_OPT_TLS_KEYFORM, &route_.keyform},
        {MOSQ_OPT_TLS_ENGINE, &route_.tls_engine},
        {MOSQ_OPT_TLS_ENGINE_KPASS_SHA1, &route_.tls_engine_kpass_sha1},
        {MOSQ_OPT_TLS_ALPN, &route_.tls_alpn},
    };
    for (const auto& [option, value] : texts) {
        if (!value->empty()) {
            if (const int code = mosquitto_string_option(client, option, value->c_str());
                code != MOSQ_ERR_SUCCESS) {
                return library_problem("Cannot use " + *value + " for TLS", code);
            }
        }
    }
    int code = MOSQ_ERR_SUCCESS;
    if (!route_.cafile.empty() || !route_.capath.empty() || !route_.cert.empty()) {
        code = mosquitto_tls_set(client, or_null(route_.cafile), or_null(route_.capath),
                                 or_null(route_.cert), or_null(route_.key), nullptr);
    }
    if (code == MOSQ_ERR_SUCCESS && (!route_.tls_version.empty() || !route_.ciphers.empty())) {
        code =
            mosquitto_tls_opts_set(client, 1, or_null(route_.tls_version), or_null(route_.ciphers));
    }
    if (code == MOSQ_ERR_SUCCESS && route_.insecure) {
        code = mosquitto_tls_insecure_set(client, true);
    }
    return done("Cannot use these certificates", code);
}

Outcome<void> CtlLink::connect(const std::string& host, int port) {
    peer_ = port == 0 ? host : host + " port " + std::to_string(port);
    const int code = mosquitto_connect_bind(client_.get(), host.c_str(), port, keep_alive_s,
                                            or_null(route_.bind_address));
    if (code != MOSQ_ERR_SUCCESS) {
        Problem problem = library_problem("Cannot connect to " + peer_, code);
        if (!route_.remote()) {
            problem.next = "Is the broker running, and as this user? See: mqinstall service status";
        }
        return problem;
    }
    if (auto waited = wait_until([this] { return connected_.has_value(); }, "to CONNECT");
        !waited) {
        return waited;
    }
    if (*connected_ != 0) {
        const bool is_v5 = version_of(route_.version) == MQTT_PROTOCOL_V5;
        return Problem{"The broker at " + peer_ + " refuses the connection: " +
                           (is_v5 ? mosquitto_reason_string(*connected_)
                                  : mosquitto_connack_string(*connected_)),
                       "", "", *connected_};
    }
    return {};
}

Outcome<void> CtlLink::subscribe() {
    const std::string filter = topic_ + "/response";
    const int code = mosquitto_subscribe(client_.get(), nullptr, filter.c_str(), route_.qos);
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
                          request.data(), route_.qos, false);
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
    const Deadline end = std::chrono::steady_clock::now() + std::chrono::seconds(route_.wait_s);
    while (!is_done()) {
        if (std::chrono::steady_clock::now() >= end) {
            return Problem{"No answer from " + peer_ + " within " + std::to_string(route_.wait_s) +
                               " seconds " + what,
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
