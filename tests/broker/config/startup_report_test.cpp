#include "tests/broker/config/printers.hpp"

#include <gtest/gtest.h>

namespace mq::broker {
namespace {

std::vector<ReportLine> report(const std::string& text) {
    const auto result = parse(text);
    EXPECT_TRUE(result.good()) << text;
    return startup_report(result.config);
}

using Report = std::vector<ReportLine>;

TEST(StartupReport, TellsWhoMayUseEachListener) {
    EXPECT_EQ(
        report("listener 1883\nlistener 9001 127.0.0.1\nprotocol websockets\n"
               "listener 8883\nsocket_domain ipv6\ncertfile c\nkeyfile k\n"
               "password_file etc/pwfile\n"),
        (Report{{LogType::information,
                 "Listener on port 1883, all interfaces: MQTT without TLS; open to users of "
                 "etc/pwfile with their password."},
                {LogType::information,
                 "Listener on port 9001, 127.0.0.1 (this machine only): MQTT over WebSockets "
                 "without TLS; open to users of etc/pwfile with their password."},
                {LogType::information,
                 "Listener on port 8883, all interfaces, IPv6 only: MQTT with TLS; open to users "
                 "of etc/pwfile with their password."}}));
}

TEST(StartupReport, WarnsWhenNobodyMayUseTheControlInterface) {
    const std::string common = "listener 1883 127.0.0.1\nallow_anonymous true\n";
    const auto lines = report(common + "enable_control_api true\n");
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_EQ(lines[1], (ReportLine{LogType::warning,
                                    "Nobody may use the control interface: $CONTROL/broker/v1 "
                                    "needs a rule in an acl_file, and there is none."}));
    EXPECT_EQ(report(common + "enable_control_api true\nacl_file a\n").size(), 1U);
    EXPECT_EQ(report(common + "enable_control_api false\n").size(), 1U);
}

TEST(StartupReport, TheControlSocketHasItsOwnLine) {
    const auto lines = report("listener 1883 127.0.0.1\nallow_anonymous true\ncontrol_socket c\n");
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_EQ(lines[1].text,
              "Control socket c: open to programs of the broker's user and of root, for mqctl.");
}

TEST(StartupReport, WarnsWhenNobodyGetsIn) {
    const auto lines = report("listener 1883\n");
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_EQ(lines[0].text,
              "Listener on port 1883, all interfaces: MQTT without TLS; open to nobody.");
    EXPECT_EQ(
        lines[1],
        (ReportLine{LogType::warning,
                    "Port 1883 lets nobody in: there is no password_file, and allow_anonymous is "
                    "false. Add a password_file line."}));
}

TEST(StartupReport, TellsWhatClientsHaveToShowInTls) {
    const std::string port = "listener 8883\ncertfile c\nkeyfile k\ncafile ca\n";
    const std::string verified = port + "require_certificate true\n";
    const auto only = [](const std::string& text) {
        const auto lines = report(text);
        EXPECT_EQ(lines.size(), 1U) << text;
        return lines.front().text.substr(lines.front().text.find("; open to ") + 10);
    };
    EXPECT_EQ(only(verified + "use_identity_as_username true\n"),
              "clients with a certificate that ca vouches for, under the name in it.");
    EXPECT_EQ(only(verified + "use_subject_as_username true\nallow_anonymous true\n"),
              "clients with a certificate that ca vouches for, under the name in it.");
    EXPECT_EQ(only(verified + "allow_anonymous true\n"),
              "clients with a certificate that ca vouches for; of them to anyone, without a "
              "password.");
    EXPECT_EQ(only(verified + "password_file p\n"),
              "clients with a certificate that ca vouches for; of them to users of p with their "
              "password.");
    EXPECT_EQ(only("psk_file keys\nlistener 8884\npsk_hint h\nuse_identity_as_username true\n"),
              "clients with a key of keys, under the name in it.");
    EXPECT_EQ(only("listener 1883 127.0.0.1\nenable_proxy_protocol 2\n"
                   "use_identity_as_username true\n"),
              "clients with a certificate that the proxy has verified, under the name in it.");
    EXPECT_EQ(report(verified).size(), 2U);  // nobody gets in
}

TEST(StartupReport, WarnsWhenAnyoneGetsInFromOutside) {
    const auto lines = report("listener 1883\nallow_anonymous true\n");
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_EQ(lines[1].type, LogType::warning);
    EXPECT_EQ(report("listener 1883 127.0.0.1\nallow_anonymous true\n").size(), 1U);
}

TEST(StartupReport, UnixSocketForItsGroupNeedsNoPassword) {
    const std::string open_socket = "listener 0 /run/mqtt.sock\nallow_anonymous true\n";
    EXPECT_EQ(report(open_socket).size(), 1U);
    EXPECT_EQ(report(open_socket + "unix_socket_mode 0666\n").size(), 2U);
}

TEST(StartupReport, WarnsOfProxyHeadersThatAnyoneMaySend) {
    const std::string users = "password_file p\n";
    const auto lines = report(users + "listener 1883\nenable_proxy_protocol 2\n");
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_EQ(lines[1],
              (ReportLine{LogType::warning,
                          "Port 1883 believes the PROXY header of anyone who can reach it. Add a "
                          "trusted_proxy line with the address of the proxy."}));
    EXPECT_EQ(
        report(users + "trusted_proxy 192.0.2.1\nlistener 1883\nenable_proxy_protocol 1\n").size(),
        1U);
    EXPECT_EQ(report(users + "listener 1883 127.0.0.1\nenable_proxy_protocol 1\n").size(), 1U);
    EXPECT_EQ(report(users + "listener 0 /s\nenable_proxy_protocol 1\n").size(), 1U);
}

TEST(StartupReport, PortForAllTellsWhetherTlsIsNeeded) {
    const std::string port = "password_file p\nlistener 1883\nprotocol auto\n";
    const auto first = [](const std::string& text) { return report(text).front().text; };
    EXPECT_NE(first(port).find("MQTT over WebSockets, without TLS;"), std::string::npos);
    EXPECT_NE(first(port + "certfile c\nkeyfile k\n").find(", with or without TLS;"),
              std::string::npos);
    EXPECT_NE(first(port + "certfile c\nkeyfile k\ncafile a\nrequire_certificate true\n")
                  .find(", with TLS;"),
              std::string::npos);
}

TEST(StartupReport, WarnsWhenTheStateIsShownOutside) {
    const auto lines = report("listener 1880\nprotocol http_api\nhttp_dir www\n");
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_EQ(lines[0].text,
              "Listener on port 1880, all interfaces: HTTP, no MQTT, without TLS; open to anyone, "
              "without a login: the broker's state and the files of www.");
    EXPECT_EQ(lines[1],
              (ReportLine{LogType::warning,
                          "Port 1880 shows the broker's state to anyone who can reach it: http_api "
                          "has no login. Bind it to 127.0.0.1, and let a web proxy ask for a "
                          "password."}));
    EXPECT_EQ(report("listener 1880 127.0.0.1\nprotocol http_api\n").size(), 1U);
}

TEST(StartupReport, LocalOnlyModeHasThreeWarnings) {
    const auto lines = report("");
    ASSERT_EQ(lines.size(), 5U);
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(lines[i].type, LogType::warning);
    }
    EXPECT_EQ(
        lines[3].text,
        "Listener on port 1883, 127.0.0.1 (this machine only): MQTT without TLS; open to anyone, "
        "without a password.");
}

}  // namespace
}  // namespace mq::broker
