#include "broker/config/directive.hpp"
#include "tests/broker/config/printers.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <set>

namespace mq::broker::config {
namespace {

std::vector<std::string> reference_names() {
    std::ifstream in(MQ_DIRECTIVES_FILE);
    std::vector<std::string> names;
    for (std::string line; std::getline(in, line);) {
        if (!line.empty() && line.front() != '#') {
            names.push_back(line);
        }
    }
    return names;
}

/// Names that are there and do nothing yet, but for a value that asks for nothing.
std::set<std::string_view> names_not_available() {
    std::set<std::string_view> names;
    for (const auto part : {global_directives(), listener_directives(), bridge_directives()}) {
        for (const Directive& each : part) {
            if (each.apply == nullptr && each.scope != Scope::bridge &&
                each.scope != Scope::plugin) {
                names.insert(each.name);
            }
        }
    }
    return names;
}

TEST(Directives, TableKnowsEveryName) {
    const auto names = reference_names();
    ASSERT_EQ(names.size(), 141U);
    for (const std::string& name : names) {
        EXPECT_NE(find_directive(name), nullptr) << name;
    }
}

TEST(Directives, TableHasOurOwnNamesToo) {
    auto names = reference_names();
    for (const char* own :
         {"acl_refuse_subscribe", "control_socket", "global_max_queued_bytes",
          "global_max_retained_bytes", "global_max_retained_messages", "global_max_store_bytes",
          "global_max_subscriptions", "login_throttle", "login_throttle_address_failures",
          "login_throttle_refuse_time", "login_throttle_slow_after", "login_throttle_user_failures",
          "login_throttle_window", "threads", "threads_placement", "trusted_proxy",
          "unix_socket_mode", "websockets_path", "websockets_ping_interval"}) {
        names.emplace_back(own);
    }
    const auto known = directive_names();
    EXPECT_THAT(std::vector<std::string>(known.begin(), known.end()),
                testing::UnorderedElementsAreArray(names));
}

TEST(Directives, EachHasAReader) {
    for (const std::string_view name : directive_names()) {
        EXPECT_NE(find_directive(name)->argument.read, nullptr) << name;
    }
}

TEST(Directives, PrefixNamesNeedAKey) {
    EXPECT_NE(find_directive("plugin_opt_file"), nullptr);
    EXPECT_EQ(find_directive("plugin_opt_"), nullptr);
    EXPECT_EQ(find_directive("plugin_op"), nullptr);
}

TEST(Directives, WhatIsNotAvailable) {
    const std::set<std::string_view> expected = {
        "auth_plugin", "connection", "global_plugin",         "plugin",      "plugin_load",
        "plugin_use",  "tls_engine", "tls_engine_kpass_sha1", "tls_keyform",
    };
    EXPECT_EQ(names_not_available(), expected);
}

TEST(Directives, NotAvailableIsRefusedByName) {
    const char* lines[] = {
        "auth_plugin a.so",   "connection one",
        "global_plugin a.so", "plugin a.so",
        "plugin_load a a.so", "plugin_use a",
        "tls_engine pkcs11",  "tls_engine_kpass_sha1 0123456789abcdef0123456789abcdef01234567",
        "tls_keyform engine",
    };
    EXPECT_EQ(std::size(lines), names_not_available().size());
    for (const std::string line : lines) {
        const std::string name = line.substr(0, line.find(' '));
        EXPECT_EQ(
            complaint_about("listener 1884\n" + line),
            "Error: '" + name +
                "' is not available in this version. Take the line out, or put a # in front of "
                "it.\nError found at main.conf:2.");
    }
}

TEST(Directives, AValueThatMeansOffIsFine) {
    EXPECT_EQ(complaint_about("listener 1884\ntls_keyform pem\n"), "");
}

TEST(Directives, BlocksOfBridgesAndPluginsAreRefusedOnceAndCheckedInside) {
    EXPECT_EQ(
        complaint_about("connection one\naddress a.example:1883\ntopic # in 2\n"
                        "remote_password secret\nbridge_insecure true\n"),
        "Error: 'connection' is not available in this version. Take the line out, or put a # in "
        "front of it.\nError found at main.conf:1.");
    EXPECT_EQ(parse("connection one\nbridge_insecure maybe\ntopic # up\n").diagnostics.size(), 3U);
    EXPECT_EQ(parse("plugin a.so\nplugin_opt_file b\nauth_plugin_deny_special_chars true\n")
                  .diagnostics.size(),
              1U);
    EXPECT_EQ(complaint_about("address a.example\n"),
              "Error: 'address' needs a 'connection' line above it in the same file, to which it "
              "applies.\nError found at main.conf:1.");
    EXPECT_EQ(
        complaint_about("plugin_opt_file b\n"),
        "Error: 'plugin_opt_file' needs a 'plugin' line above it in the same file, to which it "
        "applies.\nError found at main.conf:1.");
}

}  // namespace
}  // namespace mq::broker::config
