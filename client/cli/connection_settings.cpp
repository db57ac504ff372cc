#include "client/cli/connection_settings.hpp"

#include "client/cli/tls_key_log.hpp"

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstring>
#include <unistd.h>
#include <utility>

namespace mq::cli {
namespace {

const char* or_null(const std::string& text) {
    return text.empty() ? nullptr : text.c_str();
}

/// A problem that says what could not be set, unless `result` is success.
Outcome<void> check(int result, const char* what) {
    if (result == MOSQ_ERR_SUCCESS) {
        return {};
    }
    return Problem{std::string(what) + ": " + error_text(result), ""};
}

Outcome<void> check_readable(const char* option, const std::string& path) {
    if (path.empty() || ::access(path.c_str(), R_OK) == 0) {
        return {};
    }
    return system_problem(std::string(option) + ": " + path, errno);
}

Outcome<void> check_trust_files(const Options& options) {
    const std::pair<const char*, const std::string&> files[] = {{"--cafile", options.cafile},
                                                                {"--capath", options.capath},
                                                                {"--cert", options.cert},
                                                                {"--key", options.key}};
    for (const auto& [option, path] : files) {
        if (auto done = check_readable(option, path); !done) {
            return done;
        }
    }
    return {};
}

Outcome<void> set_will(const Options& options, mosquitto* client) {
    if (!options.will_topic) {
        return {};
    }
    const std::string payload = options.will_payload.value_or("");
    mosquitto_property* properties = nullptr;
    if (options.properties[for_will] != nullptr &&
        mosquitto_property_copy_all(&properties, options.properties[for_will].get()) !=
            MOSQ_ERR_SUCCESS) {
        return check(MOSQ_ERR_NOMEM, "the will");
    }
    const int result =
        mosquitto_will_set_v5(client, options.will_topic->c_str(), static_cast<int>(payload.size()),
                              payload.data(), options.will_qos, options.will_retain, properties);
    if (result != MOSQ_ERR_SUCCESS) {
        mosquitto_property_free_all(&properties);
    }
    return check(result, "the will");
}

Outcome<void> set_login(const Options& options, mosquitto* client) {
    if (!options.user && !options.password) {
        return {};
    }
    // The library's own copy is its business; ours is wiped with the options.
    Secret password;
    if (options.password) {
        password = Secret(std::string(options.password->view()));
    }
    return check(mosquitto_username_pw_set(client, options.user ? options.user->c_str() : nullptr,
                                           options.password ? password.view().data() : nullptr),
                 "user name and password");
}

Outcome<void> set_trust(const Options& options, mosquitto* client) {
    if (!options.psk.empty()) {
        return check(mosquitto_tls_psk_set(client, options.psk.c_str(),
                                           options.psk_identity.c_str(), or_null(options.ciphers)),
                     "--psk");
    }
    if (options.tls_use_os_certs) {
        if (auto done = check(mosquitto_int_option(client, MOSQ_OPT_TLS_USE_OS_CERTS, 1),
                              "the system's certificates");
            !done) {
            return done;
        }
    }
    if (!options.cafile.empty() || !options.capath.empty() || !options.cert.empty()) {
        if (auto done = check_trust_files(options); !done) {
            return done;
        }
        return check(mosquitto_tls_set(client, or_null(options.cafile), or_null(options.capath),
                                       or_null(options.cert), or_null(options.key), nullptr),
                     "the files of --cafile, --capath, --cert and --key");
    }
    return {};
}

Outcome<void> set_tls(const Options& options, mosquitto* client) {
    if (!options.tls()) {
        return {};
    }
    const bool with_options = !options.ciphers.empty() || !options.tls_version.empty();
    const auto steps = {
        +[](const Options& o, mosquitto* c) { return set_trust(o, c); },
        +[](const Options& o, mosquitto* c) {
            return check(o.insecure ? mosquitto_tls_insecure_set(c, true) : MOSQ_ERR_SUCCESS,
                         "--insecure");
        },
        +[](const Options& o, mosquitto* c) {
            return check(o.keyform.empty()
                             ? MOSQ_ERR_SUCCESS
                             : mosquitto_string_option(c, MOSQ_OPT_TLS_KEYFORM, o.keyform.c_str()),
                         "--keyform");
        },
        +[](const Options& o, mosquitto* c) {
            return check(o.tls_alpn.empty()
                             ? MOSQ_ERR_SUCCESS
                             : mosquitto_string_option(c, MOSQ_OPT_TLS_ALPN, o.tls_alpn.c_str()),
                         "--tls-alpn");
        },
    };
    for (auto* const step : steps) {
        if (auto done = step(options, client); !done) {
            return done;
        }
    }
    if (with_options) {
        if (auto done = check(mosquitto_tls_opts_set(client, 1, or_null(options.tls_version),
                                                     or_null(options.ciphers)),
                              "--tls-version and --ciphers");
            !done) {
            return done;
        }
    }
    return options.tls_keylog.empty() ? Outcome<void>{} : set_key_log(options.tls_keylog, client);
}

Outcome<void> set_way(const Options& options, mosquitto* client) {
    if (!options.proxy_host.empty()) {
        const std::string password(options.proxy_password.view());
        const int result =
            mosquitto_socks5_set(client, options.proxy_host.c_str(), options.proxy_port,
                                 or_null(options.proxy_user), or_null(password));
        if (auto done = check(result, "--proxy"); !done) {
            return done;
        }
    }
    if (options.websockets) {
        if (auto done =
                check(mosquitto_int_option(client, MOSQ_OPT_TRANSPORT, MOSQ_T_WEBSOCKETS), "--ws");
            !done) {
            return done;
        }
    }
    return check(mosquitto_int_option(client, MOSQ_OPT_TCP_NODELAY, options.nodelay ? 1 : 0),
                 "--nodelay");
}

Outcome<void> set_limits(const Options& options, mosquitto* client) {
    if (options.send_maximum) {
        return check(mosquitto_max_inflight_messages_set(
                         client, static_cast<unsigned>(*options.send_maximum)),
                     "-M");
    }
    return {};
}

}  // namespace

int broker_port(const Options& options) {
    return options.port.value_or(default_port(options.tls()));
}

std::string broker_name(const Options& options) {
    if (!options.unix_path.empty()) {
        return options.unix_path;
    }
    const std::string host = options.host.empty() ? "localhost" : options.host;
    const bool address = host.find(':') != std::string::npos;
    return (address ? "[" + host + "]" : host) + ":" + std::to_string(broker_port(options));
}

Outcome<ClientPointer> make_client(const Options& options) {
    std::optional<std::string> id = options.id;
    if (options.id_prefix) {
        id = *options.id_prefix + std::to_string(::getpid());
    }
    ClientPointer client(mosquitto_new(id ? id->c_str() : nullptr, options.clean_session, nullptr));
    if (client == nullptr) {
        return errno == ENOMEM
                   ? Problem{"out of memory", ""}
                   : Problem{"the client id is refused: it must be UTF-8 and not empty", ""};
    }
    return client;
}

Outcome<void> apply_settings(const Options& options, mosquitto* client) {
    if (auto done =
            check(mosquitto_int_option(client, MOSQ_OPT_PROTOCOL_VERSION, options.version), "-V");
        !done) {
        return done;
    }
    for (auto* const step : {set_will, set_login, set_tls, set_way, set_limits}) {
        if (auto done = step(options, client); !done) {
            return done;
        }
    }
    return {};
}

int connect_client(const Options& options, mosquitto* client) {
    const bool local = !options.unix_path.empty();
    const std::string host = local                  ? options.unix_path
                             : options.host.empty() ? "localhost"
                                                    : options.host;
    return mosquitto_connect_bind_v5(client, host.c_str(), local ? 0 : broker_port(options),
                                     options.keepalive_s, or_null(options.bind_address),
                                     options.properties[for_connect].get());
}

void tell_error(mosquitto* /*client*/, void* /*data*/, int level, const char* line) {
    if (level == MOSQ_LOG_ERR) {
        std::fprintf(stderr, "%s\n", line);
    }
}

const char* error_text(int error) {
    return error == MOSQ_ERR_ERRNO ? std::strerror(errno) : mosquitto_strerror(error);
}

const char* refusal_text(const Options& options, int code) {
    return options.version == MQTT_PROTOCOL_V5 ? mosquitto_reason_string(code)
                                               : mosquitto_connack_string(code);
}

Problem connection_problem(const Options& options, std::string why) {
    while (!why.empty() && why.back() == '.') {
        why.pop_back();
    }
    const std::string way = options.proxy_host.empty() ? ""
                                                       : " by way of " + options.proxy_host + ":" +
                                                             std::to_string(options.proxy_port);
    return {"no connection to " + broker_name(options) + way + ": " + why, ""};
}

}  // namespace mq::cli
