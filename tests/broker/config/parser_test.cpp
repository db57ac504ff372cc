#include "tests/broker/config/printers.hpp"

#include <gtest/gtest.h>

namespace mq::broker {
namespace {

TEST(Parser, DefaultsAreThoseOfMosquitto) {
    const auto result = parse("listener 1883\n");
    ASSERT_TRUE(result.good());
    const Config& config = result.config;
    EXPECT_TRUE(config.allow_duplicate_messages);
    EXPECT_TRUE(config.listeners[0].security.allow_zero_length_clientid);
    EXPECT_FALSE(config.autosave_on_changes);
    EXPECT_EQ(config.autosave_interval, 1800U);
    EXPECT_TRUE(config.connection_messages);
    EXPECT_EQ(config.global_max_clients, 0U);
    EXPECT_EQ(config.global_max_connections, 0U);
    EXPECT_TRUE(config.log.to_stderr);
    EXPECT_TRUE(config.log.timestamp);
    EXPECT_FALSE(config.log.syslog_local.has_value());
    EXPECT_EQ(config.log.mask, log_mask_default);
    EXPECT_EQ(config.max_inflight_bytes, 0U);
    EXPECT_EQ(config.max_inflight_messages, 20);
    EXPECT_EQ(config.max_keepalive, 0);
    EXPECT_EQ(config.max_packet_size, 2'000'000U);
    EXPECT_EQ(config.max_queued_bytes, 0U);
    EXPECT_EQ(config.max_queued_messages, 1000U);
    EXPECT_EQ(config.message_size_limit, 0U);
    EXPECT_EQ(config.packet_buffer_size, 4096);
    EXPECT_FALSE(config.persistence);
    EXPECT_EQ(config.persistence_path(), "mosquitto.db");
    EXPECT_EQ(config.persistent_client_expiration_s, 0U);
    EXPECT_FALSE(config.queue_qos0_messages);
    EXPECT_TRUE(config.retain_available);
    EXPECT_EQ(config.retain_expiry_interval_min, 0U);
    EXPECT_FALSE(config.set_tcp_nodelay);
    EXPECT_EQ(config.sys_interval_s, 10);
    EXPECT_FALSE(config.upgrade_outgoing_qos);
    EXPECT_EQ(config.user, "mosquitto");
}

TEST(Parser, DefaultsOfAListenerAreThoseOfMosquitto) {
    const auto result = parse("listener 1884\n");
    ASSERT_EQ(result.config.listeners.size(), 1U);
    const ListenerConfig& listener = result.config.listeners[0];
    EXPECT_EQ(listener.port, 1884);
    EXPECT_EQ(listener.host, "");
    EXPECT_EQ(listener.protocol, ListenerProtocol::mqtt);
    EXPECT_EQ(listener.socket_domain, SocketDomain::any);
    EXPECT_FALSE(listener.allow_anonymous);
    EXPECT_EQ(listener.auto_id_prefix, "auto-");
    EXPECT_EQ(listener.max_connections, 0U);
    EXPECT_EQ(listener.max_qos, 2);
    EXPECT_EQ(listener.max_topic_alias, 10);
    EXPECT_EQ(listener.max_topic_alias_broker, 10);
    EXPECT_FALSE(listener.tls());
    EXPECT_EQ(listener.tls_version_min, TlsVersion::tls1_2);
}

TEST(Parser, EachDirectiveSetsItsMember) {
    struct Case {
        const char* line;
        bool (*holds)(const Config&);
    };
    const Case cases[] = {
        {"password_file etc/pw file",
         [](const Config& c) { return c.listeners[0].security.password_file == "etc/pw file"; }},
        {"allow_zero_length_clientid false",
         [](const Config& c) { return !c.listeners[0].security.allow_zero_length_clientid; }},
        {"clientid_prefixes dev-", [](const Config& c) { return c.clientid_prefixes == "dev-"; }},
        {"max_packet_size 1000", [](const Config& c) { return c.max_packet_size == 1000; }},
        {"message_size_limit 500", [](const Config& c) { return c.message_size_limit == 500; }},
        {"max_inflight_messages 7", [](const Config& c) { return c.max_inflight_messages == 7; }},
        {"max_inflight_messages 65535",
         [](const Config& c) { return c.max_inflight_messages == 0; }},
        {"max_inflight_bytes 9", [](const Config& c) { return c.max_inflight_bytes == 9; }},
        {"max_queued_messages -1", [](const Config& c) { return c.max_queued_messages == 0; }},
        {"max_queued_bytes 77", [](const Config& c) { return c.max_queued_bytes == 77; }},
        {"max_keepalive 120", [](const Config& c) { return c.max_keepalive == 120; }},
        {"global_max_clients 5", [](const Config& c) { return c.global_max_clients == 5; }},
        {"global_max_connections -1",
         [](const Config& c) { return c.global_max_connections == 0; }},
        {"packet_buffer_size 512", [](const Config& c) { return c.packet_buffer_size == 512; }},
        {"packet_buffer_size 0", [](const Config& c) { return c.packet_buffer_size == 4096; }},
        {"websockets_headers_size 8192",
         [](const Config& c) { return c.packet_buffer_size == 8192; }},
        {"persistent_client_expiration 14d",
         [](const Config& c) { return c.persistent_client_expiration_s == 1209600; }},
        {"queue_qos0_messages true", [](const Config& c) { return c.queue_qos0_messages; }},
        {"retain_available false", [](const Config& c) { return !c.retain_available; }},
        {"retain_expiry_interval 5",
         [](const Config& c) { return c.retain_expiry_interval_min == 5; }},
        {"upgrade_outgoing_qos true", [](const Config& c) { return c.upgrade_outgoing_qos; }},
        {"allow_duplicate_messages false",
         [](const Config& c) { return !c.allow_duplicate_messages; }},
        {"persistence true", [](const Config& c) { return c.persistence; }},
        {"retained_persistence true", [](const Config& c) { return c.persistence; }},
        {"persistence_location var/",
         [](const Config& c) { return c.persistence_location == "var/"; }},
        {"persistence_file a.db", [](const Config& c) { return c.persistence_file == "a.db"; }},
        {"autosave_interval 60", [](const Config& c) { return c.autosave_interval == 60; }},
        {"autosave_on_changes true", [](const Config& c) { return c.autosave_on_changes; }},
        {"log_timestamp false", [](const Config& c) { return !c.log.timestamp; }},
        {"log_timestamp_format %F %T",
         [](const Config& c) { return c.log.timestamp_format == "%F %T"; }},
        {"log_facility 3", [](const Config& c) { return c.log.syslog_local == 3U; }},
        {"connection_messages false", [](const Config& c) { return !c.connection_messages; }},
        {"pid_file run/pid", [](const Config& c) { return c.pid_file == "run/pid"; }},
        {"set_tcp_nodelay true", [](const Config& c) { return c.set_tcp_nodelay; }},
        {"sys_interval 0", [](const Config& c) { return c.sys_interval_s == 0; }},
        {"threads 4", [](const Config& c) { return c.threads == 4; }},
        {"threads_placement spread", [](const Config& c) { return c.threads_spread; }},
        {"auto_id_prefix x-",
         [](const Config& c) { return c.listeners.front().auto_id_prefix == "x-"; }},
    };
    for (const Case& each : cases) {
        const auto result = parse(each.line);
        EXPECT_EQ(result.diagnostics, std::vector<Diagnostic>{}) << each.line;
        EXPECT_TRUE(each.holds(result.config)) << each.line;
    }
}

TEST(Parser, LineForms) {
    for (const char* text :
         {"", "\n\n", "# comment\n", "\r\n", "   \n", "max_keepalive 5", "  max_keepalive 5\n",
          "max_keepalive    5   \r\n", "max_keepalive 5 # seconds\n",
          "\xEF\xBB\xBFmax_keepalive 5\n", "max_keepalive 5\nmax_keepalive 6\n"}) {
        EXPECT_EQ(complaint_about(text), "") << text;
    }
}

TEST(Parser, Complaints) {
    const struct {
        const char* text;
        const char* complaint;
    } cases[] = {
        {"lisetner 1883",
         "Error: Unknown configuration variable 'lisetner'. Did you mean 'listener'?\n"
         "Error found at main.conf:1."},
        {"\nquux 1", "Error: Unknown configuration variable 'quux'.\nError found at main.conf:2."},
        {"Persistence true",
         "Error: Unknown configuration variable 'Persistence'. Did you mean 'persistence'?\n"
         "Error found at main.conf:1."},
        {"port\t1883",
         "Error: Unknown configuration variable 'port?1883'. Put a space, not a tab, "
         "behind 'port'.\nError found at main.conf:1."},
        {" # note",
         "Error: Unknown configuration variable '#'. A comment has its # at the very "
         "beginning of the line.\nError found at main.conf:1."},
        {"persistence",
         "Error: Empty 'persistence' value in configuration.\n"
         "Error found at main.conf:1."},
        {"pid_file  ",
         "Error: Empty 'pid_file' value in configuration.\n"
         "Error found at main.conf:1."},
        {"persistence yes",
         "Error: Invalid 'persistence' value 'yes': it must be true or false.\n"
         "Error found at main.conf:1."},
        {"sys_interval 65536",
         "Error: Invalid 'sys_interval' value '65536': it must be a whole number "
         "from 0 to 65535.\nError found at main.conf:1."},
        {"max_packet_size 19",
         "Error: Invalid 'max_packet_size' value '19': it must be a whole number, "
         "at least 20.\nError found at main.conf:1."},
        {"protocol websocket",
         "Error: Invalid 'protocol' value 'websocket': it must be one of mqtt "
         "websockets auto http_api; did you mean 'websockets'?\n"
         "Error found at main.conf:1."},
        {"pid_file a\npid_file b",
         "Error: Duplicate 'pid_file' value in configuration. It stands in "
         "line 1 of main.conf too; take one of them out.\n"
         "Error found at main.conf:2."},
        {"log_dest dlt",
         "Error: 'log_dest dlt' is not available in this version; there are stdout, "
         "stderr, file, syslog, topic and none.\nError found at main.conf:1."},
        {"log_dest file a\nlog_dest file b",
         "Error: Duplicate 'log_dest file' value in configuration. There can be one log file; take "
         "one "
         "of the lines out.\nError found at main.conf:2."},
        {"log_dest file",
         "Error: Invalid 'log_dest' value 'file': a path must follow.\n"
         "Error found at main.conf:1."},
        {"retry_interval 20",
         "Warning: 'retry_interval' has no effect; take the line out. (main.conf:1)"},
        {"set_tcp_nodelay false",
         "Warning: 'set_tcp_nodelay false' has no effect: TCP_NODELAY is always set, as what could "
         "be gathered is gathered already. (main.conf:1)"},
        {"threads 65",
         "Error: Invalid 'threads' value '65': it must be a whole number from 1 to 64.\n"
         "Error found at main.conf:1."},
        {"persistence true really",
         "Warning: What follows the value of 'persistence' is ignored. (main.conf:1)"},
        {"user www",
         "Notice: 'user' has no effect: the broker was not started as root and keeps its "
         "user. (main.conf:1)"},
        {"listener_allow_anonymous true",
         "Error: 'listener_allow_anonymous' needs a 'listener' line above it in the same file, to "
         "which "
         "it applies.\nError found at main.conf:1."},
    };
    for (const auto& each : cases) {
        EXPECT_EQ(complaint_about(each.text), each.complaint) << each.text;
    }
}

TEST(Parser, ANulByteIsNoText) {
    EXPECT_EQ(complaint_about(std::string("pid_file a\0b\n", 13)),
              "Error: The line has a NUL byte. Is this a text file?\nError found at main.conf:1.");
}

TEST(Parser, AllErrorsAtOnce) {
    const auto result =
        parse("lisetner 1\nmax_qos 3\nplugin a\nsys_interval 5\npersistence maybe\n");
    std::vector<std::size_t> lines;
    for (const Diagnostic& each : result.diagnostics) {
        lines.push_back(each.places.front().line);
    }
    EXPECT_EQ(lines, (std::vector<std::size_t>{1, 2, 3, 5}));
    EXPECT_EQ(result.config.sys_interval_s, 5);
}

TEST(Parser, ErrorsHaveALimit) {
    std::string text;
    for (int i = 0; i < 2000; ++i) {
        text += "nonsense\n";
    }
    const auto said = parse(text).diagnostics;
    ASSERT_EQ(said.size(), 101U);
    EXPECT_EQ(said.back().text, "There are more problems, which are not listed.");
}

TEST(Parser, LastOneWinsWhereALineMayBeRepeated) {
    EXPECT_EQ(
        parse("password_file a\npassword_file b\n").config.listeners[0].security.password_file,
        "b");
    EXPECT_EQ(parse("max_keepalive 1\nmax_keepalive 2\n").config.max_keepalive, 2);
}

TEST(Parser, UserCountsForRoot) {
    ConfigCircumstances root;
    root.is_root = true;
    const auto result = parse("user www data\n", root);
    EXPECT_TRUE(result.diagnostics.empty());
    EXPECT_EQ(result.config.user, "www data");
    EXPECT_TRUE(result.config.user_given);
}

TEST(Parser, LogTypesReplaceTheDefaultAndAdd) {
    const struct {
        const char* text;
        LogMask mask;
    } cases[] = {
        {"", log_mask_default},
        {"log_type error\n", log_mask(LogType::error)},
        {"log_type error\nlog_type debug\n",
         static_cast<LogMask>(log_mask(LogType::error) | log_mask(LogType::debug))},
        {"log_type all\n", log_mask_all},
        {"log_type none\n", 0},
        {"log_type all\nlog_type none\nlog_type notice\n", log_mask(LogType::notice)},
    };
    for (const auto& each : cases) {
        EXPECT_EQ(parse(each.text).config.log.mask, each.mask) << each.text;
    }
}

TEST(Parser, LogDestinationsReplaceTheDefaultAndAdd) {
    LogSettings both;
    both.to_stderr = false;
    both.to_stdout = true;
    both.file = "var/mq home.log";
    EXPECT_EQ(parse("log_dest stdout\nlog_dest file var/mq home.log\n").config.log, both);

    LogSettings none;
    none.clear_destinations();
    EXPECT_EQ(parse("log_dest syslog\nlog_dest none\n").config.log, none);
    EXPECT_EQ(parse("").config.log, LogSettings{});
}

}  // namespace
}  // namespace mq::broker
