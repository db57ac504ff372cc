#pragma once

#include "broker/core/connection.hpp"
#include "broker/core/inflight.hpp"
#include "broker/core/packet_id_set.hpp"
#include "broker/core/shared_groups.hpp"
#include "broker/core/topic_tree.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace mq::broker {

struct Transit;

/// How one message goes to one session.
struct Delivery {
    mqtt::QoS qos = mqtt::QoS::at_most_once;     ///< of the delivery
    bool retain = false;                         ///< RETAIN flag of the delivery
    std::span<const std::uint32_t> identifiers;  ///< subscription identifiers
};

/// A shared subscription of one session.
struct SharedSubscription {
    SharedFilterKey key;
    mqtt::SubscriptionOptions options;
    std::uint32_t identifier = 0;
};

/// Session Expiry Interval without end.
inline constexpr std::uint32_t expiry_never = 0xFFFFFFFF;

/// Session state of one client identifier [MQTT-3.1.2-23], with or without a connection. Owned by
/// `Sessions` of the shard where it lives.
struct Session {
    std::uint64_t key = 0;    ///< unique over all shards and moves; never 0
    std::uint64_t claim = 0;  ///< ticket by which the directory knows it; see Directory
    std::string client_id;
    std::string user_name;
    bool has_user_name = false;
    std::size_t realm = 0;               ///< of the listener that it came by last
    std::shared_ptr<const Grant> grant;  ///< null: there are no rules
    Connection* connection = nullptr;    ///< null while the client is away
    mqtt::Version version = mqtt::Version::v3_1_1;
    bool durable = false;                   ///< outlives its connection, so it is in the journal
    std::uint16_t receive_maximum = 65535;  ///< of the client
    std::uint32_t expiry_interval = 0;      ///< seconds
    Time expires = never;                   ///< set while the client is away
    Time will_due = never;                  ///< set while the client is away and a will waits
    Time timer_set = never;                 ///< earliest timer that is under way for this session
    std::size_t queued_bytes = 0;           ///< payload bytes of `queue`

    Inflight inflight;
    Ring<Outgoing> queue;
    PacketIdSet received;
    std::unordered_set<TopicTree::Node*> subscriptions;
    std::unordered_map<std::string, SharedSubscription> shared;  ///< by `key.text()`
    std::unique_ptr<StoredWill> will;
    std::unique_ptr<Transit> transit;  ///< set while it moves between shards

    Session();
    ~Session();
};

/// The sessions of a shard, by client identifier and by key.
class Sessions {
 public:
    [[nodiscard]] std::size_t size() const { return by_client_.size(); }
    Session* find(std::string_view client_id);
    Session* find(std::uint64_t key);
    Session& add(std::unique_ptr<Session> session);
    void remove(Session& session);

    template <class Visit>
    void for_each(Visit visit) {
        for (auto& entry : by_client_) {
            visit(*entry.second);
        }
    }

 private:
    std::unordered_map<std::string_view, std::unique_ptr<Session>> by_client_;
    std::unordered_map<std::uint64_t, Session*> by_key_;
};

}  // namespace mq::broker
