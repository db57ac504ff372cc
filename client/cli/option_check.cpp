#include "client/cli/option_check.hpp"

#include <cstdio>

namespace mq::cli {
namespace {

/// What is wrong, if `is_wrong`.
struct Rule {
    bool is_wrong;
    const char* what;
};

Outcome<void> first_broken(std::initializer_list<Rule> rules) {
    for (const auto& rule : rules) {
        if (rule.is_wrong) {
            return Problem{rule.what, ""};
        }
    }
    return {};
}

Outcome<void> check_tls(Options& options) {
    const bool authority = !options.cafile.empty() || !options.capath.empty();
    if (options.port == default_port(true) && !authority && options.psk.empty()) {
        options.tls_use_os_certs = true;
    }
    return first_broken({
        {options.cert.empty() != options.key.empty(), "--cert and --key need each other"},
        {!options.keyform.empty() && options.key.empty(), "--keyform needs --key"},
        {!options.tls_engine.empty() || !options.tls_engine_kpass_sha1.empty(),
         "--tls-engine: OpenSSL 3 has replaced engines, and this program has none"},
        {options.psk.empty() != options.psk_identity.empty(),
         "--psk and --psk-identity need each other"},
        {!options.psk.empty() && authority, "--psk excludes --cafile and --capath"},
    });
}

Outcome<void> check_will(const Options& options) {
    return first_broken({
        {!options.will_topic && options.will_payload.has_value(),
         "--will-payload needs --will-topic"},
        {!options.will_topic && options.will_retain, "--will-retain needs --will-topic"},
        {!options.will_topic && options.properties[for_will] != nullptr,
         "properties of a will need --will-topic"},
    });
}

Outcome<void> check_session(Options& options) {
    const bool named = options.id || options.id_prefix;
    if (options.version == MQTT_PROTOCOL_V5 && !options.clean_session &&
        !options.session_expiry_s) {
        options.session_expiry_s = MQTT_SESSION_EXPIRY_NEVER;
    }
    if (options.session_expiry_s) {
        append_property(options.properties[for_connect], mosquitto_property_add_int32,
                        MQTT_PROP_SESSION_EXPIRY_INTERVAL, *options.session_expiry_s);
    }
    return first_broken({
        {!options.password_usable(),
         "a password needs a user name (-u or MQTT_USERNAME), other than with MQTT 5.0"},
        {!options.clean_session && !named && options.version != MQTT_PROTOCOL_V5,
         "-c needs -i: nobody could ask for the session again"},
        {options.session_expiry_s == MQTT_SESSION_EXPIRY_NEVER && !named,
         "a session that never expires needs -i: nobody could ask for it again"},
    });
}

Outcome<void> check_purpose(const Options& options) {
    switch (options.program) {
        case program_pub:
            return first_broken({
                {options.topics.empty(), "the topic is missing: -t or -L"},
                {options.source == MessageSource::none,
                 "the message is missing: one of -f, -l, -m, -n and -s"},
            });
        case program_sub:
            return first_broken({
                {options.topics.empty() && options.unsubscribe.empty(),
                 "what to subscribe to is missing: -t, -L or -U"},
            });
        case program_rr:
            return first_broken({
                {options.topics.empty(), "the topic of the request is missing: -t or -L"},
                {options.response_topic.empty(), "the topic of the response is missing: -e"},
                {options.source == MessageSource::none,
                 "the message is missing: one of -f, -m, -n and -s"},
            });
        case program_ctl:
        case program_bench:
            return {};
    }
    return {};
}

Outcome<void> check_properties(const Options& options) {
    static constexpr struct {
        PropertyTarget target;
        unsigned command;
        const char* name;
    } lists[] = {{for_connect, CMD_CONNECT, "connect"},
                 {for_publish, CMD_PUBLISH, "publish"},
                 {for_subscribe, CMD_SUBSCRIBE, "subscribe"},
                 {for_unsubscribe, CMD_UNSUBSCRIBE, "unsubscribe"},
                 {for_disconnect, CMD_DISCONNECT, "disconnect"},
                 {for_will, CMD_WILL, "will"}};
    for (const auto& list : lists) {
        const int result = mosquitto_property_check_all(static_cast<int>(list.command),
                                                        options.properties[list.target].get());
        if (result != MOSQ_ERR_SUCCESS) {
            return Problem{
                std::string("properties of ") + list.name + ": " +
                    (result == MOSQ_ERR_DUPLICATE_PROPERTY ? "one is there twice"
                                                           : "one has a value that it cannot have"),
                ""};
        }
    }
    return {};
}

}  // namespace

Outcome<void> check_options(Options& options) {
    for (auto* const check :
         {+[](Options& o) { return check_tls(o); }, +[](Options& o) { return check_will(o); },
          +[](Options& o) { return check_session(o); },
          +[](Options& o) { return check_properties(o); },
          +[](Options& o) { return check_purpose(o); }}) {
        if (auto done = check(options); !done) {
            return done;
        }
    }
    return {};
}

}  // namespace mq::cli
