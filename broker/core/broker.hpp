#pragma once

#include "broker/core/access.hpp"
#include "broker/core/answer.hpp"
#include "broker/core/budget.hpp"
#include "broker/core/connection.hpp"
#include "broker/core/control.hpp"
#include "broker/core/directory.hpp"
#include "broker/core/interest.hpp"
#include "broker/core/journal.hpp"
#include "broker/core/limits.hpp"
#include "broker/core/log.hpp"
#include "broker/core/neighbours.hpp"
#include "broker/core/pending_replies.hpp"
#include "broker/core/realm_names.hpp"
#include "broker/core/retained.hpp"
#include "broker/core/session.hpp"
#include "broker/core/shared_groups.hpp"
#include "broker/core/stats.hpp"
#include "broker/core/sys_topics.hpp"
#include "broker/core/timers.hpp"
#include "broker/core/topic_tree.hpp"
#include "broker/core/traffic.hpp"
#include "mqtt/decode.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mq::broker {

/// What a Broker is built from; everything outlives it.
struct BrokerSetup {
    ShardIndex self = 0;
    ShardIndex shards = 1;
    const Limits* limits = nullptr;
    AccessPolicy* access = nullptr;
    const RealmNames* realms = nullptr;  ///< null: there is the realm 0 only
    Journal* journal = nullptr;          ///< null: nothing is kept over a restart
    Control* control = nullptr;          ///< null: nobody takes requests at `$CONTROL/`
    Neighbours* neighbours = nullptr;    ///< null with one shard
    Log* log = nullptr;
    /// Bytes of heap in use, for `memory_limit` and `$SYS`; empty: not known.
    std::function<std::size_t()> heap_bytes;
    std::string version;     ///< for `$SYS/broker/version`
    std::uint64_t seed = 0;  ///< for assigned client identifiers; unpredictable
};

/// The broker of one shard as a state machine: connections, sessions, subscriptions, retained
/// messages and what is in flight. Events and the time go in; bytes in outboxes, calls of `Outlet`,
/// `Journal` and `Neighbours` come out. No socket, clock, thread or file. All calls on the shard's
/// thread, never one from within another. Time never goes back.
class Broker final : private ControlDesk {
 public:
    Broker(const BrokerSetup& setup, Time now);
    ~Broker();
    Broker(const Broker&) = delete;
    Broker& operator=(const Broker&) = delete;

    /// A transport has been accepted. `listener` and `outlet` outlive the connection.
    Connection& open(Outlet& outlet, const ListenerSettings& listener, Peer peer, Time now);
    /// Bytes that have come, unconsumed ones of earlier calls first. Returns how many were
    /// consumed; the transport keeps the rest and gives it again with what follows. In the state
    /// `awaiting_login`, and while it is `held`, nothing is consumed until `Outlet::resume`.
    std::size_t receive(Connection& connection, mqtt::Bytes bytes, Time now);
    /// The same for one whole packet that fills its block. The block is empty afterwards when the
    /// core has made a message of it.
    std::size_t receive(Connection& connection, PacketBlock& packet, Time now);
    /// The transport is gone. `reason` is for the log when the broker did not close by itself: ""
    /// when the peer closed, else the error's text. Ends the life of the connection.
    void closed(Connection& connection, std::string_view reason, Time now);
    /// The transport has written and consumed `bytes` bytes of the outbox, after `flush_later`.
    void flushed(Connection& connection, std::size_t bytes, Time now);

    /// The answer to a login that `AccessPolicy::login` left open. A stale id is passed over.
    void login_done(ConnectionId connection, mqtt::ReasonCode code, Time now);
    /// The same for `AuthExchange::step`.
    void authentication_done(ConnectionId connection, AuthStep step, Time now);

    /// When `run_timers` is due next; `never` when there is nothing to wait for.
    [[nodiscard]] Time next_deadline() const { return timers_.next(); }
    /// Moves deadlines to where they really are, if the next one is soon: so that nobody wakes up
    /// to find that its client has been heard. At the end of a turn; nearly always does nothing.
    void settle_timers(Time now) {
        if (now >= settle_at_) {
            settle_some(now);
        }
    }
    void run_timers(Time now);

    /// A message of another shard.
    void receive(ShardIndex from, ShardMessage message, Time now);

    /// Counts who sends to whom until it is called with null; `traffic` outlives that.
    void count_traffic(Traffic* traffic) { traffic_ = traffic; }
    /// Whether `move_client` would move it; also true of a session that is not here.
    [[nodiscard]] bool can_move(std::uint64_t session);
    /// Begins to move a client to another shard, with its connection. False when there is no such
    /// session, or the client cannot go at present.
    bool move_client(std::uint64_t session, ShardIndex to, Time now);

    /// What the store has kept, before the first connection.
    void restore(StoredSession stored, Time now);
    void restore(const MessageRef& retained, Time now);
    /// Goes to the subscribers now; after all sessions and retained messages.
    void restore(const AcceptedMessage& accepted, Time now);

    /// Asks the access policy anew what each session may do, after its rules have changed.
    void refresh_access();
    /// Closes the connections that `verdict` gives a reason for, after what they were let in by has
    /// changed. Asked for each client, also before it has a session.
    using Verdict = std::function<std::optional<mqtt::ReasonCode>(const Connection&)>;
    void review_clients(const Verdict& verdict, Time now);
    /// What `Limits` says has changed: periods begin anew.
    void limits_changed(Time now);
    /// Every client is told that the server shuts down and closed; wills are published.
    void shut_down(Time now);

    /// A line of the log as a message under `$SYS/broker/log/`: not retained, gone after 20 s.
    void publish_log(std::string_view suffix, std::string_view line, Time now);

    /// Which shard keeps the retained message of a topic, a shared subscription, or the place of a
    /// client identifier in the directory.
    [[nodiscard]] ShardIndex owner_of(std::string_view text) const;

    [[nodiscard]] Sums sums() const;
    /// About the memory of what this shard holds, to see when a burst is over.
    [[nodiscard]] std::size_t held_bytes() const;
    [[nodiscard]] const Stats& stats() const { return stats_; }
    /// The `$SYS` topics with their values of now; none where `sys_interval` is 0, and none but in
    /// shard 0, which hears of the others.
    [[nodiscard]] std::vector<SysTopics::Value> sys_values(Time now);
    /// A value that the core does not know by itself, for `$SYS/broker/NAME`: published with the
    /// next round of `$SYS` when it has changed, by shard 0. Empty clears the topic.
    void set_gauge(const std::string& name, std::string value) {
        sys_topics_.set_gauge(name, std::move(value));
    }
    /// One line a filter with its subscribers, for a person.
    [[nodiscard]] std::string describe_subscriptions() const;

 private:
    using Frame = mqtt::Frame;
    using ReasonCode = mqtt::ReasonCode;

    // broker.cpp: packets by type, ends of connections
    /// Bytes of a packet that begins like this.
    [[nodiscard]] std::size_t size_max(const Connection& connection, std::uint8_t first_byte) const;
    void handle(Connection& connection, const Frame& frame, Time now);
    void handle_disconnect(Connection& connection, const Frame& frame, Time now);
    /// A peer's mistake: 5.0 clients are told the code, then the connection is closed.
    void fail(Connection& connection, ReasonCode code, Time now, std::string_view detail = {});
    void close(Connection& connection, std::string_view reason, bool discard_will, Time now);
    void touched(Connection& connection);
    /// Nothing when there is no detail.
    void log_mistake(const Connection& connection, std::string_view detail);
    /// Sends a packet that is no PUBLISH, by `put_answer`; one that is too large for the client
    /// ends the connection.
    template <class Packet>
    void answer(Connection& connection, const Packet& packet, Time now) {
        if (put_answer(connection, packet, connection.outbox.buffer())) {
            touched(connection);
        } else {
            answer_too_large(connection, now);
        }
    }
    void answer_too_large(Connection& connection, Time now);
    void log_disconnect(const Connection& connection, std::string_view reason);
    Connection* find(ConnectionId id);
    /// Gives it an identifier.
    Connection& add(std::unique_ptr<Connection> connection);
    std::unique_ptr<Connection> forget(Connection& connection);

    // broker_connect.cpp
    void handle_connect(Connection& connection, const Frame& frame, Time now);
    ReasonCode check_connect(const Connection& connection, const mqtt::Connect& packet) const;
    ReasonCode check_will(const Connection& connection, const mqtt::Will& will) const;
    void keep_connect(Connection& connection, const mqtt::Connect& packet);
    void continue_connect(Connection& connection, ReasonCode code, Time now);
    void refuse(Connection& connection, ReasonCode code, Time now);
    void attach(Connection& connection, Time now);
    [[nodiscard]] mqtt::Connack make_connack(const Connection& connection) const;
    void arm(Connection& connection, Time due);
    std::string assign_client_id(const ListenerSettings& listener);
    [[nodiscard]] std::unique_ptr<StoredWill> keep_will(const mqtt::Will& will,
                                                        const ListenerSettings& listener);
    [[nodiscard]] std::uint16_t keep_alive(const Connection& connection) const;
    void log_connect(Connection& connection) const;

    // broker_auth.cpp: enhanced authentication
    void begin_authentication(Connection& connection, std::string_view method, mqtt::Bytes data,
                              Time now);
    /// AUTH, before CONNACK and on an open connection.
    void handle_auth(Connection& connection, const Frame& frame, Time now);
    /// What comes while CONNACK waits for AUTH packets.
    void handle_before_connack(Connection& connection, const Frame& frame, Time now);
    void take_step(Connection& connection, mqtt::Bytes data, Time now);
    void after_step(Connection& connection, AuthStep step, Time now);
    void authenticated(Connection& connection, AuthStep step, Time now);
    void send_auth(Connection& connection, ReasonCode code, mqtt::Bytes data, Time now);
    void fail_authentication(Connection& connection, ReasonCode code, Time now,
                             std::string_view detail = {});

    // broker_session.cpp: life of sessions, wills
    Session& make_session(std::string client_id);
    void detach(Session& session, bool discard_will, Time now);
    void await_client(Session& session, Time now);
    /// How long the session's will waits for the client to come back.
    static Duration will_delay(const Session& session);
    void end_session(Session& session, Time now);
    void publish_will(Session& session, Time now);
    void drop_subscriptions(Session& session, Time now);
    void drop_messages(Session& session);
    void journal_session(const Session& session);
    void arm(Session& session);
    void members_online(const Session& session, bool online, Time now);
    void on_session_timer(Session& session, Time now);

    // broker_publish.cpp: from clients
    void handle_publish(Connection& connection, const Frame& frame, Time now);
    bool resolve_alias(Connection& connection, mqtt::Publish& packet, Time now);
    ReasonCode check_publish(const Connection& connection, const mqtt::Publish& packet) const;
    ReasonCode pass_on(const Session& session, const mqtt::Publish& packet, Time now);
    mqtt::Buffer& acknowledgements(Connection& connection, mqtt::PacketType type);
    void hold_acknowledgements(Connection& connection, std::uint64_t ticket);
    void release_acknowledgements(Connection& connection, std::uint64_t ticket);
    MessageRef make_message(const Session& session, const mqtt::Publish& packet, Time now);
    /// What its client may do by the rules as they are now.
    void ask_grant(Session& session);
    [[nodiscard]] std::string_view realm_name(std::size_t realm) const;
    [[nodiscard]] std::size_t realm_named(std::string_view name) const;
    [[nodiscard]] Publisher publisher_of(const Session& session) const;
    void handle_pubrel(Connection& connection, const Frame& frame, Time now);
    void acknowledge(Connection& connection, mqtt::PacketType type, mqtt::PacketId id,
                     ReasonCode code, Time now);
    /// Stores a retained message and sends the message to all that are to get it. True when there
    /// was a subscription, as far as this shard knows.
    bool route(const MessageRef& message, Time now);
    void store_retained(const MessageRef& message, Time now);
    void remove_retained(std::string_view topic, Time now);
    /// Those of this shard that match; expired ones are removed instead.
    std::vector<MessageRef> find_retained(std::string_view filter, Time now);
    void drop_expired(std::vector<MessageRef>& found, Time now);
    void publish_own(std::string_view topic, std::string_view payload, Time now);

    // broker_deliver.cpp: to clients
    struct Delivered {
        bool matched;          ///< by a subscription of this shard
        std::uint64_t shards;  ///< others that want it, see `Route`
    };
    Delivered deliver_local(const MessageRef& message, ShardIndex source, Time now);
    void count_deliveries(const Message& message, std::span<const Subscriber> to);
    void deliver_merged(std::span<const Subscriber> of_one_session, const MessageRef& message,
                        ShardIndex source, Time now);
    bool deliver_to_group(SharedGroup& group, const MessageRef& message, Time now);
    void deliver_from(ShardIndex source, Session& session, const MessageRef& message,
                      const Delivery& delivery, Time now);
    void deliver(Session& session, const MessageRef& message, const Delivery& delivery, Time now);
    /// Keeps a message for a session that is on its move.
    void hold(Session& session, const MessageRef& message, const Delivery& delivery);
    [[nodiscard]] bool may_hold(const Transit& transit, mqtt::QoS qos, std::size_t bytes) const;
    [[nodiscard]] mqtt::QoS delivery_qos(const Message& message, mqtt::QoS granted) const;
    [[nodiscard]] bool may_send_more(const Session& session, std::size_t payload_bytes) const;
    void enqueue(Session& session, Outgoing entry, Time now);
    void pump(Session& session, Time now);
    void resend(Session& session, std::size_t position, Time now);
    void send_new(Session& session, Outgoing entry, const Delivery& delivery, Time now);
    [[nodiscard]] bool has_room(const Outbox& outbox, std::size_t payload_bytes) const;
    /// False when the packet may not be sent: too large for the client, or at QoS 0 the outbox is
    /// full.
    bool write_publish(Connection& connection, const MessageRef& message, const Delivery& delivery,
                       mqtt::PacketId id, bool dup, Time now);
    void note_drop(Session& session);

    // broker_acknowledge.cpp: what they answer
    void handle_acknowledgement(Connection& connection, const Frame& frame, Time now);
    void acknowledged(Session& session, mqtt::PacketType type, mqtt::PacketId id, ReasonCode code,
                      Time now);
    void finish(Session& session, Outgoing& entry);

    // broker_subscribe.cpp
    void handle_subscribe(Connection& connection, const Frame& frame, Time now);
    void handle_unsubscribe(Connection& connection, const Frame& frame, Time now);
    ReasonCode subscribe(Session& session, const mqtt::SubscriptionRequest& request,
                         std::uint32_t identifier, PendingSuback& suback, std::uint64_t ticket,
                         Time now);
    bool unsubscribe(Session& session, std::string_view filter, Time now);
    /// Puts a subscription where it belongs; true when it is new. With a ticket, SUBACK waits for
    /// it.
    bool install(Session& session, const SubscriptionRecord& record, std::uint64_t ticket,
                 Time now);
    void uninstall(Session& session, const SharedFilterKey& key, Time now);
    void finish_suback(std::uint64_t ticket, Time now);

    // broker_retained.cpp: retained messages for a new subscription
    void send_retained(RetainedRequest request, Time now);
    [[nodiscard]] bool may_retain_some(ShardIndex shard, std::string_view filter) const;
    void keep_retained(const MessageRef& message);
    void count_retained();
    void search_later(RetainedSearch search, Time now);
    bool search_some(RetainedSearch& search, Time now);
    void search_on(Time now);
    void arm_search(Time now);
    void search_all(const Session& session, Time now);
    void hold_while_searching(Connection& connection);
    void release(Connection& connection, Time now);
    void deliver_retained(const RetainedRequest& request, const std::vector<MessageRef>& found,
                          Time now);
    /// Whether who has published a retained message may still write it (`check_retain_source`).
    [[nodiscard]] bool source_may_write(const Message& message, RetainedSource& last) const;

    // broker_shards.cpp: messages between shards
    void send(ShardIndex to, ShardMessage message, Time now);
    void on(ShardIndex from, PublishMessage& message, Time now);
    void on(ShardIndex from, InterestChange& message, Time now);
    void on(ShardIndex from, InterestAcknowledged& message, Time now);
    void on(ShardIndex from, StoreRetained& message, Time now);
    void on(ShardIndex from, FindRetained& message, Time now);
    void on(ShardIndex from, FoundRetained& message, Time now);
    void on(ShardIndex from, JoinGroup& message, Time now);
    void on(ShardIndex from, LeaveGroup& message, Time now);
    void on(ShardIndex from, GroupLeft& message, Time now);
    void on(ShardIndex from, MemberOnline& message, Time now);
    void on(ShardIndex from, GroupDelivery& message, Time now);
    void on(ShardIndex from, StatsReport& message, Time now);
    /// Tells the others of a filter that is new here; `then` is done when all know. At once when
    /// they knew already.
    void announce(std::string_view filter, std::function<void(Time)> then, Time now);
    void retract(std::string_view filter, Time now);

    // broker_errands.cpp: what commands ask of the shards
    ReasonCode answer_control(const Session& session, const mqtt::Publish& packet, Time now);
    void respond(std::string_view topic, std::string_view text);
    void run(Errand errand, Then then) override;
    [[nodiscard]] Time turn_time() const override { return desk_now_; }
    void on(ShardIndex from, RunErrand& message, Time now);
    void on(ShardIndex from, ErrandDone& message, Time now);
    void arm_errands(Time now);
    void on_errands_timer(Time now);
    void do_errands(Time now);
    bool do_some(RunningErrand& running, Time now);
    ErrandResult do_at_once(Errand& errand, Time now);
    bool walk_sessions(RunningErrand& running);
    bool walk_retained(RunningErrand& running, Time now);
    bool delete_retained(RunningErrand& running, Time now);
    void disconnect_client(const Errand& errand, Session& session, Time now);
    ErrandResult end_session_of(const Errand& errand, Session& session, Time now);
    ErrandResult set_retained(const Errand& errand, Time now);
    [[nodiscard]] SessionFacts facts_of(const Session& session) const;
    [[nodiscard]] SessionFacts all_facts_of(const Session& session) const;

    // broker_moves.cpp: sessions that move between shards
    void claim(Connection& connection, Time now);
    void on(ShardIndex from, ClaimSession& message, Time now);
    void on(ShardIndex from, ClaimOrdered& message, Time now);
    void on(ShardIndex from, YieldSession& message, Time now);
    void on(ShardIndex from, SessionGranted& message, Time now);
    void on(ShardIndex from, SessionArrived& message, Time now);
    void on(ShardIndex from, SourceCut& message, Time now);
    void on(ShardIndex from, SourceLive& message, Time now);
    void on(ShardIndex from, SessionTail& message, Time now);
    void on(ShardIndex from, SessionGone& message, Time now);
    void serve(YieldSession& request, Time now);
    SessionGranted pack(Session& session, const YieldSession& request);
    Session& arrive(ShardIndex from, std::unique_ptr<Session> moved,
                    const std::vector<SubscriptionRecord>& subscriptions, Time now);
    [[nodiscard]] std::size_t retained_requests(const Session& session) const;
    void step_ghost(Session& ghost, Time now);
    void settle(Session& session, Time now);
    void serve_waiting(std::unique_ptr<Transit> ended, Time now);
    void note_claim(const std::string& client_id, std::uint64_t ticket, Time now);
    void next_claim(const std::string& client_id, Time now);

    // broker_client_moves.cpp: clients that move between shards
    [[nodiscard]] bool can_leave(const Session& session);
    void on(ShardIndex from, MoveClient& message, Time now);
    void on(ShardIndex from, MoveRefused& message, Time now);
    void on(ShardIndex from, MoveOrdered& message, Time now);
    void on(ShardIndex from, MoveBarrier& message, Time now);
    void on(ShardIndex from, BarrierPassed& message, Time now);
    void on(ShardIndex from, ClientMoved& message, Time now);
    void stay(Connection& connection);
    std::unique_ptr<Connection> take_out(Connection& connection);
    void send_client(Session* session, const YieldSession& request, Time now);
    ConnectionId take_in(Session& session, ClientMoved& message, Time now);
    void leave_alone(Session& session, Time now);
    void forget_if_done(std::uint64_t ticket);
    /// The client of this identifier that is to come here, and what is said of its session is said
    /// of it; null for none.
    ComingClient* coming(std::string_view client_id);

    // broker_budgets.cpp: limits of sums
    [[nodiscard]] Sums others() const {
        return neighbours_ == nullptr ? Sums{} : neighbours_->others();
    }
    [[nodiscard]] std::size_t queues_memory() const;
    [[nodiscard]] std::size_t all_queues_memory() const;
    bool make_room(const Session& session, std::size_t payload_bytes, Time now);
    Session* largest_queue();
    void trim_queue(Session& session, std::size_t bytes, Time now);
    bool may_retain(std::string_view topic, std::size_t payload_bytes, std::string_view client_id,
                    Time now);
    bool may_add_subscription(const Session& session, std::string_view filter, Time now);
    bool has_memory(std::string_view client_id, std::size_t packet_bytes, Time now);
    void tell_budget(Budget& budget, std::string_view who, std::string_view what, Time now);
    void set_budget_gauges();

    // broker_timers.cpp
    void set_timer(Time due, TimerKind kind, std::uint64_t id);
    [[nodiscard]] bool awaited(const Timer& timer);
    void settle_some(Time now);
    [[nodiscard]] static Time keep_alive_end(const Connection& connection);
    void on_connection_timer(Connection& connection, Time now);
    void set_periods(Time now, Time first_sys_topics);
    void on_sys_timer(Time now);
    [[nodiscard]] bool sys_wanted() const;
    void wake_sys(std::string_view filter, Time now);
    void publish_sys(Time now);
    void count_waiting();
    void sweep_retained(Time now);

    const Limits& limits_;
    AccessPolicy& access_;
    const RealmNames* realms_;
    Journal* journal_;
    Control* control_;
    Neighbours* neighbours_;
    Log& log_;
    std::string version_;
    ShardIndex self_;
    ShardIndex shards_;
    std::mt19937_64 random_;

    std::vector<std::unique_ptr<Connection>> connections_;  ///< index is the low half of the id
    std::vector<std::uint32_t> free_slots_;
    std::uint32_t generation_ = 0;  ///< high half of the next id

    Sessions sessions_;
    TopicTree topics_;
    RouteCache routes_;
    RetainedStore retained_;
    SharedGroups groups_;
    Interest interest_;
    Directory directory_;
    PendingReplies replies_;
    /// Searches for retained messages that are not over, by session. Its client is held meanwhile,
    /// so that there are never more than one SUBSCRIBE has brought.
    std::unordered_map<std::uint64_t, std::deque<RetainedSearch>> searches_;
    std::deque<std::uint64_t> search_order_;  ///< keys of `searches_`, whose turn is next
    std::size_t search_nodes_ = 0;            ///< may be looked at until the next timer
    bool search_armed_ = false;
    std::deque<RunningErrand> errands_;
    std::size_t errand_nodes_ = 0;  ///< may be looked at until the next timer
    bool errands_armed_ = false;
    std::size_t requests_ = 0;    ///< of clients, not yet responded to
    Time desk_now_{};             ///< of the turn in which a request goes on
    Traffic* traffic_ = nullptr;  ///< null while nobody counts
    Timers timers_;
    Time settle_at_{};          ///< when `settle_timers` has to look again
    std::uint64_t period_ = 0;  ///< timers of earlier periods are void
    Stats stats_;
    SysTopics sys_topics_;
    bool sys_paused_ = false;       ///< no rounds until there is a subscription
    std::size_t outbox_bytes_ = 0;  ///< of all connections, as accounted
    bool version_published_ = false;
    Budget queued_budget_{"global_max_queued_bytes"};
    Budget retained_bytes_budget_{"global_max_retained_bytes"};
    Budget retained_budget_{"global_max_retained_messages"};
    Budget subscriptions_budget_{"global_max_subscriptions"};
    Budget memory_budget_{"memory_limit"};
    Time next_search_{};  ///< for the largest queue, not before
    std::function<std::size_t()> heap_bytes_;
    std::size_t heap_ = 0;  ///< as it was at the last look
    std::size_t heap_maximum_ = 0;
    std::size_t heap_since_look_ = 0;  ///< bytes of packets since then
    Time next_heap_look_{};
    std::uint64_t retained_ticket_ =
        0;                            ///< of the message just routed, where another shard keeps it
    std::uint64_t last_session_ = 0;  ///< low part of the last session key
    PacketBlock* packet_ = nullptr;   ///< that the bytes are in which are being received
    std::string topic_;               ///< room for a topic with its mount point
    mqtt::Buffer properties_;         ///< room for properties that are forwarded
};

}  // namespace mq::broker
