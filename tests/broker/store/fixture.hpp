#pragma once

#include "broker/store/store.hpp"
#include "tests/support/home.hpp"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace mq::broker::test {

/// Keeps log lines, and lets a test wait for one.
class KeptLog final : public Log {
 public:
    KeptLog() { mask_ = log_mask_all; }

    void line(LogType, std::string_view text) override {
        const std::lock_guard lock(mutex_);
        lines_ += text;
        lines_ += '\n';
        changed_.notify_all();
    }
    [[nodiscard]] std::string lines() const {
        const std::lock_guard lock(mutex_);
        return lines_;
    }
    [[nodiscard]] bool has(std::string_view part) const {
        return lines().find(part) != std::string::npos;
    }
    void wait_for(std::string_view part) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return lines_.find(part) != std::string::npos; });
    }
    void clear() {
        const std::lock_guard lock(mutex_);
        lines_.clear();
    }

 private:
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::string lines_;
};

inline mqtt::Bytes bytes(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

inline std::string text(mqtt::Bytes bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline MessageRef message(std::string_view topic, std::string_view payload = "payload") {
    return MessageRef::create(topic, bytes(""), bytes(payload), mqtt::QoS::at_least_once, false,
                              {});
}

inline SessionRecord session(const std::string& client_id) {
    SessionRecord record;
    record.client_id = client_id;
    record.expiry_interval = 3600;
    return record;
}

/// A session whose will is due in an hour of the epoch.
inline SessionRecord session_with_will(const std::string& client_id, std::string_view payload) {
    SessionRecord record = session(client_id);
    record.will.emplace();
    record.will->message = MessageRef::create("will", bytes("properties"), bytes(payload),
                                              mqtt::QoS::exactly_once, true, {});
    record.will->delay_seconds = 0xFFFFFFFF;
    record.will_due = Time(std::chrono::hours(1));
    return record;
}

inline EntryRecord entry(EntryNumber number, MessageRef message) {
    EntryRecord record;
    record.number = number;
    record.message = std::move(message);
    record.qos = mqtt::QoS::at_least_once;
    return record;
}

/// The stored session of a client; a test that needs one that is not there fails.
inline const StoredSession& of_client(const StoredState& state, std::string_view client_id) {
    for (const StoredSession& stored : state.sessions) {
        if (stored.session.client_id == client_id) {
            return stored;
        }
    }
    throw std::out_of_range("no session of " + std::string(client_id));
}

/// A store in a temporary directory, opened and closed at will.
class StoreTest : public ::testing::Test {
 protected:
    [[nodiscard]] StoreSettings settings() const {
        StoreSettings result;
        result.directory = home_.path();
        result.file = "store.db";
        return result;
    }
    [[nodiscard]] std::filesystem::path file() const { return home_.path() / "store.db"; }

    /// Opens and loads; the test fails where that fails.
    StoredState open(const StoreSettings& with) {
        auto opened = Store::open(with, log_);
        EXPECT_TRUE(opened) << opened.error().text();
        store_ = std::move(*opened);
        auto loaded = store_->load();
        EXPECT_TRUE(loaded) << loaded.error().text();
        const auto started = store_->start();
        EXPECT_TRUE(started) << started.error().text();
        return loaded ? std::move(*loaded) : StoredState{};
    }
    StoredState open() { return open(settings()); }

    void close() {
        const auto closed = store_->close();
        EXPECT_TRUE(closed) << closed.error().text();
        store_.reset();
    }
    StoredState reopen() {
        close();
        return open();
    }

    /// The problem that refuses the file.
    Problem refusal() {
        auto opened = Store::open(settings(), log_);
        EXPECT_FALSE(opened) << "the file was accepted";
        return opened ? Problem{} : opened.error();
    }

    mq::test::Home home_;
    KeptLog log_;
    std::unique_ptr<Store> store_;
};

}  // namespace mq::broker::test
