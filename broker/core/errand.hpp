#pragma once

#include "broker/core/message.hpp"
#include "broker/core/retained.hpp"
#include "broker/core/session.hpp"
#include "broker/core/shard_index.hpp"
#include "broker/core/time.hpp"
#include "mqtt/packet.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What a command of `$CONTROL/mqhome/v1` asks of the shards. The shard that was asked sends the
/// errand to all of them (RunErrand), itself included. Each does it, a long one bit by bit between
/// its other work, and answers (ErrandDone); the answers become one.
namespace mq::broker {

enum class ErrandKind : std::uint8_t {
    list_sessions,
    top_queues,       ///< sessions by what waits for them, the most first
    show_session,     ///< of the client `name`, with its subscriptions
    disconnect,       ///< the client `name`
    end_session,      ///< of the client `name`
    list_retained,    ///< that match the filter `name`
    delete_retained,  ///< the same
    set_retained,     ///< `message`, whose topic is `name`; done by the shard that keeps it
};

struct Errand {
    static constexpr std::size_t count_max = 1000;
    static constexpr std::size_t offset_max = 10'000;
    /// Payload bytes in one answer, but one message of any size.
    static constexpr std::size_t payload_bytes_max = std::size_t{512} << 10;
    /// Subscriptions in one answer.
    static constexpr std::size_t subscriptions_max = 1000;

    ErrandKind kind = ErrandKind::list_sessions;
    std::string name{};
    std::string after{};  ///< lists: what comes behind this name; empty: all
    std::size_t count = 100;
    std::size_t offset = 0;  ///< lists: so many of the first are left out
    bool connected = false;  ///< list_sessions: only those whose client is there
    bool force = false;      ///< end_session: also where it is
    bool payloads = false;   ///< list_retained: with the messages themselves
    MessageRef message{};    ///< for set_retained
    std::string asker{};     ///< who wants it, for the log
};

/// A subscription, for a person.
struct SubscriptionFacts {
    std::string filter;
    std::optional<mqtt::QoS> qos;  ///< not told where too many share the filter
};

/// What there is to tell of a session.
struct SessionFacts {
    std::string client_id;
    std::string user_name;
    bool has_user_name = false;
    bool connected = false;
    std::string address;              ///< of the client, while it is connected
    std::uint16_t port = 0;           ///< the same
    std::uint16_t listener_port = 0;  ///< the same
    bool tls = false;                 ///< the same
    std::uint16_t keep_alive = 0;     ///< seconds; the same
    mqtt::Version version = mqtt::Version::v3_1_1;
    std::uint32_t expiry_interval = 0;  ///< seconds
    Time expires = never;               ///< while the client is away
    std::size_t queued_messages = 0;    ///< waiting and in flight
    std::size_t queued_bytes = 0;       ///< payload of those
    std::size_t inflight_messages = 0;  ///< of those
    std::size_t waiting_bytes = 0;      ///< written, and not yet taken by the client
    std::size_t subscription_count = 0;
    std::string will_topic;                          ///< empty: no will
    std::vector<SubscriptionFacts> subscriptions{};  ///< for show_session, by filter
};

/// What there is to tell of a retained message.
struct RetainedFacts {
    std::string topic;
    std::size_t payload_bytes = 0;
    mqtt::QoS qos = mqtt::QoS::at_most_once;
    Time expires = never;
    std::string client_id;  ///< of who has published it, where that is known
    MessageRef message{};   ///< where payloads are asked for
};

/// A session on its move between shards may be missing, or be counted twice in `total`. Lists are
/// in order: sessions by client identifier, by queue for top_queues; topics level by level.
struct ErrandResult {
    std::vector<SessionFacts> sessions{};
    std::vector<RetainedFacts> retained{};
    /// Sessions that there are, or whom it was done to; messages that were deleted or stored.
    std::size_t total = 0;
    bool more = false;    ///< behind the last one
    std::string error{};  ///< why it was not done; empty: it was
};

struct RunErrand {
    std::uint64_t ticket = 0;
    std::unique_ptr<Errand> errand;
};
struct ErrandDone {
    std::uint64_t ticket = 0;
    std::unique_ptr<ErrandResult> result;
};

/// One that this shard does bit by bit.
struct RunningErrand {
    ShardIndex from = 0;
    std::uint64_t ticket = 0;
    Errand errand;
    ErrandResult result;
    Sessions::Walk walk;
    RetainedStore::Search search;
    std::size_t payload_bytes = 0;  ///< in the result
};

/// One that this shard has sent out.
struct AwaitedErrand {
    Errand errand;
    std::size_t waiting = 0;  ///< answers to come
    std::vector<ErrandResult> results;
    std::function<void(ErrandResult)> then;
};

/// The answers of all shards as one.
ErrandResult merge(const Errand& errand, std::vector<ErrandResult> results);

/// Whether a topic comes before another one: level by level, each by its bytes.
bool topic_before(std::string_view left, std::string_view right);

/// Whether a session comes before another one in a list.
bool session_before(const Errand& errand, const SessionFacts& left, const SessionFacts& right);

}  // namespace mq::broker
