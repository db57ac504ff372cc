#include "broker/core/world.hpp"

#include "mqtt/decode.hpp"
#include "support/packet_printer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

namespace mq::broker::test {

Client::Client(World& world, ShardIndex shard, mqtt::Version version,
               const ListenerSettings& listener, Peer peer)
    : world_(world), shard_(shard), version_(version) {
    connection_ = &world.broker(shard).open(*this, listener, std::move(peer), world.now());
}

void Client::sends(const mqtt::Packet& packet) {
    mqtt::Buffer bytes;
    mqtt::encode(packet, version_, bytes);
    sends_bytes(bytes);
}

void Client::sends_bytes(mqtt::Bytes bytes) {
    input_.insert(input_.end(), bytes.begin(), bytes.end());
    resume_ = true;
    world_.settles();
}

/// The client between two shards. Dropped there, its connection is lost.
struct Client::Detached final : DetachedTransport {
    explicit Detached(Client& moved) : client(moved) { client.between_shards_ = true; }
    ~Detached() override { client.between_shards_ = false; }
    Outlet* attach(Connection& connection, ShardIndex self) override {
        if (client.lost_) {
            return nullptr;
        }
        client.connection_ = &connection;
        client.shard_ = self;
        return &client;
    }
    Client& client;
};

std::unique_ptr<DetachedTransport> Client::detach() {
    connection_ = nullptr;
    flush_ = false;
    resume_ = false;
    return std::make_unique<Detached>(*this);
}

bool Client::moves(ShardIndex to) {
    const bool begun =
        connection_ != nullptr && connection_->session != nullptr &&
        world_.broker(shard_).move_client(connection_->session->key, to, world_.now());
    world_.settles();
    return begun;
}

bool Client::turn() {
    bool worked = false;
    if (connection_ != nullptr && std::exchange(broken_, false)) {
        world_.broker(shard_).closed(*connection_, "", world_.now());
        connection_ = nullptr;
        worked = true;
    }
    if (connection_ != nullptr && resume_) {
        resume_ = false;
        const std::size_t consumed =
            world_.broker(shard_).receive(*connection_, input_, world_.now());
        input_.erase(input_.begin(), input_.begin() + static_cast<std::ptrdiff_t>(consumed));
        worked = true;
    }
    if (connection_ != nullptr && flush_ && takes_) {
        flush();
        worked = true;
    }
    if (connection_ != nullptr && close_) {
        closed_by_broker_ = true;
        world_.broker(shard_).closed(*connection_, "", world_.now());
        connection_ = nullptr;
        worked = true;
    }
    return worked;
}

void Client::flush() {
    flush_ = false;
    Outbox& outbox = connection_->outbox;
    std::size_t total = 0;
    while (!outbox.empty()) {
        iovec vectors[3];
        const std::size_t used = outbox.gather(vectors);
        ASSERT_GT(used, 0U);
        std::size_t size = 0;
        for (std::size_t i = 0; i < used; ++i) {
            const auto* data = static_cast<const std::uint8_t*>(vectors[i].iov_base);
            output_.insert(output_.end(), data, data + vectors[i].iov_len);
            size += vectors[i].iov_len;
        }
        outbox.consume(size);
        total += size;
    }
    world_.broker(shard_).flushed(*connection_, total, world_.now());
}

void Client::takes_again() {
    takes_ = true;
    world_.settles();
}

Lines Client::reads() {
    world_.settles();
    Lines lines;
    mqtt::Bytes rest = output_;
    while (!rest.empty()) {
        const auto framing = mqtt::cut_frame(rest, 268'435'460);
        if (!framing || framing->kind != mqtt::Framing::Kind::packet) {
            lines.emplace_back("(not a packet)");
            break;
        }
        const auto packet = mqtt::decode(framing->frame, version_, mqtt::Receiver::client);
        lines.push_back(packet ? mqtt::to_string(*packet)
                               : "(" + std::string(mqtt::name(packet.error())) + ")");
        rest = rest.subspan(framing->frame.size);
    }
    output_.clear();
    return lines;
}

mqtt::Buffer Client::reads_bytes() {
    world_.settles();
    return std::exchange(output_, {});
}

std::string Client::reads_hex() {
    world_.settles();
    std::string text;
    for (const std::uint8_t byte : output_) {
        static constexpr std::string_view digits = "0123456789ABCDEF";
        text += digits[byte >> 4U];
        text += digits[byte & 0x0FU];
    }
    output_.clear();
    return text;
}

void Client::breaks() {
    if (between_shards_) {
        broken_ = true;
        return;
    }
    world_.broker(shard_).closed(*connection_, "", world_.now());
    connection_ = nullptr;
    world_.settles();
}

Lines Client::connects(std::string_view client_id, bool clean_start, std::uint32_t expiry) {
    mqtt::Connect packet;
    packet.version = version_;
    packet.client_id = client_id;
    packet.clean_start = clean_start;
    if (version_ == mqtt::Version::v5 && expiry > 0) {
        packet.session_expiry_interval = expiry;
    }
    sends(packet);
    return reads();
}

Lines Client::subscribes(std::string_view filter, mqtt::SubscriptionOptions options,
                         std::optional<std::uint32_t> identifier) {
    mqtt::Buffer requests;
    mqtt::append_request({filter, options}, version_, requests);
    mqtt::Subscribe packet;
    packet.packet_id = 1;
    packet.subscription_identifier = identifier;
    packet.requests = mqtt::SubscriptionRequests(requests, version_);
    sends(packet);
    return reads();
}

Lines Client::unsubscribes(std::string_view filter) {
    mqtt::Buffer filters;
    mqtt::append_filter(filter, filters);
    mqtt::Unsubscribe packet;
    packet.packet_id = 5;
    packet.filters = mqtt::TopicFilters(filters);
    sends(packet);
    return reads();
}

void Client::publishes(std::string_view topic, std::string_view payload, unsigned qos,
                       mqtt::PacketId id, bool retain) {
    mqtt::Publish packet;
    packet.topic = topic;
    packet.payload = {reinterpret_cast<const std::uint8_t*>(payload.data()), payload.size()};
    packet.qos = static_cast<mqtt::QoS>(qos);
    packet.packet_id = id;
    packet.retain = retain;
    sends(packet);
}

bool TestControl::answer(const ControlRequest& request, ControlDesk& desk, Respond respond) {
    if (instead != nullptr) {
        return instead->answer(request, desk, std::move(respond));
    }
    asked.push_back(std::string(request.topic) + " " +
                    std::string(request.payload.begin(), request.payload.end()) + " " +
                    std::string(request.client.client_id));
    if (response) {
        respond(*response);
    }
    return response.has_value();
}

bool TestLog::has(std::string_view part) const {
    return std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
        return line.find(part) != std::string::npos;
    });
}

StoredSession* TestJournal::find(std::string_view client_id) {
    for (StoredSession& stored : sessions) {
        if (stored.session.client_id == client_id) {
            return &stored;
        }
    }
    return nullptr;
}

void TestJournal::session_stored(const SessionRecord& session) {
    if (StoredSession* stored = find(session.client_id)) {
        stored->session = session;
    } else {
        sessions.push_back({session, {}, {}, {}});
    }
}

void TestJournal::session_removed(std::string_view client_id) {
    std::erase_if(sessions, [&](const auto& s) { return s.session.client_id == client_id; });
}

void TestJournal::subscription_stored(std::string_view client_id,
                                      const SubscriptionRecord& subscription) {
    subscription_removed(client_id, subscription.filter);
    find(client_id)->subscriptions.push_back(subscription);
}

void TestJournal::subscription_removed(std::string_view client_id, std::string_view filter) {
    std::erase_if(find(client_id)->subscriptions,
                  [&](const auto& s) { return s.filter == filter; });
}

void TestJournal::entry_stored(std::string_view client_id, const EntryRecord& entry) {
    find(client_id)->entries.push_back(entry);
}

void TestJournal::entry_state(std::string_view client_id, EntryNumber number, EntryState state,
                              mqtt::PacketId packet_id) {
    for (EntryRecord& entry : find(client_id)->entries) {
        if (entry.number == number) {
            entry.state = state;
            entry.packet_id = packet_id;
            return;
        }
    }
    ADD_FAILURE() << "no entry " << number;
}

void TestJournal::entry_removed(std::string_view client_id, EntryNumber number) {
    EXPECT_EQ(std::erase_if(find(client_id)->entries,
                            [&](const auto& entry) { return entry.number == number; }),
              1U);
}

void TestJournal::received_stored(std::string_view client_id, mqtt::PacketId packet_id) {
    find(client_id)->received.push_back(packet_id);
}

void TestJournal::received_removed(std::string_view client_id, mqtt::PacketId packet_id) {
    std::erase(find(client_id)->received, packet_id);
}

void TestJournal::retained_stored(const MessageRef& message) {
    retained_removed(message->topic());
    retained.push_back(message);
}

void TestJournal::retained_removed(std::string_view topic) {
    std::erase_if(retained, [&](const auto& message) { return message->topic() == topic; });
}

struct World::Link final : Neighbours {
    Link(World& w, ShardIndex s) : world(w), self(s) {}
    void send(ShardIndex to, ShardMessage message) override {
        world.wires_[self][to].messages.push_back(std::move(message));
    }
    void note_retained(ShardIndex shard, FirstLevels level) override {
        world.links_[shard]->retained |= level;
    }
    [[nodiscard]] FirstLevels retained_in(ShardIndex shard) const override {
        return world.links_[shard]->retained;
    }
    World& world;
    ShardIndex self;
    FirstLevels retained = 0;
};

World::World(ShardIndex shards, bool with_journal) : shards_(shards), with_journal_(with_journal) {
    limits.sys_interval = 0;
    limits.max_packet_size = 0;
}

World::~World() = default;

void World::start() {
    wires_.clear();
    for (ShardIndex shard = 0; shard < shards_; ++shard) {
        wires_.emplace_back(shards_);
    }
    for (ShardIndex shard = 0; shard < shards_; ++shard) {
        links_.push_back(std::make_unique<Link>(*this, shard));
        BrokerSetup setup;
        setup.self = shard;
        setup.shards = shards_;
        setup.limits = &limits;
        setup.access = &access;
        setup.realms = &realms;
        setup.journal = with_journal_ ? &journal : nullptr;
        setup.control = &control;
        setup.neighbours = links_.back().get();
        setup.log = &log;
        setup.heap_bytes = heap_bytes;
        setup.version = "1.0";
        setup.seed = shard + 1U;
        brokers_.push_back(std::make_unique<Broker>(setup, now_));
    }
}

void World::crashes() {
    clients_.clear();
    brokers_.clear();
    links_.clear();
    start();
    const auto sessions = journal.sessions;
    for (const StoredSession& stored : sessions) {
        broker().restore(stored, now_);
    }
    const auto retained = journal.retained;
    for (const MessageRef& message : retained) {
        broker().restore(message, now_);
    }
    settles();
}

Broker& World::broker(ShardIndex shard) {
    if (brokers_.empty()) {
        start();
    }
    return *brokers_[shard];
}

Client& World::client(mqtt::Version version, ShardIndex shard) {
    clients_.push_back(
        std::make_unique<Client>(*this, shard, version, listener, Peer{"192.0.2.1", 40000, {}}));
    return *clients_.back();
}

Client& World::client_at(const ListenerSettings& other, mqtt::Version version,
                         std::optional<std::string> identity) {
    Peer peer{"192.0.2.1", 40000, {}};
    peer.proof().identity = std::move(identity);
    clients_.push_back(std::make_unique<Client>(*this, 0, version, other, std::move(peer)));
    return *clients_.back();
}

void World::passes(Duration time) {
    const Time end = now_ + time;
    for (;;) {
        Time next = end;
        for (const auto& broker : brokers_) {
            broker->settle_timers(now_);
            next = std::min(next, broker->next_deadline());
        }
        now_ = std::max(now_, next);
        for (const auto& broker : brokers_) {
            broker->run_timers(now_);
        }
        settles();
        if (now_ >= end) {
            return;
        }
    }
}

bool World::delivers_one(ShardIndex from, ShardIndex to) {
    auto& messages = wires_[from][to].messages;
    if (messages.empty()) {
        return false;
    }
    ShardMessage message = std::move(messages.front());
    messages.pop_front();
    broker(to).receive(from, std::move(message), now_);
    return true;
}

void World::settles() {
    for (bool worked = true; worked;) {
        worked = false;
        for (std::size_t i = 0; i < clients_.size(); ++i) {
            worked = clients_[i]->turn() || worked;
        }
        for (ShardIndex from = 0; !hold_ && from < shards_; ++from) {
            for (ShardIndex to = 0; to < shards_; ++to) {
                worked = delivers_one(from, to) || worked;
            }
        }
    }
}

}  // namespace mq::broker::test
