#include "broker/net/http_head.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace mq::broker::test {
namespace {

constexpr std::size_t plenty = 4096;

std::string request(const std::string& start, const std::string& headers = "") {
    return start + " HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n";
}

/// The status of a fault; 100 when the end has not come, 200 for a good head.
int status_of(std::string_view bytes, std::size_t bytes_max = plenty) {
    const auto read = read_http_head(bytes, bytes_max);
    if (!read) {
        return read.error().status;
    }
    return *read ? 200 : 100;
}

HttpHead good(const std::string& bytes) {
    auto read = read_http_head(bytes, plenty);
    if (!read || !*read) {
        ADD_FAILURE() << "refused: " << bytes;
        return {};
    }
    return std::move(**read);
}

TEST(HttpHead, IsReadWithoutWhatFollows) {
    const std::string head = request("GET /a?b=c");
    const HttpHead read = good(head + "GET /next");
    EXPECT_EQ(read.size, head.size());
    EXPECT_EQ(read.method, HttpMethod::get);
    EXPECT_EQ(read.path, "/a");
    EXPECT_TRUE(read.keep_alive);
    EXPECT_FALSE(read.has_body);
}

TEST(HttpHead, WaitsForItsEnd) {
    const std::string head = "\r\n" + request("GET /", "Origin: o\r\n");
    for (std::size_t size = 0; size < head.size(); ++size) {
        EXPECT_EQ(status_of(head.substr(0, size)), 100) << size;
    }
    EXPECT_EQ(status_of(head), 200);
}

TEST(HttpHead, SizeHasALimit) {
    const std::string head = request("GET /");
    EXPECT_EQ(status_of(head, head.size()), 200);
    EXPECT_EQ(status_of(head, head.size() - 1), 431);
    EXPECT_EQ(status_of(head.substr(0, 20), 19), 431);
    EXPECT_EQ(status_of(head + std::string(100, 'x'), head.size()), 200);
    EXPECT_EQ(status_of("G", 0), 431);
}

TEST(HttpHead, WhatIsNoHttpIsRefusedAtOnce) {
    EXPECT_EQ(status_of("\x10"), 400);
    EXPECT_EQ(status_of("\x16\x03\x01"), 400);
    EXPECT_EQ(status_of(std::string(1, '\0')), 400);
}

TEST(HttpHead, MalformedOnesAreRefused) {
    for (const char* text : {
             "GET\r\n\r\n",
             "GET / HTTP/1.1\r\nHost h\r\n\r\n",
             "GET / HTTP/1.1\r\nHost: h\r\n: x\r\n\r\n",
             "GET / HTTP/1.1\r\nHost: h\r\nA : b\r\n\r\n",
             "GET / HTTP/1.1\r\nHost: h\r\nA: b\rc\r\n\r\n",
             "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
             "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
             "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: x\r\n\r\n",
             "GET / HTTP/1.1\r\n\r\n",
             "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
         }) {
        EXPECT_EQ(status_of(text), 400) << text;
    }
    EXPECT_EQ(status_of(request("GET /a\x01")), 400);
    EXPECT_EQ(status_of("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 505);
}

TEST(HttpHead, OldVersionNeedsNoHost) {
    const HttpHead read = good("GET / HTTP/1.0\r\n\r\n");
    EXPECT_FALSE(read.keep_alive);
}

TEST(HttpHead, BrokenPathsAreRefused) {
    for (const char* target : {"/%", "/%4", "/%zz", "/a%00b", "x", "*"}) {
        EXPECT_EQ(status_of(request("GET " + std::string(target))), 400) << target;
    }
}

TEST(HttpHead, PathIsDecoded) {
    EXPECT_EQ(good(request("GET /a%20b%2Fc%c3%a9+d;e&f?g%00")).path, "/a b/c\xC3\xA9+d;e&f");
    EXPECT_EQ(good(request("GET http://h:80/x/y?z")).path, "/x/y");
    EXPECT_EQ(good(request("GET http://h")).path, "/");
}

TEST(HttpHead, BodyIsNoticed) {
    EXPECT_TRUE(good(request("POST /", "Content-Length: 3\r\n")).has_body);
    EXPECT_TRUE(good(request("POST /", "Transfer-Encoding: chunked\r\n")).has_body);
    EXPECT_FALSE(good(request("POST /", "Content-Length: 0\r\n")).has_body);
}

TEST(HttpHead, UpgradeIsFoundInListsOfAnyCase) {
    const HttpHead read = good(request("GET /",
                                       "upgrade: h2c, WebSocket\r\nconnection: keep-alive, "
                                       "UPGRADE\r\n"));
    EXPECT_TRUE(read.wants_websocket);
    EXPECT_TRUE(read.connection_upgrade);
    EXPECT_FALSE(good(request("GET /", "Upgrade: h2c\r\n")).wants_websocket);
}

TEST(HttpHead, RepeatedHeadersAreJoined) {
    const HttpHead read = good(request("GET /",
                                       "X-Forwarded-For: 1.2.3.4\r\nX-Real-IP: 5.6.7.8\r\n"
                                       "x-forwarded-for: 9.9.9.9\r\nForwarded: for=1.1.1.1\r\n"
                                       "Sec-WebSocket-Protocol: a\r\n"
                                       "Sec-WebSocket-Protocol: mqtt\r\n"));
    EXPECT_EQ(read.x_forwarded_for, "1.2.3.4, 9.9.9.9");
    EXPECT_EQ(read.x_real_ip, "5.6.7.8");
    EXPECT_EQ(read.forwarded, "for=1.1.1.1");
    EXPECT_EQ(read.websocket_protocols, "a, mqtt");
    EXPECT_FALSE(read.origin.has_value());
}

TEST(HttpPath, SegmentIsEncodedForUrls) {
    EXPECT_EQ(encode_http_segment("a-b._~9"), "a-b._~9");
    EXPECT_EQ(encode_http_segment("a b/\r\n\xFF"), "a%20b%2F%0D%0A%FF");
}

}  // namespace
}  // namespace mq::broker::test
