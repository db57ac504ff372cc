#pragma once

#include "broker/core/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mq::broker::test {

/// A line of `Client::reads` that begins with PUBLISH.
struct Received {
    std::string topic;
    int number = 0;
    unsigned level = 0;
    mqtt::PacketId id = 0;
    bool again = false;
};

inline std::string between(const std::string& line, std::string_view before,
                           std::string_view after) {
    const std::size_t at = line.find(before);
    if (at == std::string::npos) {
        return {};
    }
    const std::size_t begin = at + before.size();
    return line.substr(begin, line.find(after, begin) - begin);
}

inline mqtt::PacketId packet_id(const std::string& line) {
    const std::string text = between(line, "packet_id=", " ");
    return static_cast<mqtt::PacketId>(text.empty() ? 0 : std::stoi(text));
}

inline Received parse(const std::string& line) {
    return {between(line, "topic=\"", "\""), std::stoi(between(line, "payload=\"", "\"")),
            static_cast<unsigned>(std::stoi(between(line, "qos=", " "))), packet_id(line),
            line.find(" dup ") != std::string::npos};
}

/// A client that connects again and again and acknowledges what it gets.
class Receiver {
 public:
    Receiver(World& world, std::string client_id) : world_(world), id_(std::move(client_id)) {}
    virtual ~Receiver() = default;

    void connects(ShardIndex shard, bool clean_start = false, std::uint32_t expiry = 0xFFFFFFFF) {
        if (client_ != nullptr && client_->open() && !greeted_) {
            left_behind_.push_back(client_);
        }
        client_ = &world_.client(mqtt::Version::v5, shard);
        greeted_ = false;
        take(client_->connects(id_, clean_start, expiry));
    }
    void subscribes(const std::string& filter, unsigned level) {
        take(client_->subscribes(filter, qos(level)));
    }
    /// False when there was nothing.
    bool collects() {
        const Lines lines = client_->reads();
        take(lines);
        return !lines.empty();
    }
    /// Its session ends.
    void leaves(ShardIndex shard) {
        connects(shard, true, 0);
        client_->sends(disconnect(mqtt::ReasonCode::success));
    }
    [[nodiscard]] Client& client() { return *client_; }
    /// CONNACK has come, and the connection is still there.
    [[nodiscard]] bool is_in() const { return greeted_ && client_->open(); }

 protected:
    virtual void begins(bool) {}  ///< told whether it is the session of the connection before
    virtual void hears(const Received& message) = 0;

 private:
    void take(const Lines& lines) {
        for (const std::string& line : lines) {
            if (line.starts_with("CONNACK")) {
                greeted_ = true;
                const bool begun_meanwhile = one_left_behind_has_come_in();
                begins(line.find("session_present") != std::string::npos && !begun_meanwhile);
            } else if (line.starts_with("PUBREL")) {
                client_->sends(acknowledgement<mqtt::Pubcomp>(packet_id(line)));
            } else if (line.starts_with("PUBLISH")) {
                const Received message = parse(line);
                hears(message);
                if (message.level == 1) {
                    client_->sends(acknowledgement<mqtt::Puback>(message.id));
                } else if (message.level == 2) {
                    client_->sends(acknowledgement<mqtt::Pubrec>(message.id));
                }
            }
        }
    }

    /// Its claim may come later than that of the next connection.
    bool one_left_behind_has_come_in() {
        return std::erase_if(left_behind_, [](Client* client) {
                   const Lines lines = client->reads();
                   return !lines.empty() && lines.front().starts_with("CONNACK");
               }) > 0;
    }

    World& world_;
    std::string id_;
    Client* client_ = nullptr;
    bool greeted_ = false;
    std::vector<Client*> left_behind_;  ///< while they waited for CONNACK
};

/// Its session stays, so it gets all.
class Regular final : public Receiver {
 public:
    using Receiver::Receiver;
    std::map<std::string, std::vector<int>> got;  ///< by topic

 private:
    void hears(const Received& message) override {
        EXPECT_THAT(message.topic, testing::Not(testing::HasSubstr("secret")));
        auto& list = got[message.topic];
        if (!message.again || std::find(list.begin(), list.end(), message.number) == list.end()) {
            list.push_back(message.number);
        }
    }
};

/// Its sessions come and go, so nobody knows what it gets; but in each it is in order and once.
class Guest final : public Receiver {
 public:
    using Receiver::Receiver;

 private:
    void begins(bool goes_on) override {
        if (!goes_on) {
            last_.clear();
        }
    }
    void hears(const Received& message) override {
        EXPECT_THAT(message.topic, testing::Not(testing::HasSubstr("secret")));
        if (!message.topic.starts_with("t/")) {
            return;
        }
        int& last = last_[message.topic];
        if (!message.again) {
            EXPECT_GT(message.number, last) << message.topic;
        }
        last = std::max(last, message.number);
    }
    std::map<std::string, int> last_;  ///< by topic
};

}  // namespace mq::broker::test
