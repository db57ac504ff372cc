#include "installer/health/websocket_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <deque>

using namespace mq::installer;
using testing::HasSubstr;

namespace {

using Bytes = std::vector<std::uint8_t>;

/// A server as a list of answers; keeps what the client sent.
class Script final : public ByteStream {
 public:
    Script(std::deque<std::string> answers, Bytes& sent)
        : answers_(std::move(answers)), sent_(sent) {}

    mq::Outcome<void> send(std::span<const std::uint8_t> bytes, Deadline) override {
        sent_.insert(sent_.end(), bytes.begin(), bytes.end());
        return {};
    }
    mq::Outcome<void> receive(Bytes& bytes, Deadline) override {
        if (answers_.empty()) {
            return mq::Problem{"the server closed the connection", ""};
        }
        std::string next = answers_.front();
        answers_.pop_front();
        const std::string key = header_value("Sec-WebSocket-Key: ");
        const auto at = next.find("@KEY@");
        if (at != std::string::npos) {
            next.replace(at, 5, accept_for(key));
        }
        bytes.insert(bytes.end(), next.begin(), next.end());
        return {};
    }

 private:
    [[nodiscard]] std::string header_value(const std::string& name) const {
        const std::string text(sent_.begin(), sent_.end());
        const auto at = text.find(name);
        return at == std::string::npos
                   ? ""
                   : text.substr(at + name.size(), text.find("\r\n", at) - at - name.size());
    }
    static std::string accept_for(const std::string& key);

    std::deque<std::string> answers_;
    Bytes& sent_;
};

const std::string hello =
    "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nSEC-WEBSOCKET-ACCEPT: @KEY@\r\n"
    "Sec-WebSocket-Protocol: mqtt\r\n\r\n";

const Deadline never = Deadline::max();

struct Conversation {
    explicit Conversation(std::deque<std::string> answers)
        : client(WebSocketClient::open(std::make_unique<Script>(std::move(answers), sent),
                                       "localhost:9001", never)) {}
    std::string receive() {
        Bytes bytes;
        const auto got = client->receive(bytes, never);
        return got ? std::string(bytes.begin(), bytes.end()) : "(" + got.error().what + ")";
    }
    Bytes sent;
    mq::Outcome<WebSocketClient> client;
};

}  // namespace

namespace {

std::string Script::accept_for(const std::string& key) {
    const std::string text = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    EVP_Digest(text.data(), text.size(), digest, &size, EVP_sha1(), nullptr);
    unsigned char out[64];
    const int length = EVP_EncodeBlock(out, digest, static_cast<int>(size));
    return {reinterpret_cast<char*>(out), static_cast<std::size_t>(length)};
}

}  // namespace

TEST(WebSocketClient, AsksForMqtt) {
    Conversation talk({hello});
    ASSERT_TRUE(talk.client) << talk.client.error().text();
    const std::string request(talk.sent.begin(), talk.sent.end());
    EXPECT_THAT(request, testing::StartsWith("GET /mqtt HTTP/1.1\r\nHost: localhost:9001\r\n"));
    EXPECT_THAT(request, HasSubstr("\r\nSec-WebSocket-Protocol: mqtt\r\n"));
}

TEST(WebSocketClient, TakesAnAnswerInPieces) {
    Conversation talk({hello.substr(0, 40), hello.substr(40) + "\x82\x02"
                                                               "ab"});
    // The key's answer stands in the second piece or the first; either way it is whole.
    ASSERT_TRUE(talk.client) << talk.client.error().text();
    EXPECT_EQ(talk.receive(), "ab");
}

TEST(WebSocketClient, RefusesOtherAnswers) {
    EXPECT_THAT(Conversation({"HTTP/1.1 404 Not Found\r\n\r\n"}).client.error().what,
                HasSubstr("HTTP/1.1 404 Not Found"));
    EXPECT_THAT(
        Conversation({"HTTP/1.1 101 x\r\nSec-WebSocket-Accept: wrong\r\n\r\n"}).client.error().what,
        HasSubstr("no WebSocket answer"));
    EXPECT_THAT(
        Conversation({"HTTP/1.1 101 x\r\nSec-WebSocket-Accept: @KEY@\r\n\r\n"}).client.error().what,
        HasSubstr("does not speak MQTT"));
    EXPECT_THAT(Conversation({std::string(20000, 'x')}).client.error().what,
                HasSubstr("no WebSocket answer"));
}

TEST(WebSocketClient, ReadsFramesOfAllSizesAndFragments) {
    const std::string middle(300, 'm');
    const std::string large(70000, 'l');
    Conversation talk({hello, std::string("\x82\x01", 2) + "s" + "\x82\x7e\x01\x2c" + middle,
                       std::string("\x82\x7f\x00\x00\x00\x00\x00\x01\x11\x70", 10) + large,
                       std::string("\x02\x01", 2) + "a" + "\x80\x01" + "b"});
    ASSERT_TRUE(talk.client);
    EXPECT_EQ(talk.receive(), "s");
    EXPECT_EQ(talk.receive(), middle);
    EXPECT_EQ(talk.receive(), large);
    EXPECT_EQ(talk.receive(), "a");
    EXPECT_EQ(talk.receive(), "b");
    EXPECT_EQ(talk.receive(), "(the server closed the connection)");
}

TEST(WebSocketClient, AnswersPingsAndSeesTheClose) {
    Conversation talk({hello, std::string("\x89\x02", 2) + "hi", std::string("\x88\x00", 2)});
    ASSERT_TRUE(talk.client);
    talk.sent.clear();
    EXPECT_EQ(talk.receive(), "(the server closed the connection)");
    ASSERT_EQ(talk.sent.size(), 8U);
    EXPECT_EQ(talk.sent[0], 0x8A);
    EXPECT_EQ(talk.sent[1], 0x82);
    EXPECT_EQ(talk.sent[6] ^ talk.sent[2], 'h');
}

TEST(WebSocketClient, MasksWhatItSends) {
    Conversation talk({hello});
    ASSERT_TRUE(talk.client);
    for (const std::size_t size :
         {std::size_t{3}, std::size_t{125}, std::size_t{126}, std::size_t{70000}}) {
        talk.sent.clear();
        const Bytes payload(size, 'p');
        ASSERT_TRUE(talk.client->send(payload, never));
        const std::size_t head = size < 126 ? 2 : size <= 0xFFFF ? 4 : 10;
        ASSERT_EQ(talk.sent.size(), head + 4 + size);
        EXPECT_EQ(talk.sent[0], 0x82);
        EXPECT_EQ(talk.sent[1], 0x80 | (size < 126 ? size : size <= 0xFFFF ? 126 : 127));
        for (std::size_t i = 0; i < size; ++i) {
            ASSERT_EQ(talk.sent[head + 4 + i] ^ talk.sent[head + i % 4], 'p');
        }
    }
}

TEST(WebSocketClient, RefusesHugeAndMaskedFrames) {
    Conversation huge({hello, std::string("\x82\x7f\x7f\x00\x00\x00\x00\x00\x00\x00", 10)});
    EXPECT_THAT(huge.receive(), HasSubstr("sends a frame of"));
    Conversation masked({hello, std::string("\x82\x81\x00\x00\x00\x00x", 7)});
    EXPECT_THAT(masked.receive(), HasSubstr("masks"));
}
