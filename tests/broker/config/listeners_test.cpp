#include "tests/broker/config/printers.hpp"

#include <gtest/gtest.h>

namespace mq::broker {
namespace {

std::vector<std::string> endpoints(const Config& config) {
    std::vector<std::string> all;
    for (const ListenerConfig& each : config.listeners) {
        all.push_back(std::to_string(each.port) + (each.host.empty() ? "" : " " + each.host));
    }
    return all;
}

using Endpoints = std::vector<std::string>;

TEST(Listeners, WithoutAListenerOnlyThisMachineIsServed) {
    const auto result = parse("persistence true\n");
    EXPECT_TRUE(result.config.local_only);
    EXPECT_EQ(endpoints(result.config), (Endpoints{"1883 127.0.0.1", "1883 ::1"}));
    EXPECT_TRUE(result.config.listeners[0].allow_anonymous);
    EXPECT_FALSE(parse("allow_anonymous false\n").config.listeners[1].allow_anonymous);
}

TEST(Listeners, LocalOnlyModeTakesPortsOfTheCommandLine) {
    ConfigCircumstances ports;
    ports.local_ports = {1884, 1885};
    EXPECT_EQ(endpoints(parse("", ports).config),
              (Endpoints{"1884 127.0.0.1", "1884 ::1", "1885 127.0.0.1", "1885 ::1"}));
    EXPECT_EQ(endpoints(parse("listener 1999\n", ports).config), (Endpoints{"1999"}));
}

TEST(Listeners, OptionsWithoutAnyListenerCountForLocalOnlyMode) {
    const auto result = parse("max_connections 5\n");
    EXPECT_TRUE(result.diagnostics.empty());
    EXPECT_TRUE(result.config.local_only);
    EXPECT_EQ(result.config.listeners[0].max_connections, 5U);
}

TEST(Listeners, TheHandWrittenFileOfTheGuide) {
    const auto result = parse(
        "port 1883\nprotocol mqtt\nlistener 9001\nprotocol websockets\npassword_file pwfile\n");
    EXPECT_TRUE(result.diagnostics.empty());
    EXPECT_EQ(endpoints(result.config), (Endpoints{"1883", "9001"}));
    EXPECT_EQ(result.config.listeners[0].protocol, ListenerProtocol::mqtt);
    EXPECT_EQ(result.config.listeners[1].protocol, ListenerProtocol::websockets);
    EXPECT_FALSE(result.config.listeners[0].allow_anonymous);
    EXPECT_FALSE(result.config.local_only);
}

TEST(Listeners, OptionsBelongToTheListenerAbove) {
    const auto result = parse(
        "listener 1883 127.0.0.1\nmax_connections 10\nmax_qos 1\nmax_topic_alias 3\n"
        "max_topic_alias_broker 4\nsocket_domain ipv4\nlistener_auto_id_prefix a-\n"
        "listener 8883\ncertfile c.pem\nkeyfile k.pem\ntls_version tlsv1.3\nciphers X\n"
        "ciphers_tls1.3 Y\nmax_connections -1\nlistener_allow_anonymous true\n");
    ASSERT_TRUE(result.good());
    ASSERT_EQ(result.config.listeners.size(), 2U);

    ListenerConfig first;
    first.host = "127.0.0.1";
    first.max_connections = 10;
    first.max_qos = 1;
    first.max_topic_alias = 3;
    first.max_topic_alias_broker = 4;
    first.socket_domain = SocketDomain::ipv4;
    first.auto_id_prefix = "a-";
    EXPECT_EQ(result.config.listeners[0], first);

    ListenerConfig second;
    second.port = 8883;
    second.certfile = "c.pem";
    second.keyfile = "k.pem";
    second.tls_version_min = TlsVersion::tls1_3;
    second.ciphers = "X";
    second.ciphers_tls1_3 = "Y";
    second.allow_anonymous = true;
    EXPECT_EQ(result.config.listeners[1], second);
}

TEST(Listeners, AnonymousIsForbiddenOnceThereIsAListener) {
    EXPECT_FALSE(parse("listener 1883\n").config.listeners[0].allow_anonymous);
    EXPECT_TRUE(parse("listener 1883\nallow_anonymous true\n").config.listeners[0].allow_anonymous);
    EXPECT_FALSE(parse("allow_anonymous true\nlistener 1883\nlistener_allow_anonymous false\n")
                     .config.listeners[0]
                     .allow_anonymous);
}

TEST(Listeners, PortAndBindAddressMakeTheDefaultListenerWhereverTheyStand) {
    EXPECT_EQ(endpoints(parse("listener 1884\nbind_address 127.0.0.1\nport 1885\n").config),
              (Endpoints{"1885 127.0.0.1", "1884"}));
    EXPECT_EQ(endpoints(parse("bind_address localhost\n").config), (Endpoints{"1883 localhost"}));
}

TEST(Listeners, PerListenerSettingsGiveEachItsOwnSecurity) {
    const auto result = parse(
        "per_listener_settings true\nlistener 1883\npassword_file a\nacl_file x\n"
        "listener 1884\npassword_file b\nallow_anonymous true\nauto_id_prefix p-\n");
    ASSERT_TRUE(result.good());
    const auto& listeners = result.config.listeners;
    EXPECT_EQ(listeners[0].security.password_file, "a");
    EXPECT_EQ(listeners[0].security.acl_file, "x");
    EXPECT_FALSE(listeners[0].allow_anonymous);
    EXPECT_EQ(listeners[1].security.password_file, "b");
    EXPECT_EQ(listeners[1].security.acl_file, "");
    EXPECT_TRUE(listeners[1].allow_anonymous);
    EXPECT_EQ(listeners[1].auto_id_prefix, "p-");
}

TEST(Listeners, Complaints) {
    const struct {
        const char* text;
        const char* complaint;
    } cases[] = {
        {"max_connections 5\nlistener 1884\n",
         "Warning: 'max_connections' has no effect: it stands above the first 'listener' line. Put "
         "it "
         "below the listener that it is meant for. (main.conf:1)"},
        {"port 1\nport 2\n", "Warning: 'port' is given twice; the last one counts. (main.conf:2)"},
        {"listener 1884\nlistener 1884\n",
         "Error: Duplicate 'listener 1884': another listener has this port and address.\n"
         "Error found at main.conf:2."},
        {"listener 1884\nsocket_domain ipv4\nlistener 1884\nsocket_domain ipv6\n", ""},
        {"listener 1884 127.0.0.1\nlistener 1884 ::1\n", ""},
        {"listener 1884\ncertfile c\n",
         "Error: 'certfile' and 'keyfile' go together: listener 1884 has no 'keyfile'.\n"
         "Error found at main.conf:2."},
        {"listener 1884\nkeyfile k\n",
         "Error: 'certfile' and 'keyfile' go together: listener 1884 has no 'certfile'.\n"
         "Error found at main.conf:2."},
        {"listener 0 /run/mq.sock\n", ""},
        {"listener 9883\nprotocol http_api\n", ""},
        {"listener 1884\nhttp_dir www\n",
         "Warning: 'http_dir' of listener 1884 has no effect: it needs 'protocol websockets', "
         "'auto' or 'http_api'. (main.conf:2)"},
        {"listener 1884\nprotocol http_api\nwebsockets_path /mqtt\nhttp_dir www\n",
         "Warning: 'websockets_path' of listener 1884 has no effect: it needs 'protocol "
         "websockets' or 'auto'. (main.conf:3)"},
        {"listener 1884\nciphers HIGH\n",
         "Warning: 'ciphers' of listener 1884 has no effect: it needs 'certfile' and 'keyfile', or "
         "'psk_hint'. (main.conf:2)"},
        {"listener 8883\ncertfile c\nkeyfile k\ncrlfile l\n",
         "Warning: 'crlfile' of listener 8883 has no effect: it needs 'require_certificate true'. "
         "(main.conf:4)"},
        {"listener 8883\ncertfile c\nkeyfile k\ntls_version tlsv1.1\n",
         "Warning: 'tls_version tlsv1.1' lets clients use a version that is no longer safe. "
         "(main.conf:4)"},
        {"listener 8883\nrequire_certificate true\n",
         "Error: 'require_certificate' of listener 8883 needs 'certfile' and 'keyfile'.\n"
         "Error found at main.conf:2."},
        {"listener 8883\npsk_hint h\n",
         "Error: 'psk_hint' of listener 8883 needs a 'psk_file', which holds the keys.\n"
         "Error found at main.conf:2."},
        {"listener 1884\nprotocol websockets\nwebsockets_path mqtt\n",
         "Error: Invalid 'websockets_path' value: it must begin with a slash, as in /mqtt.\n"
         "Error found at main.conf:3."},
        {"per_listener_settings true\nallow_anonymous true\nlistener 1884\n",
         "Error: 'allow_anonymous' has no effect: it stands above the first 'listener' line. Put "
         "it below the listener that it is meant for.\nError found at main.conf:2."},
        {"password_file p\nper_listener_settings true\nlistener 1884\n",
         "Error: 'per_listener_settings' must stand before every security option; 'password_file' "
         "stands before it.\nError found at main.conf:2."},
        {"listener 70000\n",
         "Error: Invalid 'listener' value '70000': the port must be a whole number "
         "from 1 to 65535.\nError found at main.conf:1."},
    };
    for (const auto& each : cases) {
        EXPECT_EQ(complaint_about(each.text), each.complaint) << each.text;
    }
}

TEST(Listeners, DuplicatesCountForOneListener) {
    EXPECT_EQ(complaint_about("listener 1\nbind_interface a\nlistener 2\nbind_interface a\n"), "");
    EXPECT_EQ(parse("listener 1\nbind_interface a\nbind_interface b\n").diagnostics.size(), 1U);
    EXPECT_EQ(complaint_about("listener 1\ncertfile a\ncertfile b\nkeyfile k\n"), "");
}

TEST(Listeners, PathOfAUnixSocket) {
    const auto result = parse("listener 0 /run/mqtt.sock\nunix_socket_mode 0600\n");
    ASSERT_TRUE(result.good());
    EXPECT_EQ(result.config.listeners[0].unix_path, "/run/mqtt.sock");
    EXPECT_EQ(result.config.listeners[0].unix_mode, 0600);
    EXPECT_TRUE(parse("listener 0 /" + std::string(106, 'x') + "\n").good());
    EXPECT_FALSE(parse("listener 0 /" + std::string(107, 'x') + "\n").good());
    EXPECT_FALSE(parse("listener 0 @abstract\n").good());
}

TEST(Listeners, TheControlSocketIsOneOfItsOwn) {
    const auto result = parse(
        "per_listener_settings true\ncontrol_socket /c.sock\n"
        "listener 1883\nallow_anonymous false\nacl_file a\nmax_connections 7\n");
    ASSERT_TRUE(result.good());
    ASSERT_EQ(result.config.listeners.size(), 2U);
    EXPECT_FALSE(result.config.listeners[0].security.owner_only);
    const ListenerConfig& control = result.config.listeners[1];
    EXPECT_EQ(control.place(), "0 /c.sock");
    EXPECT_EQ(control.unix_mode, 0600);
    EXPECT_TRUE(control.security.owner_only);
    EXPECT_TRUE(control.allow_anonymous);
    EXPECT_EQ(control.security.acl_file, "");
    EXPECT_EQ(control.max_connections, 16U);
}

TEST(Listeners, TheControlSocketAloneLeavesTheBrokerLocal) {
    const auto result = parse("control_socket /c.sock\n");
    EXPECT_TRUE(result.config.local_only);
    ASSERT_EQ(result.config.listeners.size(), 3U);
    EXPECT_TRUE(result.config.listeners[2].security.owner_only);
}

TEST(Listeners, WhereTheControlSocketCannotBe) {
    EXPECT_EQ(parse("control_socket /" + std::string(106, 'x') + "\n").config.listeners.size(), 3U);
    const auto long_path = parse("control_socket /" + std::string(107, 'x') + "\n");
    EXPECT_TRUE(long_path.good());
    EXPECT_EQ(long_path.diagnostics.size(), 1U);
    EXPECT_EQ(long_path.config.listeners.size(), 2U);
    EXPECT_FALSE(parse("control_socket @c\n").good());
    EXPECT_FALSE(parse("listener 0 /c.sock\ncontrol_socket /c.sock\n").good());
}

TEST(Listeners, OptionsOfTheOtherKindAreRefused) {
    EXPECT_FALSE(parse("listener 0 /s\nsocket_domain ipv4\n").good());
    EXPECT_FALSE(parse("listener 0 /s\nbind_interface lo\n").good());
    EXPECT_EQ(complaint_about("listener 1883\nunix_socket_mode 0600\n"),
              "Error: 'unix_socket_mode' of listener 1883 is for Unix sockets only, as "
              "'listener 0 PATH'.\nError found at main.conf:2.");
}

}  // namespace
}  // namespace mq::broker
