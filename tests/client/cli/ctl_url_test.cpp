#include "client/cli/ctl_url.hpp"

#include <gtest/gtest.h>

namespace mq::cli {
namespace {

std::string parts_of(const std::string& url) {
    const auto parts = read_url(url, "");
    return parts ? parts->scheme + " " + parts->user + " " + parts->password + " " + parts->host +
                       " " + std::to_string(parts->port)
                 : "broken";
}

TEST(CtlUrl, HasParts) {
    EXPECT_EQ(parts_of("mqtt://host"), "mqtt   host 0");
    EXPECT_EQ(parts_of("mqtts://u:p@host:8883/topic"), "mqtts u p host 8883");
    EXPECT_EQ(parts_of("mqtt://u%40x:p%3a%2F@[::1]:1"), "mqtt u@x p:/ ::1 1");
    EXPECT_EQ(parts_of("mqtt://a@b@host"), "mqtt a@b  host 0");
    EXPECT_EQ(parts_of("mqtt://100%@host"), "mqtt 100%  host 0");
}

TEST(CtlUrl, WhatIsNoUrlIsRefused) {
    for (const char* url : {"", "host", "mqtt:", "mqtt://", "mqtt://:1", "mqtt://h:", "mqtt://h:0",
                            "mqtt://h:65536", "mqtt://h:1x", "mqtt://[::1", "mqtt://[::1]1"}) {
        EXPECT_EQ(parts_of(url), "broken") << url;
    }
    EXPECT_FALSE(read_url("http://proxy", "socks5h"));
}

TEST(CtlUrl, OfTlsTrustsTheHostsAuthoritiesUnlessOthersAreGiven) {
    CtlRoute route;
    route.url = "mqtts://u@host";
    ASSERT_TRUE(apply_url(route));
    EXPECT_TRUE(route.tls_use_os_certs);
    EXPECT_EQ(route.user, "u");
    EXPECT_FALSE(route.password);
    CtlRoute own;
    own.url = "mqtts://host";
    own.cafile = "ca";
    ASSERT_TRUE(apply_url(own));
    EXPECT_FALSE(own.tls_use_os_certs);
    CtlRoute web;
    web.url = "ws://host";
    EXPECT_FALSE(apply_url(web));
}

}  // namespace
}  // namespace mq::cli
