#pragma once

#include "broker/core/access.hpp"
#include "broker/core/neighbours.hpp"
#include "broker/core/retained.hpp"
#include "mqtt/encode.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace mq::broker {

/// Retained messages that one filter of a SUBSCRIBE asked for.
struct RetainedRequest {
    std::uint64_t session = 0;
    std::string filter;
    mqtt::SubscriptionOptions options;
    std::uint32_t identifier = 0;
};

/// The same while this shard looks for them.
struct RetainedSearch {
    RetainedRequest request;
    RetainedStore::Search search;
};

/// Of whom a retained message was asked last, so that many of one client cost one grant.
struct RetainedSource {
    std::string client_id;  ///< empty: of nobody
    std::string user_name;
    std::string realm;
    std::shared_ptr<const Grant> grant;
};

/// A SUBACK that waits for other shards.
struct PendingSuback {
    ConnectionId connection = 0;
    mqtt::Buffer packet;
    std::size_t waiting = 0;
    std::vector<RetainedRequest> retained;
};

/// Acknowledgements that are still to come before `then` is done.
struct Awaited {
    std::size_t waiting = 0;
    std::function<void(Time)> then;
    std::vector<std::function<void(Time)>> also{};  ///< done after it
};

/// A claim of this shard to a session.
struct OwnClaim {
    std::uint64_t ticket = 0;
    bool ordered = false;              ///< ClaimOrdered has come
    std::deque<ConnectionId> next;     ///< connections whose claim comes after it
    std::vector<YieldSession> yields;  ///< requests for the session once it is here
};

/// A client that is on its way to this shard, or of which something is.
struct ComingClient {
    std::string client_id;  ///< empty while neither has come
    bool ordered = false;   ///< MoveOrdered has come
    bool here = false;      ///< ClientMoved has come
    unsigned passed = 0;    ///< barriers
    ConnectionId connection = 0;
    std::vector<std::function<void(Time)>> later;  ///< what has to wait until it is here
};

/// What this shard has asked the others, by ticket. Not used with one shard but for `last_ticket`
/// and `errands`.
struct PendingReplies {
    std::uint64_t last_ticket = 0;
    std::uint64_t last_announced = 0;  ///< of the last InterestChange that asks for an answer
    std::unordered_map<std::uint64_t, PendingSuback> subacks;
    std::unordered_map<std::uint64_t, Awaited> awaited;
    std::unordered_map<std::uint64_t, RetainedRequest> retained;
    std::unordered_map<std::uint64_t, ConnectionId> claims;
    std::unordered_map<std::string, OwnClaim> claimed;  ///< by client identifier
    std::unordered_map<std::uint64_t, ComingClient> coming;
    std::unordered_map<std::uint64_t, AwaitedErrand> errands;
};

}  // namespace mq::broker
