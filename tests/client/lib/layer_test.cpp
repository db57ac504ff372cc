#include "client/include/mosquitto/defs.h"
#include "client/lib/client.hpp"
#include "client/lib/output.hpp"
#include "client/lib/socks5.hpp"
#include "client/lib/websocket_frames.hpp"
#include "client/lib/websocket_handshake.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <numeric>
#include <string>
#include <vector>

/// The layers below MQTT, as machines: bytes in, bytes out, cut at every place.
namespace mq::client {
namespace {

using Octets = std::vector<std::uint8_t>;
using testing::ElementsAre;
using testing::ElementsAreArray;

// Output

TEST(OutputTest, keeps_the_order_however_it_is_emptied) {
    Output output;
    std::uint8_t next_in = 0;
    std::uint8_t next_out = 0;
    for (std::size_t round = 1; round < 2'000; ++round) {
        for (std::size_t i = 0; i < round % 37; ++i) {
            *output.extend(1) = next_in++;
        }
        const std::size_t taken = std::min(output.size(), round % 29);
        for (const std::uint8_t byte : output.waiting().first(taken)) {
            ASSERT_EQ(byte, next_out++);
        }
        output.consume(taken);
        ASSERT_EQ(output.end_place() - output.begin_place(), output.size());
    }
}

TEST(OutputTest, gives_memory_back_when_nothing_happens) {
    Output output;
    *output.extend(1) = 1;
    output.consume(1);
    output.trim();
    EXPECT_TRUE(output.holds_memory());
    output.trim();
    EXPECT_FALSE(output.holds_memory());
}

// Back-off

TEST(BackoffTest, pauses) {
    EXPECT_EQ((Backoff{3, 1, false}.pause(9)), 3U);
    EXPECT_EQ((Backoff{2, 10, false}.pause(0)), 2U);
    EXPECT_EQ((Backoff{2, 10, false}.pause(2)), 6U);
    EXPECT_EQ((Backoff{2, 10, false}.pause(9)), 10U);
    EXPECT_EQ((Backoff{2, 100, true}.pause(2)), 18U);
    EXPECT_EQ((Backoff{2, 100, true}.pause(4'000'000'000U)), 100U);
}

// SOCKS5

const Octets accepted = {5, 0, 0, 1, 127, 0, 0, 1, 0, 80};

TEST(Socks5Test, without_login) {
    Socks5 proxy({"p", 1080, {}, {}}, "host", 0x0102);
    EXPECT_THAT(proxy.take_output(), ElementsAre(5, 1, 0));
    EXPECT_EQ(proxy.feed(Octets{5, 0}), MOSQ_ERR_SUCCESS);
    EXPECT_THAT(proxy.take_output(), ElementsAre(5, 1, 0, 3, 4, 'h', 'o', 's', 't', 1, 2));
    EXPECT_EQ(proxy.feed(accepted), MOSQ_ERR_SUCCESS);
    EXPECT_TRUE(proxy.done());
}

TEST(Socks5Test, with_login_byte_by_byte_and_no_byte_too_many) {
    Socks5 proxy({"p", 1080, "me", "key"}, "127.0.0.1", 1);
    EXPECT_THAT(proxy.take_output(), ElementsAre(5, 2, 0, 2));
    Octets all = {5, 2, 1, 0};
    all.insert(all.end(), {5, 0, 0, 3, 2, 'a', 'b', 0, 80});
    Octets sent;
    for (const std::uint8_t byte : all) {
        ASSERT_GT(proxy.wanted(), 0U);
        ASSERT_EQ(proxy.feed(Octets{byte}), MOSQ_ERR_SUCCESS);
        const Octets out = proxy.take_output();
        sent.insert(sent.end(), out.begin(), out.end());
    }
    EXPECT_TRUE(proxy.done());
    EXPECT_EQ(proxy.wanted(), 0U);
    EXPECT_THAT(sent,
                ElementsAre(1, 2, 'm', 'e', 3, 'k', 'e', 'y', 5, 1, 0, 1, 127, 0, 0, 1, 0, 1));
}

// WebSocket

constexpr std::array<std::uint8_t, 16> key = {};

std::string right_answer() {
    return "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nCONNECTION: Upgrade\r\n"
           "Sec-WebSocket-Accept: " +
           websocket_accept("AAAAAAAAAAAAAAAAAAAAAA==") + "\r\n\r\n";
}

Octets octets(std::string_view text) {
    return {text.begin(), text.end()};
}

TEST(WebSocketHandshakeTest, accept_of_the_example_in_the_standard) {
    EXPECT_EQ(websocket_accept("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST(WebSocketHandshakeTest, byte_by_byte_with_the_first_frame_behind) {
    WebSocketHandshake handshake({"h", "/mqtt", "", 4096}, key);
    for (const std::uint8_t byte : octets(right_answer())) {
        ASSERT_FALSE(handshake.done());
        ASSERT_EQ(handshake.feed(Octets{byte}), MOSQ_ERR_SUCCESS);
    }
    EXPECT_TRUE(handshake.done());
    WebSocketHandshake another({"h", "/mqtt", "", 4096}, key);
    EXPECT_EQ(another.feed(octets(right_answer() + "rest")), MOSQ_ERR_SUCCESS);
    EXPECT_EQ(another.rest(), "rest");
}

TEST(WebSocketHandshakeTest, what_is_no_http_is_refused_at_its_first_wrong_byte) {
    for (const char* wrong : {"S", "HTTQ", "HTTP/2", "\x20"}) {
        WebSocketHandshake handshake({"h", "/mqtt", "", 4096}, key);
        const Octets all = octets(wrong);
        for (std::size_t i = 0; i < all.size(); ++i) {
            EXPECT_EQ(handshake.feed(Octets{all[i]}),
                      i + 1 == all.size() ? MOSQ_ERR_PROTOCOL : MOSQ_ERR_SUCCESS);
        }
    }
}

TEST(WebSocketHandshakeTest, additional_headers) {
    EXPECT_TRUE(are_additional_headers(""));
    EXPECT_TRUE(are_additional_headers("A: b"));
    EXPECT_TRUE(are_additional_headers("A: b\r\nC: d\r\n"));
    for (const char* wrong : {"A", "A b: c", ": c", "Host: x", "sec-websocket-key: x", "A: b\nC: d",
                              "A: b\r\n\r\nGET"}) {
        EXPECT_FALSE(are_additional_headers(wrong)) << wrong;
    }
}

/// Feeds in pieces; what came out, and the first error.
struct Unframed {
    Octets content;
    Octets answers;
    int error = 0;
};

Unframed unframe(const Octets& bytes, std::size_t piece) {
    WebSocketReader reader;
    Unframed result;
    for (std::size_t at = 0; at < bytes.size() && result.error == 0; at += piece) {
        const std::size_t end = std::min(at + piece, bytes.size());
        Octets part(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                    bytes.begin() + static_cast<std::ptrdiff_t>(end));
        const auto taken = reader.take(part, result.answers);
        result.content.insert(result.content.end(), part.begin(),
                              part.begin() + static_cast<std::ptrdiff_t>(taken.size));
        result.error = taken.error;
    }
    return result;
}

TEST(WebSocketReaderTest, frames_of_every_length_cut_everywhere) {
    Octets bytes = {0x82, 0, 0x02, 1, 'a', 0x89, 1, '!', 0x80, 2, 'b', 'c', 0x82, 126, 0, 200};
    bytes.insert(bytes.end(), 200, 'd');
    bytes.insert(bytes.end(), {0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0});
    bytes.insert(bytes.end(), 65'536, 'e');
    Octets expected = {'a', 'b', 'c'};
    expected.insert(expected.end(), 200, 'd');
    expected.insert(expected.end(), 65'536, 'e');
    for (const std::size_t piece : {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{7},
                                    std::size_t{1'000}, bytes.size()}) {
        const Unframed result = unframe(bytes, piece);
        EXPECT_EQ(result.error, MOSQ_ERR_SUCCESS) << piece;
        EXPECT_EQ(result.content, expected) << piece;
        EXPECT_EQ(result.answers.size(), 2U + 4U + 1U) << piece;  // one pong
    }
}

TEST(WebSocketReaderTest, wrong_frames) {
    const std::vector<Octets> wrong = {
        {0x81, 1, 'a'},         // text
        {0xC2, 0},              // a reserved bit
        {0x82, 0x81, 0, 0, 0},  // masked
        {0x80, 0},              // continues nothing
        {0x02, 0, 0x82, 0},     // does not continue
        {0x09, 0},              // a ping in parts
        {0x89, 126, 0, 200},    // a long ping
        {0x8B, 0},              // unknown
    };
    for (const Octets& bytes : wrong) {
        EXPECT_EQ(unframe(bytes, 1).error, MOSQ_ERR_PROTOCOL) << testing::PrintToString(bytes);
    }
    EXPECT_EQ(unframe({0x88, 2, 3, 0xE8}, 1).error, MOSQ_ERR_CONN_LOST);
}

TEST(WebSocketWriterTest, frames_are_masked) {
    Octets out;
    append_frame(WebSocketOpcode::binary, Octets{1, 2, 3, 4, 5}, {1, 1, 1, 255}, out);
    EXPECT_THAT(out, ElementsAre(0x82, 0x85, 1, 1, 1, 255, 0, 3, 2, 251, 4));
    out.clear();
    append_frame(WebSocketOpcode::binary, Octets(70'000), {0, 0, 0, 0}, out);
    EXPECT_THAT(Octets(out.begin(), out.begin() + 10),
                ElementsAre(0x82, 0xFF, 0, 0, 0, 0, 0, 1, 0x11, 0x70));
}

}  // namespace
}  // namespace mq::client
