#pragma once

#include "base/secret.hpp"
#include "client/cli/output_format.hpp"
#include "client/cli/property_list.hpp"

#include <array>
#include <cstdint>
#include <mosquitto.h>
#include <optional>
#include <string>
#include <vector>

namespace mq::cli {

/// Which program is running; bits, so that an option can belong to several.
enum Program : unsigned {
    program_pub = 1,
    program_sub = 2,
    program_rr = 4,
    program_ctl = 8,
    program_bench = 16,
};

/// Those that send or receive messages of their users.
constexpr unsigned program_all = program_pub | program_sub | program_rr;
constexpr unsigned program_every = program_all | program_ctl | program_bench;

constexpr int default_port(bool tls) {
    return tls ? 8883 : 1883;
}

/// Where the payload of a message comes from.
enum class MessageSource { none, text, file, empty, standard_input, lines };

/// What `-D` gives properties for.
enum PropertyTarget : std::size_t {
    for_connect,
    for_publish,
    for_subscribe,
    for_unsubscribe,
    for_disconnect,
    for_will,
    property_targets
};

/// All that a command line, an options file and the environment can say, of all programs together.
/// What was not said has its default, or is empty where the default depends on something else.
struct Options {
    explicit Options(Program which) : program(which) {
        version = is(program_rr | program_ctl) ? MQTT_PROTOCOL_V5 : MQTT_PROTOCOL_V311;
        qos = is(program_ctl) ? 1 : 0;
    }

    Program program;

    // The broker, and the way to it.
    std::string host;          ///< empty: localhost
    std::optional<int> port;   ///< unset: the default
    std::string unix_path;     ///< a Unix socket in place of host and port
    std::string bind_address;  ///< -A
    bool websockets = false;
    bool nodelay = false;
    std::string proxy_host;
    int proxy_port = 1080;
    std::string proxy_user;
    Secret proxy_password;

    // The broker of this account, by its control socket.
    std::string control_socket;  ///< empty: that of the prefix
    std::string prefix;          ///< empty: looked for
    int wait_s = 10;             ///< for an answer

    // The session.
    int version;
    std::optional<std::string> id;
    std::optional<std::string> id_prefix;
    bool clean_session = true;
    int keepalive_s = 60;
    std::optional<std::uint32_t> session_expiry_s;
    std::optional<int> send_maximum;  ///< -M
    std::optional<std::string> user;
    std::optional<Secret> password;
    std::array<PropertyList, property_targets> properties;

    // The will.
    std::optional<std::string> will_topic;
    std::optional<std::string> will_payload;
    int will_qos = 0;
    bool will_retain = false;

    // TLS.
    std::string cafile;
    std::string capath;
    std::string cert;
    std::string key;
    std::string keyform;
    std::string ciphers;
    std::string psk;
    std::string psk_identity;
    std::string tls_alpn;
    std::string tls_engine;
    std::string tls_engine_kpass_sha1;
    std::string tls_keylog;
    std::string tls_version;
    bool tls_use_os_certs = false;
    bool insecure = false;
    bool no_tls = false;

    // What is sent or asked for.
    std::vector<std::string> topics;
    int qos = 0;
    bool retain = false;
    MessageSource source = MessageSource::none;
    std::string message;  ///< -m: the text; -f: the path
    long repeat = 1;
    double repeat_delay_s = 0;
    std::vector<std::string> unsubscribe;  ///< -U
    std::vector<std::string> filter_out;   ///< -T
    std::string response_topic;            ///< -e
    bool retain_as_published = false;
    std::optional<int> retain_handling;  ///< MQTT_SUB_OPT_SEND_RETAIN_...

    // The load of mqbench.
    int load_clients = 1;
    int load_size_bytes = 256;  ///< of a payload
    int load_rate = 0;          ///< messages or connections a second, of all together; 0: no limit
    int load_window = 20;       ///< messages on their way of each publisher, where there is no rate
    int load_duration_s = 10;
    int load_warm_up_s = 1;

    // What is printed, and when it ends.
    bool debug = false;
    bool quiet = false;
    bool verbose = false;
    bool newline = true;  ///< off: -N
    bool pretty = false;
    bool json = false;
    bool watch = false;
    bool message_rate = false;
    bool latency = false;
    bool progress = false;
    bool no_retained = false;  ///< -R
    bool retained_only = false;
    bool remove_retained = false;
    bool exit_after_subscribe = false;  ///< -E
    std::optional<OutputFormat> format;
    long count = 0;                   ///< -C; 0: no limit
    long timeout_s = 0;               ///< -W; 0: none
    unsigned percent_of_100 = 10000;  ///< --random-filter, in hundredths of a percent

    // What the program shows instead of working.
    bool help = false;
    bool show_version = false;

    [[nodiscard]] bool password_usable() const {
        return !password || user || version == MQTT_PROTOCOL_V5;
    }
    [[nodiscard]] bool is(unsigned programs) const { return (program & programs) != 0; }
    /// Whether something was said about which broker it is, or how to reach it.
    [[nodiscard]] bool says_which_broker() const {
        return !host.empty() || port || !unix_path.empty() || user || websockets ||
               !proxy_host.empty() || tls();
    }
    /// Whether something about TLS was given that turns it on.
    [[nodiscard]] bool tls() const {
        return !no_tls && (!cafile.empty() || !capath.empty() || !psk.empty() || tls_use_os_certs);
    }
};

}  // namespace mq::cli
