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

TEST(Directives, TableHasOneNameMore) {
    auto names = reference_names();
    names.emplace_back("threads");
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
        "accept_protocol_versions",
        "acl_file",
        "auth_plugin",
        "bind_interface",
        "cafile",
        "capath",
        "check_retain_source",
        "connection",
        "crlfile",
        "dhparamfile",
        "disable_client_cert_date_checks",
        "enable_control_api",
        "enable_proxy_protocol",
        "global_plugin",
        "http_dir",
        "memory_limit",
        "mount_point",
        "per_listener_settings",
        "plugin",
        "plugin_load",
        "plugin_use",
        "proxy_protocol_v2_require_tls",
        "psk_file",
        "psk_hint",
        "require_certificate",
        "tls_engine",
        "tls_engine_kpass_sha1",
        "tls_keyform",
        "use_identity_as_username",
        "use_subject_as_username",
        "use_username_as_clientid",
        "websockets_log_level",
        "websockets_origin",
    };
    EXPECT_EQ(names_not_available(), expected);
}

TEST(Directives, NotAvailableIsRefusedByName) {
    const char* lines[] = {
        "accept_protocol_versions 4 5",
        "acl_file etc/acl",
        "auth_plugin a.so",
        "bind_interface eth0",
        "cafile ca.pem",
        "capath ca",
        "check_retain_source true",
        "connection one",
        "crlfile crl.pem",
        "dhparamfile dh.pem",
        "disable_client_cert_date_checks true",
        "enable_control_api true",
        "enable_proxy_protocol 2",
        "global_plugin a.so",
        "http_dir www",
        "memory_limit 1000000",
        "mount_point a/",
        "per_listener_settings true",
        "plugin a.so",
        "plugin_load a a.so",
        "plugin_use a",
        "proxy_protocol_v2_require_tls true",
        "psk_file psk",
        "psk_hint hint",
        "require_certificate true",
        "tls_engine pkcs11",
        "tls_engine_kpass_sha1 0123456789abcdef0123456789abcdef01234567",
        "tls_keyform engine",
        "use_identity_as_username true",
        "use_subject_as_username true",
        "use_username_as_clientid true",
        "websockets_log_level 7",
        "websockets_origin https://example.org",
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
    for (const char* line :
         {"accept_protocol_versions 3,4,5", "check_retain_source false",
          "disable_client_cert_date_checks false", "enable_control_api false", "memory_limit 0",
          "per_listener_settings false", "proxy_protocol_v2_require_tls 0",
          "require_certificate false", "tls_keyform pem", "use_identity_as_username false",
          "use_subject_as_username false", "use_username_as_clientid false",
          "websockets_log_level 0"}) {
        EXPECT_EQ(complaint_about(std::string("listener 1884\n") + line), "") << line;
    }
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
