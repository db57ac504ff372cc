#pragma once

#include "broker/core/broker.hpp"
#include "mqtt/encode.hpp"

#include <algorithm>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mq::broker::test {

class World;

/// Packets as text, one a line, as support/packet_printer.hpp writes them.
using Lines = std::vector<std::string>;

/// PUBACK, PUBREC, PUBREL or PUBCOMP.
template <class Packet>
Packet acknowledgement(mqtt::PacketId id, mqtt::ReasonCode code = mqtt::ReasonCode::success) {
    Packet packet;
    packet.packet_id = id;
    packet.reason_code = code;
    return packet;
}

inline mqtt::SubscriptionOptions qos(unsigned level) {
    mqtt::SubscriptionOptions options;
    options.qos = static_cast<mqtt::QoS>(level);
    return options;
}

inline mqtt::Disconnect disconnect(mqtt::ReasonCode code,
                                   std::optional<std::uint32_t> expiry = {}) {
    mqtt::Disconnect packet;
    packet.reason_code = code;
    packet.session_expiry_interval = expiry;
    return packet;
}

/// A client over an in-memory transport: sends packets, reads what the broker has written as text.
class Client final : public Outlet {
 public:
    Client(World& world, ShardIndex shard, mqtt::Version version, const ListenerSettings& listener,
           Peer peer);
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    void sends(const mqtt::Packet& packet);
    void sends_bytes(mqtt::Bytes bytes);
    /// All packets since the last call.
    Lines reads();
    /// The same as they are.
    mqtt::Buffer reads_bytes();
    /// The same as bytes, in hexadecimal digits.
    std::string reads_hex();
    /// The network breaks without DISCONNECT.
    void breaks();
    [[nodiscard]] bool closed_by_broker() const { return closed_by_broker_; }
    [[nodiscard]] bool open() const { return connection_ != nullptr || between_shards_; }
    /// Nothing is written to this client until `takes_again`.
    void stops_taking() { takes_ = false; }
    void takes_again();
    [[nodiscard]] mqtt::Version version() const { return version_; }
    [[nodiscard]] ConnectionId id() const { return connection_->id; }
    [[nodiscard]] ShardIndex shard() const { return shard_; }
    /// Its shard begins to move it to another; false when it cannot go.
    bool moves(ShardIndex to);
    /// Wherever it is moved to from now on, it cannot be served there.
    void loses_its_way() { lost_ = true; }

    // shorthands
    Lines connects(std::string_view client_id, bool clean_start = true,
                   std::uint32_t expiry = 0xFFFFFFFF);
    Lines subscribes(std::string_view filter, mqtt::SubscriptionOptions options = {},
                     std::optional<std::uint32_t> identifier = {});
    Lines unsubscribes(std::string_view filter);
    void publishes(std::string_view topic, std::string_view payload, unsigned qos = 0,
                   mqtt::PacketId id = 0, bool retain = false);

    void flush_later() override { flush_ = true; }
    void close_later() override { close_ = true; }
    void resume() override { resume_ = true; }
    [[nodiscard]] bool can_detach() const override { return !close_; }
    std::unique_ptr<DetachedTransport> detach() override;

 private:
    friend class World;
    struct Detached;
    bool turn();
    void flush();

    World& world_;
    ShardIndex shard_;
    mqtt::Version version_;
    Connection* connection_ = nullptr;
    mqtt::Buffer input_;
    mqtt::Buffer output_;
    bool flush_ = false;
    bool close_ = false;
    bool resume_ = false;
    bool takes_ = true;
    bool closed_by_broker_ = false;
    bool between_shards_ = false;
    bool broken_ = false;  ///< while between shards
    bool lost_ = false;
};

/// Allows all, or what the test says.
class TestAccess final : public AccessPolicy {
 public:
    std::function<std::optional<mqtt::ReasonCode>(const LoginRequest&)> on_login;
    std::function<std::unique_ptr<AuthExchange>(const AuthRequest&)> on_authenticate;
    std::function<bool(std::string_view topic)> on_write;
    std::function<bool(std::string_view topic)> on_read;
    std::function<bool(std::string_view filter)> on_subscribe;
    std::function<bool(std::string_view client_id, std::string_view topic)> on_write_of;
    std::function<bool(std::size_t realm)> on_realm;  ///< whether anything is allowed there

    std::optional<mqtt::ReasonCode> login(const LoginRequest& request) override {
        return on_login ? on_login(request) : mqtt::ReasonCode::success;
    }
    std::unique_ptr<AuthExchange> authenticate(const AuthRequest& request) override {
        return on_authenticate ? on_authenticate(request) : AccessPolicy::authenticate(request);
    }
    std::shared_ptr<const Grant> grant(const Identity& identity) override {
        ++grants;
        if (no_rules) {
            return nullptr;
        }
        return std::make_shared<TestGrant>(*this, std::string(identity.client_id), identity.realm);
    }
    void count(Stats& stats) const override { stats.logins_failed = failed; }
    bool no_rules = false;     ///< as without an ACL file
    int grants = 0;            ///< asked for
    std::uint64_t failed = 0;  ///< logins

 private:
    struct TestGrant final : Grant {
        TestGrant(const TestAccess& access, std::string id, std::size_t of_listener)
            : all(access), client_id(std::move(id)), realm(of_listener) {}
        [[nodiscard]] bool may_write(std::string_view topic) const override {
            return is_open() && (!all.on_write || all.on_write(topic)) &&
                   (!all.on_write_of || all.on_write_of(client_id, topic));
        }
        [[nodiscard]] bool may_read(std::string_view topic) const override {
            return is_open() && (!all.on_read || all.on_read(topic));
        }
        [[nodiscard]] bool may_subscribe(std::string_view filter) const override {
            return is_open() && (!all.on_subscribe || all.on_subscribe(filter));
        }
        [[nodiscard]] bool is_open() const { return !all.on_realm || all.on_realm(realm); }
        const TestAccess& all;
        std::string client_id;
        std::size_t realm;
    };
};

/// Names of realms, as the test says.
class TestRealms final : public RealmNames {
 public:
    std::vector<std::string> names = {""};

    [[nodiscard]] std::string_view name(std::size_t realm) const override {
        return names.at(realm);
    }
    [[nodiscard]] std::size_t find(std::string_view name) const override {
        const auto found = std::find(names.begin(), names.end(), name);
        return found == names.end() ? no_realm : static_cast<std::size_t>(found - names.begin());
    }
};

/// Answers what the test says, and keeps what was asked.
class TestControl final : public Control {
 public:
    std::optional<std::string> response;
    Lines asked;                 ///< topic, payload and user
    Control* instead = nullptr;  ///< answers in its place, if it is there

    bool answer(const ControlRequest& request, ControlDesk& desk, Respond respond) override;
};

class TestLog final : public Log {
 public:
    explicit TestLog() { mask_ = log_mask_all; }
    void line(LogType, std::string_view text) override { lines.emplace_back(text); }
    [[nodiscard]] bool has(std::string_view part) const;
    std::vector<std::string> lines;
};

/// Keeps the durable state as a store would, in memory.
class TestJournal final : public Journal {
 public:
    std::vector<StoredSession> sessions;
    std::vector<MessageRef> retained;

    StoredSession* find(std::string_view client_id);
    void session_stored(const SessionRecord& session) override;
    void session_removed(std::string_view client_id) override;
    void subscription_stored(std::string_view client_id,
                             const SubscriptionRecord& subscription) override;
    void subscription_removed(std::string_view client_id, std::string_view filter) override;
    EntryNumber next_entry() override { return ++last_entry_; }
    void entry_stored(std::string_view client_id, const EntryRecord& entry) override;
    void entry_state(std::string_view client_id, EntryNumber number, EntryState state,
                     mqtt::PacketId packet_id) override;
    void entry_removed(std::string_view client_id, EntryNumber number) override;
    void received_stored(std::string_view client_id, mqtt::PacketId packet_id) override;
    void received_removed(std::string_view client_id, mqtt::PacketId packet_id) override;
    void retained_stored(const MessageRef& message) override;
    void retained_removed(std::string_view topic) override;

 private:
    EntryNumber last_entry_ = 0;
};

/// A broker of one or more shards in one thread, under a clock that the test moves.
class World {
 public:
    explicit World(ShardIndex shards = 1, bool with_journal = false);
    ~World();

    Limits limits;
    ListenerSettings listener;
    TestAccess access;
    TestRealms realms;
    TestControl control;
    TestLog log;
    TestJournal journal;
    std::function<std::size_t()> heap_bytes;

    /// Builds the brokers with the limits as they are now; done by itself when the first client
    /// comes.
    void start();
    Client& client(mqtt::Version version = mqtt::Version::v5, ShardIndex shard = 0);
    /// A client that comes by another listener, which the test keeps, or from another peer.
    Client& client_at(const ListenerSettings& other, mqtt::Version version = mqtt::Version::v5,
                      std::optional<std::string> identity = {});
    Broker& broker(ShardIndex shard = 0);
    [[nodiscard]] Time now() const { return now_; }
    /// Time goes on; timers run as they fall due.
    void passes(Duration time);
    /// All that can be done without new events is done: flushes, closes, messages between shards.
    void settles();
    /// Time goes on without the broker.
    void sleeps(Duration time) { now_ += time; }
    /// The brokers are gone without a word; new ones get what the journal kept.
    void crashes();
    /// Messages between shards wait until they are released, so that a test can interleave.
    void holds_messages(bool hold) { hold_ = hold; }
    /// Delivers one waiting message between these shards; false when there is none.
    bool delivers_one(ShardIndex from, ShardIndex to);

 private:
    friend class Client;
    struct Link;
    struct Wire {
        std::deque<ShardMessage> messages;
    };

    ShardIndex shards_;
    bool with_journal_;
    bool hold_ = false;
    Time now_{std::chrono::hours(24 * 365 * 50)};
    std::vector<std::unique_ptr<Link>> links_;
    std::vector<std::vector<Wire>> wires_;  ///< [from][to]
    std::vector<std::unique_ptr<Broker>> brokers_;
    std::vector<std::unique_ptr<Client>> clients_;
};

}  // namespace mq::broker::test
