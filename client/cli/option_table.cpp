#include "client/cli/option_table.hpp"

#include "client/cli/option_values.hpp"
#include "client/cli/property_argument.hpp"

#include <limits>

namespace mq::cli {
namespace {

using enum OptionGroup;
constexpr long int_max = std::numeric_limits<int>::max();

// clang-format off
constexpr OptionRow rows[] = {
    {"", "--socket", program_ctl, 1, here, "PATH", "its control socket",
     apply::text<&Options::control_socket>},
    {"", "--prefix", program_ctl, 1, here, "FOLDER", "where mqhome is installed",
     apply::text<&Options::prefix>},

    {"-h", "--host", program_every, 1, broker, "NAME", "name or address (localhost)",
     apply::filled<&Options::host>},
    {"-p", "--port", program_every, 1, broker, "PORT", "port (1883; 8883 with TLS)",
     apply::number<&Options::port, 0, 65535>},
    {"-L", "--url", program_every, 1, broker, "URL",
     "mqtt[s]:// or ws[s]://[USER[:PASSWORD]@]HOST[:PORT]/TOPIC", apply::url},
    {"", "--unix", program_every, 1, broker, "PATH", "connect to a Unix socket",
     apply::filled<&Options::unix_path>},
    {"", "--ws", program_every, 0, broker, "", "over WebSockets (path /mqtt)",
     apply::on<&Options::websockets>},
    {"", "--proxy", program_every, 1, broker, "URL", "socks5h://[USER[:PASSWORD]@]HOST[:PORT]",
     apply::proxy},
    {"-A", "", program_every, 1, broker, "ADDRESS", "connect from this local address",
     apply::text<&Options::bind_address>},
    {"", "--nodelay", program_every, 0, broker, "", "set TCP_NODELAY",
     apply::on<&Options::nodelay>},
    {"-S", "", program_all, 0, broker, "", "DNS SRV lookup (not available)",
     apply::service_lookup},

    {"-i", "--id", program_all | program_ctl, 1, session, "ID", "client id (the broker gives one)", apply::id},
    {"-I", "--id-prefix", program_every, 1, session, "TEXT", "client id: TEXT and the process id",
     apply::id_prefix},
    {"-u", "--username", program_every, 1, session, "NAME", "user name",
     apply::utf8<&Options::user>},
    {"-P", "--pw", program_every, 1, session, "TEXT", "password, for all to see",
     apply::password},
    {"", "--pw-file", program_every, 1, session, "FILE", "password: first line of FILE",
     apply::password_file},
    {"", "--pw-stdin", program_every, 0, session, "", "password: asked for, or a line of input",
     apply::password_input},
    {"", "--pw-env", program_every, 1, session, "NAME", "password: an environment variable",
     apply::password_environment},
    {"-V", "--protocol-version", program_every, 1, session, "VERSION", "5, 311 or 31",
     apply::version},
    {"-c", "--disable-clean-session", program_all, 0, session, "", "keep the session (with -i)",
     apply::off<&Options::clean_session>},
    {"-x", "", program_all, 1, session, "SECONDS", "session expiry interval; -1: never",
     apply::session_expiry},
    {"-k", "--keepalive", program_every, 1, session, "SECONDS", "keep alive (60)",
     apply::number<&Options::keepalive_s, 5, 65535>},
    {"-M", "", program_all | program_bench, 1, session, "COUNT", "QoS 1 and 2 messages in flight (20)",
     apply::number<&Options::send_maximum, 1, 65535>},
    {"-D", "--property", program_all, OptionRow::property_values, session, "COMMAND NAME VALUE",
     "MQTT 5.0 property; user-property: 2 VALUEs", add_property},

    {"", "--will-topic", program_all, 1, will, "TOPIC", "what the broker sends when we are lost",
     apply::will_topic},
    {"", "--will-payload", program_all, 1, will, "TEXT", "its payload (empty)",
     apply::text<&Options::will_payload>},
    {"", "--will-qos", program_all, 1, will, "QOS", "its QoS (0)",
     apply::number<&Options::will_qos, 0, 2>},
    {"", "--will-retain", program_all, 0, will, "", "it is retained",
     apply::on<&Options::will_retain>},

    {"", "--cafile", program_every, 1, tls, "FILE", "trusted authorities, PEM",
     apply::text<&Options::cafile>},
    {"", "--capath", program_every, 1, tls, "FOLDER", "trusted authorities, hashed",
     apply::text<&Options::capath>},
    {"", "--tls-use-os-certs", program_every, 0, tls, "", "trust those of the system",
     apply::on<&Options::tls_use_os_certs>},
    {"", "--cert", program_every, 1, tls, "FILE", "our certificate",
     apply::text<&Options::cert>},
    {"", "--key", program_every, 1, tls, "FILE", "its key", apply::text<&Options::key>},
    {"", "--keyform", program_every, 1, tls, "KIND", "kind of the key: pem",
     apply::text<&Options::keyform>},
    {"", "--ciphers", program_every, 1, tls, "LIST", "OpenSSL's list of ciphers",
     apply::text<&Options::ciphers>},
    {"", "--tls-version", program_every, 1, tls, "VERSION", "lowest version (tlsv1.2)",
     apply::text<&Options::tls_version>},
    {"", "--tls-alpn", program_every, 1, tls, "NAME", "protocol to offer by ALPN",
     apply::text<&Options::tls_alpn>},
    {"", "--insecure", program_every, 0, tls, "", "do not compare the host's name",
     apply::on<&Options::insecure>},
    {"", "--no-tls", program_every, 0, tls, "", "no TLS, whatever else is said",
     apply::on<&Options::no_tls>},
    {"", "--psk", program_every, 1, tls, "HEX", "pre-shared key", apply::text<&Options::psk>},
    {"", "--psk-identity", program_every, 1, tls, "TEXT", "its identity",
     apply::text<&Options::psk_identity>},
    {"", "--tls-engine", program_every, 1, tls, "NAME", "OpenSSL engine (not available)",
     apply::text<&Options::tls_engine>},
    {"", "--tls-engine-kpass-sha1", program_every, 1, tls, "HEX", "its password (not available)",
     apply::text<&Options::tls_engine_kpass_sha1>},
    {"", "--tls-keylog", program_every, 1, tls, "FILE", "append the secrets of TLS to FILE",
     apply::text<&Options::tls_keylog>},

    {"-t", "--topic", program_pub | program_rr, 1, message, "TOPIC", "where to publish",
     apply::topic},
    {"-e", "", program_rr, 1, message, "TOPIC", "where the response comes",
     apply::response_topic},
    {"-m", "--message", program_pub | program_rr, 1, message, "TEXT", "payload: TEXT",
     apply::message<MessageSource::text>},
    {"-f", "--file", program_pub | program_rr, 1, message, "FILE", "payload: content of FILE",
     apply::message<MessageSource::file>},
    {"-n", "--null-message", program_pub | program_rr, 0, message, "", "payload: empty",
     apply::message<MessageSource::empty>},
    {"-s", "--stdin-file", program_pub | program_rr, 0, message, "", "payload: all of the input",
     apply::message<MessageSource::standard_input>},
    {"-l", "--stdin-line", program_pub, 0, message, "", "a message for each line of input",
     apply::message<MessageSource::lines>},
    {"-r", "--retain", program_pub, 0, message, "", "the broker keeps the message",
     apply::on<&Options::retain>},
    {"-q", "--qos", program_pub | program_rr, 1, message, "QOS", "0, 1 or 2 (0)",
     apply::number<&Options::qos, 0, 2>},
    {"", "--repeat", program_pub, 1, message, "COUNT", "publish so many times",
     apply::number<&Options::repeat, 1, int_max>},
    {"", "--repeat-delay", program_pub, 1, message, "SECONDS", "pause in between",
     apply::repeat_delay},
    {"", "--progress", program_pub, 0, message, "", "show how far -l and -s are",
     apply::on<&Options::progress>},

    {"-n", "--clients", program_bench, 1, load, "COUNT", "publishers, receivers, pairs (1)",
     apply::number<&Options::load_clients, 1, 100'000>},
    {"", "--size", program_bench, 1, load, "BYTES", "of a payload, at least 32 (256)",
     apply::number<&Options::load_size_bytes, 32, 268'000'000>},
    {"", "--rate", program_bench, 1, load, "COUNT", "a second, of all together (no limit)",
     apply::number<&Options::load_rate, 1, 100'000'000>},
    {"", "--window", program_bench, 1, load, "COUNT", "without a rate: on the way at once (20)",
     apply::number<&Options::load_window, 1, 65'535>},
    {"", "--duration", program_bench, 1, load, "SECONDS", "how long it is measured (10)",
     apply::number<&Options::load_duration_s, 1, 1'000'000>},
    {"", "--warm-up", program_bench, 1, load, "SECONDS", "before that (1)",
     apply::number<&Options::load_warm_up_s, 0, 1'000'000>},
    {"-q", "--qos", program_bench, 1, load, "QOS", "0, 1 or 2 (0)",
     apply::number<&Options::qos, 0, 2>},
    {"-t", "--topic", program_bench, 1, load, "TOPIC", "begin of all topics; for sub a filter",
     apply::topic},

    {"-t", "--topic", program_sub, 1, subscription, "FILTER", "what to subscribe to, repeatable",
     apply::topic},
    {"-q", "--qos", program_sub, 1, subscription, "QOS", "0, 1 or 2 (0)",
     apply::number<&Options::qos, 0, 2>},
    {"-T", "--filter-out", program_sub, 1, subscription, "FILTER",
     "do not show these, repeatable", apply::filter_out},
    {"-U", "--unsubscribe", program_sub, 1, subscription, "FILTER",
     "unsubscribe from this, repeatable", apply::unsubscribe},
    {"-R", "", program_sub | program_rr, 0, subscription, "", "show no retained messages",
     apply::no_retained},
    {"", "--retained-only", program_sub, 0, subscription, "",
     "show retained messages, end at others", apply::retained_only},
    {"", "--remove-retained", program_sub, 0, subscription, "", "delete those that come",
     apply::on<&Options::remove_retained>},
    {"", "--retain-as-published", program_sub | program_rr, 0, subscription, "",
     "keep the retain flag (5.0)", apply::on<&Options::retain_as_published>},
    {"", "--retain-handling", program_sub | program_rr, 1, subscription, "WHEN",
     "always, new or never (5.0)", apply::retain_handling},

    {"-v", "--verbose", program_sub | program_rr, 0, output, "", "show topic and payload",
     apply::on<&Options::verbose>},
    {"-F", "", program_sub | program_rr, 1, output, "FORMAT", "show what FORMAT says, see mqsub(1)",
     apply::format},
    {"", "--json", program_sub | program_rr, 0, output, "", "a line of JSON for each message",
     apply::on<&Options::json>},
    {"", "--pretty", program_sub | program_rr, 0, output, "", "indent the JSON of %j and %J",
     apply::on<&Options::pretty>},
    {"-N", "", program_sub | program_rr, 0, output, "", "no newline after a message",
     apply::off<&Options::newline>},
    {"-w", "--watch", program_sub, 0, output, "", "a line of the terminal for each topic",
     apply::on<&Options::watch>},
    {"", "--message-rate", program_sub, 0, output, "", "show messages per second only",
     apply::on<&Options::message_rate>},
    {"", "--random-filter", program_sub, 1, output, "PERCENT", "show so many, by chance",
     apply::random_filter},
    {"", "--latency", program_rr, 0, output, "", "show the time that the answer took",
     apply::latency},
    {"-C", "", program_sub, 1, output, "COUNT", "end after COUNT messages",
     apply::number<&Options::count, 1, int_max>},
    {"-E", "", program_sub, 0, output, "", "end when subscribed",
     apply::on<&Options::exit_after_subscribe>},
    {"-W", "", program_sub | program_rr, 1, output, "SECONDS", "end after that time",
     apply::number<&Options::timeout_s, 1, int_max>},
    {"-W", "--wait", program_ctl | program_bench, 1, output, "SECONDS", "wait so long for an answer (10)",
     apply::number<&Options::wait_s, 1, 3600>},
    {"-q", "--qos", program_ctl, 1, output, "QOS", "of request and response (1)",
     apply::number<&Options::qos, 0, 2>},
    {"", "--json", program_ctl | program_bench, 0, output, "", "print JSON", apply::on<&Options::json>},
    {"-d", "--debug", program_all | program_ctl, 0, output, "", "show packets",
     apply::on<&Options::debug>},
    {"-v", "--verbose", program_ctl, 0, output, "", "show packets",
     apply::on<&Options::debug>},
    {"", "--quiet", program_every, 0, output, "", "no messages about errors",
     apply::on<&Options::quiet>},

    {"-o", "", program_every, 1, help, "FILE", "read options from FILE",
     [](Options&, OptionValues) -> Outcome<void> {
         return Problem{"it can be given once, and on the command line only", ""};
     }},
    {"", "--help", program_every, 0, help, "", "show this text", apply::on<&Options::help>},
    {"", "--version", program_every, 0, help, "", "show the version",
     apply::on<&Options::show_version>},
};
// clang-format on

}  // namespace

std::string OptionRow::names() const {
    const std::string both = *letter != '\0' && *long_name != '\0' ? ", " : "";
    return letter + both + long_name;
}

std::span<const OptionRow> option_table() {
    return rows;
}

const OptionRow* find_option(Program program, const std::string& spelling) {
    if (spelling.size() < 2 || spelling[0] != '-') {
        return nullptr;
    }
    for (const auto& row : rows) {
        if ((row.programs & program) != 0 &&
            (spelling == row.letter || spelling == row.long_name)) {
            return &row;
        }
    }
    return nullptr;
}

}  // namespace mq::cli
