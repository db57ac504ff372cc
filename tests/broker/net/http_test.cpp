#include "broker/net/http_connection.hpp"
#include "tests/broker/net/running_shard.hpp"
#include "tests/support/home.hpp"
#include "tests/support/raw_client.hpp"

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace mq::broker::test {
namespace {

using namespace mq::test;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::size_t everything = 100'000;
constexpr std::size_t large = 30'000'000;

ListenerConfig listener_with_files(const Home& home,
                                   ListenerProtocol protocol = ListenerProtocol::websockets) {
    ListenerConfig config;
    config.protocol = protocol;
    config.http_dir = home.path();
    return config;
}

ListenerConfig api_listener() {
    ListenerConfig config;
    config.protocol = ListenerProtocol::http_api;
    return config;
}

/// The answer; empty when the connection was closed without one.
std::string ask(const RunningShard& shard, const std::string& request,
                const std::string& headers = "") {
    const RawClient client(shard.port());
    client.try_send(request + " HTTP/1.1\r\nHost: h\r\n" + headers + "Connection: close\r\n\r\n");
    return client.receive(everything);
}

std::string body_of(const std::string& answer) {
    return answer.substr(std::min(answer.size(), answer.find("\r\n\r\n") + 4));
}

/// The value of a header with its name before it.
std::string header_of(const std::string& answer, const std::string& name) {
    const std::size_t at = answer.find(name + ": ");
    return at == std::string::npos ? "" : answer.substr(at, answer.find("\r\n", at) - at);
}

TEST(Http, BrowserIsToldWhatThisIs) {
    RunningShard shard(websocket_listener());
    const std::string answer = ask(shard, "GET /");
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(answer, HasSubstr("MQTT over WebSocket"));
}

TEST(Http, HealthIsOkAlsoBehindAPrefix) {
    const Home home;
    for (const ListenerConfig& config :
         {websocket_listener(), api_listener(), listener_with_files(home)}) {
        RunningShard shard(config);
        for (const char* path : {"GET /healthz", "GET /mqtt/healthz"}) {
            const std::string answer = ask(shard, path);
            EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
            EXPECT_EQ(body_of(answer), "ok\n");
        }
    }
}

TEST(Http, OtherMethodsAreRefused) {
    RunningShard shard(websocket_listener());
    const std::string answer = ask(shard, "DELETE /");
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 405 Method Not Allowed\r\n"));
    EXPECT_EQ(header_of(answer, "Allow"), "Allow: GET, HEAD");
}

TEST(Http, BodyIsNotTakenForARequest) {
    RunningShard shard(websocket_listener());
    const RawClient client(shard.port());
    client.send(
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 35\r\n\r\n"
        "GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n");
    const std::string answer = client.receive(everything);
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 405 "));
    EXPECT_THAT(answer.substr(1), Not(HasSubstr("HTTP/1.1")));
}

TEST(Http, HeadComesWithoutBody) {
    Home home;
    home.write("a.txt", "hello");
    RunningShard shard(listener_with_files(home));
    const std::string answer = ask(shard, "HEAD /a.txt");
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_EQ(header_of(answer, "Content-Length"), "Content-Length: 5");
    EXPECT_EQ(body_of(answer), "");
    EXPECT_EQ(body_of(ask(shard, "HEAD /healthz")), "");
}

TEST(Http, RequestsFollowOneAnotherOnOneConnection) {
    Home home;
    home.write("a.txt", "hello");
    RunningShard shard(listener_with_files(home));
    const RawClient client(shard.port());
    std::string requests;
    for (int i = 0; i < 3 * HttpConnection::requests_per_turn_max; ++i) {
        requests += "GET /a.txt HTTP/1.1\r\nHost: h\r\n\r\n";
    }
    client.send(requests + "GET /healthz HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    const std::string answers = client.receive(everything);
    std::size_t count = 0;
    for (std::size_t at = 0; (at = answers.find("\r\n\r\nhello", at)) != std::string::npos; ++at) {
        ++count;
    }
    EXPECT_EQ(count, 3U * HttpConnection::requests_per_turn_max);
    EXPECT_THAT(answers, EndsWith("\r\n\r\nok\n"));
}

TEST(Http, RequestMayComeByteByByte) {
    RunningShard shard(websocket_listener());
    const RawClient client(shard.port());
    for (const char byte : std::string("GET /healthz HTTP/1.0\r\n\r\n")) {
        client.send({&byte, 1});
    }
    EXPECT_THAT(client.receive(everything), EndsWith("\r\n\r\nok\n"));
}

TEST(Http, TooLargeHeadIsAnsweredAndLogged) {
    WebSocketSettings settings;
    settings.header_bytes_max = 200;
    RunningShard shard(websocket_listener(), {}, settings);
    EXPECT_THAT(ask(shard, "GET /healthz"), StartsWith("HTTP/1.1 200 "));
    const std::string answer = ask(shard, "GET /healthz", "X: " + std::string(200, 'x') + "\r\n");
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 431 "));
    EXPECT_TRUE(shard.log.wait_for("disconnected: http headers too large."));
}

TEST(Http, GarbageIsAnsweredAndDisturbsNobody) {
    RunningShard shard(websocket_listener());
    const RawClient client(shard.port());
    client.try_send(std::string(20'000, '\xFF'));
    client.try_send("\r\n\r\n");
    EXPECT_THAT(client.receive(everything), StartsWith("HTTP/1.1 400 Bad Request\r\n"));
    EXPECT_TRUE(shard.log.wait_for("disconnected: malformed http request."));
    EXPECT_EQ(body_of(ask(shard, "GET /healthz")), "ok\n");
}

TEST(Http, ClientThatLeavesInTheMiddleIsForgotten) {
    RunningShard shard(websocket_listener(), {}, {}, 1);
    { RawClient(shard.port()).send("GET / HT"); }
    while (body_of(ask(shard, "GET /healthz")) != "ok\n") {  // until the place is free again
    }
}

TEST(Http, HalfARequestIsNotWaitedForWithoutAnEnd) {
    WebSocketSettings settings;
    settings.patience = std::chrono::milliseconds(50);
    RunningShard shard(websocket_listener(), {}, settings);
    const RawClient silent(shard.port());
    const RawClient half(shard.port());
    half.send("GET / HTTP/1.1\r\nHost: h\r\n");
    EXPECT_TRUE(half.closed());
    EXPECT_TRUE(silent.closed());
}

TEST(HttpFiles, ClientThatTakesNothingIsDropped) {
    Home home;
    home.write("large", std::string(large, 'x'));
    WebSocketSettings settings;
    settings.patience = std::chrono::milliseconds(50);
    RunningShard shard(listener_with_files(home), {}, settings, 1);
    const RawClient lazy(shard.port(), 4096);
    lazy.send("GET /large HTTP/1.1\r\nHost: h\r\n\r\n");
    while (body_of(ask(shard, "GET /healthz")) != "ok\n") {  // until its place is free
    }
    EXPECT_LT(lazy.receive(large).size(), large);
}

TEST(HttpFiles, AreServedWithTheirType) {
    Home home;
    home.write("index.html", "<p>front");
    home.write("sub/app.js", "js");
    for (const auto protocol : {ListenerProtocol::websockets, ListenerProtocol::http_api}) {
        RunningShard shard(listener_with_files(home, protocol));
        const std::string front = ask(shard, "GET /?x=y");
        EXPECT_THAT(front, StartsWith("HTTP/1.1 200 OK\r\n"));
        EXPECT_EQ(header_of(front, "Content-Type"), "Content-Type: text/html; charset=utf-8");
        EXPECT_EQ(body_of(front), "<p>front");
        EXPECT_EQ(body_of(ask(shard, "GET /sub/%61pp.js")), "js");
    }
}

TEST(HttpFiles, WhatIsNotThereIs404) {
    Home home("www");
    home.write("sub/a", "a");
    RunningShard shard(listener_with_files(home));
    for (const char* path : {"GET /missing", "GET /", "GET /sub/", "GET /../../etc/passwd",
                             "GET /%2e%2e/%2e%2e/etc/passwd", "GET /.hidden"}) {
        EXPECT_THAT(ask(shard, path), StartsWith("HTTP/1.1 404 Not Found\r\n")) << path;
    }
    EXPECT_THAT(ask(shard, "GET /a%00"), StartsWith("HTTP/1.1 400 "));
    EXPECT_THAT(ask(shard, "GET /%g"), StartsWith("HTTP/1.1 400 "));
}

TEST(HttpFiles, DirectoryGetsItsSlash) {
    Home home;
    home.write("a b/index.html", "x");
    RunningShard shard(listener_with_files(home));
    const std::string answer = ask(shard, "GET /a%20b");
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 301 "));
    EXPECT_EQ(header_of(answer, "Location"), "Location: a%20b/");
}

TEST(HttpFiles, BrowserKeepsWhatHasNotChanged) {
    Home home;
    home.write("a.txt", "hello");
    RunningShard shard(listener_with_files(home));
    const std::string first = ask(shard, "GET /a.txt");
    const std::string tag = header_of(first, "ETag").substr(6);
    const std::string modified = header_of(first, "Last-Modified").substr(15);
    const std::string again = ask(shard, "GET /a.txt", "If-None-Match: W/" + tag + "\r\n");
    EXPECT_THAT(again, StartsWith("HTTP/1.1 304 Not Modified\r\n"));
    EXPECT_EQ(body_of(again), "");
    EXPECT_THAT(ask(shard, "GET /a.txt", "If-Modified-Since: " + modified + "\r\n"),
                StartsWith("HTTP/1.1 304 "));
    EXPECT_THAT(ask(shard, "GET /a.txt", "If-None-Match: \"x\"\r\n"), StartsWith("HTTP/1.1 200 "));
}

TEST(HttpFiles, LargeFileArrivesWholeWhileOthersAreServed) {
    Home home;
    std::string content(20'000'000, '\0');
    for (std::size_t i = 0; i < content.size(); ++i) {
        content[i] = static_cast<char>(i * 7 + (i >> 13U));
    }
    home.write("large", content);
    RunningShard shard(listener_with_files(home));
    const RawClient client(shard.port(), 4096);
    client.send("GET /large HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(client.receive(12), StartsWith("HTTP/1.1 200"));
    EXPECT_EQ(body_of(ask(shard, "GET /healthz")), "ok\n");
    EXPECT_TRUE(body_of(client.receive(large)) == content);
}

TEST(HttpFiles, FileThatShrinksEndsTheConnection) {
    Home home;
    home.write("large", std::string(large, 'x'));
    RunningShard shard(listener_with_files(home));
    const RawClient client(shard.port(), 4096);
    client.send("GET /large HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_THAT(client.receive(12), StartsWith("HTTP/1.1 200"));
    std::filesystem::resize_file(home.path() / "large", 1000);
    EXPECT_LT(client.receive(large).size(), large);
}

TEST(HttpApi, TellsVersionListenersAndSysTopics) {
    WebSocketSettings settings;
    settings.version = "1.2.3";
    RunningShard shard(api_listener(), {}, settings);
    shard.shard->post([&] {
        ListenerConfig secure;
        secure.port = 8883;
        secure.certfile = "c";
        secure.require_certificate = true;
        ListenerConfig local = websocket_listener();
        local.port = 0;
        local.unix_path = "/run/x.sock";
        local.allow_anonymous = true;
        shard.websockets->show_listeners({secure, local, api_listener()});
    });
    EXPECT_EQ(body_of(ask(shard, "GET /api/v1/version")), "1.2.3");
    const std::string answer = ask(shard, "GET /api/v1/listeners");
    EXPECT_EQ(header_of(answer, "Content-Type"), "Content-Type: application/json");
    EXPECT_EQ(boost::json::parse(body_of(answer)), boost::json::parse(R"({"listeners": [
        {"port": 8883, "protocol": "mqtt", "tls": true, "mtls": true, "allow_anonymous": false},
        {"path": "/run/x.sock", "protocol": "websockets", "tls": false, "mtls": false,
         "allow_anonymous": true},
        {"port": 1883, "protocol": "httpapi", "tls": false, "mtls": false,
         "allow_anonymous": false}]})"));
    const auto tree = boost::json::parse(body_of(ask(shard, "GET /api/v1/systree"))).as_object();
    for (const char* topic :
         {"$SYS/broker/uptime", "$SYS/broker/clients/total", "$SYS/broker/messages/received",
          "$SYS/broker/load/messages/received/1min"}) {
        ASSERT_TRUE(tree.contains(topic)) << topic;
        EXPECT_TRUE(tree.at(topic).is_number()) << topic;
    }
}

TEST(HttpApi, HasNothingElse) {
    Limits limits;
    limits.sys_interval = 0;
    RunningShard shard(api_listener(), limits);
    for (const char* path : {"GET /", "GET /api/v1", "GET /api/missing", "GET /api/v1/systree"}) {
        EXPECT_THAT(ask(shard, path), StartsWith("HTTP/1.1 404 ")) << path;
    }
    EXPECT_THAT(ask(shard, "POST /api/v1/version"), StartsWith("HTTP/1.1 405 "));
    EXPECT_THAT(ask(shard, "GET /api/v1/version",
                    "Upgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                    "Sec-WebSocket-Protocol: mqtt\r\nSec-WebSocket-Version: 13\r\n"),
                StartsWith("HTTP/1.1 400 "));
}

TEST(HttpApi, IsNotAnsweredOnOtherListeners) {
    RunningShard shard(websocket_listener());
    EXPECT_THAT(ask(shard, "GET /api/v1/listeners"), Not(HasSubstr("\"listeners\"")));
}

}  // namespace
}  // namespace mq::broker::test
