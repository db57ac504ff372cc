#include "client/cli/url.hpp"

namespace mq::cli {
namespace {

std::string shown(const std::string& text) {
    const auto url = parse_broker_url(text);
    if (!url) {
        return "error: " + url.error().what;
    }
    return std::string(url->websockets ? "ws" : "mqtt") + (url->tls ? "s" : "") + "|" +
           url->user.value_or("-") + "|" +
           (url->password ? std::string(url->password->view()) : "-") + "|" + url->host + "|" +
           (url->port ? std::to_string(*url->port) : "-") + "|" + url->topic.value_or("no topic");
}

TEST(BrokerUrl, HasAllParts) {
    EXPECT_EQ(shown("mqtt://anna:pw@broker.example:1884/a/b"),
              "mqtt|anna|pw|broker.example|1884|a/b");
    EXPECT_EQ(shown("mqtts://h/t"), "mqtts|-|-|h|-|t");
    EXPECT_EQ(shown("ws://h/t"), "ws|-|-|h|-|t");
    EXPECT_EQ(shown("wss://u@h:443/t"), "wss|u|-|h|443|t");
    EXPECT_EQ(shown("mqtt://[::1]:1884/t"), "mqtt|-|-|::1|1884|t");
    EXPECT_EQ(shown("mqtt://h/"), "mqtt|-|-|h|-|");
    EXPECT_EQ(shown("mqtt://h"), "mqtt|-|-|h|-|no topic");
}

TEST(BrokerUrl, TakesUserAndPasswordAsTheyAre) {
    EXPECT_EQ(shown("mqtt://a%40b:p:q@r@h/t"), "mqtt|a%40b|p:q@r|h|-|t");
}

TEST(BrokerUrl, SaysWhatIsWrong) {
    for (const char* const wrong :
         {"", "http://h/t", "mqtt:/h/t", "mqtt://", "mqtt:///t", "mqtt://h:0/t", "mqtt://h:65536/t",
          "mqtt://h:x/t", "mqtt://u@/t", "mqtt://[::1/t", "mqtt://[::1]x/t", "mqtt://[]/t"}) {
        EXPECT_EQ(shown(wrong).substr(0, 7), "error: ") << wrong;
    }
}

TEST(ProxyUrl, HasAllParts) {
    const auto url = parse_proxy_url("socks5h://a%40:b%25%zz@proxy:1081");
    ASSERT_TRUE(url);
    EXPECT_EQ(url->user, "a@");
    EXPECT_EQ(url->password->view(), "b%%zz");
    EXPECT_EQ(url->host, "proxy");
    EXPECT_EQ(url->port, 1081);
    EXPECT_FALSE(parse_proxy_url("socks5://proxy"));
    EXPECT_FALSE(parse_proxy_url("socks5h://"));
}

}  // namespace
}  // namespace mq::cli
