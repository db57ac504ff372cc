#pragma once

#include "broker/core/errand.hpp"
#include "broker/core/first_levels.hpp"
#include "broker/core/interest.hpp"
#include "broker/core/journal.hpp"
#include "broker/core/retained.hpp"
#include "broker/core/session.hpp"
#include "broker/core/shared_groups.hpp"
#include "broker/core/stats.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

/// What shards tell each other. Messages from one shard to another arrive in the order of sending.
///
/// Subscribing: the shard announces what it has not wanted before (InterestChange); SUBACK waits
/// until all others have acknowledged, so that a publish that comes after it on any shard is seen.
///
/// Moving a session: the claimant asks the directory shard of the client identifier (ClaimSession),
/// which asks the present owner (YieldSession). The owner sends the state (SessionGranted) and
/// keeps a ghost with the subscriptions. The claimant installs the subscriptions and tells all
/// shards (SessionArrived). Each shard, at that point of its publishes, tells the ghost to take no
/// more from it (SourceCut) and the session to take from now on (SourceLive). When all have, the
/// ghost, as soon as the retained messages have come too that it had asked others for, sends what
/// it has gathered (SessionTail) and ends. So each publish reaches the session exactly once, in
/// order per publisher. Whether its client may read it is decided when it is there.
///
/// Errands for `$CONTROL`: see errand.hpp.
///
/// Moving a client: its shard reads no more from it and asks the directory (MoveClient), which
/// refuses (MoveRefused) when the session has been claimed from there meanwhile. Else it tells the
/// new shard (MoveOrdered) that from now on all it says of the session is about the one to come,
/// and the old one to let go (YieldSession). The session moves as above, with the connection
/// (ClientMoved). The new shard reads from it when each other shard has told (BarrierPassed) that
/// what the old one had sent before (MoveBarrier) has come: else messages of this client might
/// overtake each other.
namespace mq::broker {

struct PublishMessage {
    MessageRef message;
};

struct InterestChange {
    InterestNews news;
    bool sys = false;          ///< about a filter of $SYS
    std::uint64_t ticket = 0;  ///< 0: no acknowledgement is asked for
};
struct InterestAcknowledged {
    std::uint64_t ticket = 0;
};

struct StoreRetained {
    MessageRef message;        ///< an empty payload removes
    std::uint64_t ticket = 0;  ///< acknowledged by InterestAcknowledged; 0: not asked for
};
/// Asked again with what is left of the search until it is over, so that a large store holds up
/// nobody and only a part of it is on its way.
struct FindRetained {
    std::uint64_t ticket = 0;
    RetainedStore::Search search;
    std::vector<MessageRef> spent{};  ///< of the part before: back to the thread that made them
};
struct FoundRetained {
    std::uint64_t ticket = 0;
    std::vector<MessageRef> messages;
    RetainedStore::Search rest;
    bool over = true;
};

struct JoinGroup {
    SharedFilterKey key;
    SharedMember member;
    std::uint64_t ticket = 0;  ///< acknowledged by InterestAcknowledged; 0: not asked for
};
struct LeaveGroup {
    SharedFilterKey key;
    std::uint64_t session = 0;
    bool ghost = false;  ///< GroupLeft is asked for
};
struct GroupLeft {
    std::uint64_t session = 0;
};
struct MemberOnline {
    SharedFilterKey key;
    std::uint64_t session = 0;
    bool online = false;
};
struct GroupDelivery {
    std::uint64_t session = 0;
    MessageRef message;
    mqtt::SubscriptionOptions options;
    std::uint32_t identifier = 0;
};

struct ClaimSession {
    std::string client_id;
    std::uint64_t ticket = 0;
    bool clean_start = false;
};
/// To the claimant, whose claim has taken its place in the order: requests to yield that come
/// before this mean what the shard had until now, those that come after it what the claim will
/// bring. May come after the answer to the claim, since that comes from another shard; then it
/// means nothing any more.
struct ClaimOrdered {
    std::string client_id;
    std::uint64_t ticket = 0;
};
struct YieldSession {
    std::string client_id;
    std::uint64_t ticket = 0;  ///< of the claimant
    ShardIndex claimant = 0;
    bool clean_start = false;
    bool with_client = false;  ///< ClientMoved is the answer
};
/// To the claimant. Without a session, it begins a new one or goes on with the one it has itself.
struct SessionGranted {
    std::string client_id;
    std::uint64_t ticket = 0;
    std::unique_ptr<Session> session;
    std::vector<SubscriptionRecord> subscriptions;
};
struct SessionArrived {
    std::uint64_t session = 0;
    ShardIndex ghost = 0;  ///< where its ghost is
};
struct SourceCut {
    std::uint64_t session = 0;
};
struct SourceLive {
    std::uint64_t session = 0;
};
struct SessionTail {
    std::uint64_t session = 0;
    std::vector<Outgoing> entries;
};
struct SessionGone {
    std::string client_id;
    std::uint64_t ticket = 0;  ///< of the claim that it was had by
};

struct MoveClient {
    std::string client_id;
    std::uint64_t ticket = 0;  ///< unique over all shards
    ShardIndex to = 0;
};
struct MoveRefused {
    std::string client_id;
};
struct MoveOrdered {
    std::string client_id;
    std::uint64_t ticket = 0;
};
struct MoveBarrier {
    std::uint64_t ticket = 0;
    ShardIndex to = 0;  ///< who is to be told
};
struct BarrierPassed {
    std::uint64_t ticket = 0;
};
/// Without a session, it has ended; without a connection, that one has.
struct ClientMoved {
    std::string client_id;
    std::uint64_t ticket = 0;
    std::unique_ptr<Session> session;
    std::vector<SubscriptionRecord> subscriptions;
    std::unique_ptr<Connection> connection;
    std::unique_ptr<DetachedTransport> transport;
};

struct StatsReport {
    std::unique_ptr<Stats> stats;  ///< apart, since the largest gives all messages their size
};

using ShardMessage =
    std::variant<PublishMessage, InterestChange, InterestAcknowledged, StoreRetained, FindRetained,
                 FoundRetained, JoinGroup, LeaveGroup, GroupLeft, MemberOnline, GroupDelivery,
                 ClaimSession, ClaimOrdered, YieldSession, SessionGranted, SessionArrived,
                 SourceCut, SourceLive, SessionTail, SessionGone, MoveClient, MoveRefused,
                 MoveOrdered, MoveBarrier, BarrierPassed, ClientMoved, StatsReport, RunErrand,
                 ErrandDone>;

// All messages between shards take the room of the largest; large ones stand apart.
static_assert(sizeof(ShardMessage) <= 112);

/// About the memory that comes with a message: of what clients have sent, or are to get.
[[nodiscard]] std::size_t bytes_behind(const ShardMessage& message);

/// The way to the other shards. `send` keeps the order for each receiver and may batch until the
/// end of the turn; never called for the own shard.
class Neighbours {
 public:
    virtual ~Neighbours() = default;
    virtual void send(ShardIndex to, ShardMessage message) = 0;
    /// What the other shards hold, as of their last turns.
    [[nodiscard]] virtual Sums others() const { return {}; }

    /// `shard` keeps a retained message of such a topic, or is about to be sent one.
    virtual void note_retained(ShardIndex shard, FirstLevels level) = 0;
    /// All that any shard has ever noted of that one, removed since or not. Whatever a shard noted
    /// before it sent something that has come here is in it.
    [[nodiscard]] virtual FirstLevels retained_in(ShardIndex shard) const = 0;
};

/// A session on its move, at either end.
struct Transit {
    struct Held {
        std::size_t messages = 0;
        std::size_t bytes = 0;  ///< payload
    };
    enum class Role : std::uint8_t { ghost, arriving } role = Role::arriving;
    ShardIndex peer = 0;               ///< ghost: the claimant; arriving: where the ghost is
    std::vector<bool> live;            ///< by source shard: ghost: not yet cut; arriving: live
    std::size_t waiting = 0;           ///< ghost: cuts, leaves and retained messages to come
    bool tail_received = false;        ///< arriving
    std::vector<Outgoing> held;        ///< ghost: gathered; arriving: what came before the tail
    Held held_qos0;                    ///< of it
    Held held_others;                  ///< of it, QoS 1 and 2
    std::vector<YieldSession> yields;  ///< claims that have to wait for the end of this move
};

[[nodiscard]] inline bool is_ghost(const Session& session) {
    return session.transit && session.transit->role == Transit::Role::ghost;
}

}  // namespace mq::broker
