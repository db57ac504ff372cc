#pragma once

#include "broker/core/access.hpp"
#include "broker/core/limits.hpp"
#include "broker/core/outbox.hpp"
#include "broker/core/outlet.hpp"
#include "broker/core/text_hash.hpp"
#include "broker/core/time.hpp"
#include "broker/core/will.hpp"
#include "mqtt/packet.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace mq::broker {

struct Session;

/// What a CONNECT asked for, kept while the login is checked and the session is fetched.
struct PendingConnect {
    std::string client_id;
    bool client_id_assigned = false;
    std::string user_name;
    bool has_user_name = false;
    std::shared_ptr<const Grant> grant;  ///< set when the login was accepted
    bool clean_start = true;
    std::uint16_t keep_alive = 0;
    std::uint32_t session_expiry_interval = 0;
    std::uint16_t receive_maximum = 65535;
    std::unique_ptr<StoredWill> will;
    Time claimed = never;  ///< when its session was asked for, which may be with another shard
};

/// Topic aliases of a connection, made when the first one is used.
struct TopicAliases {
    std::vector<std::string> incoming;  ///< index is alias - 1
    TextMap<std::uint16_t> outgoing;    ///< by the topic as the client sees it
};

/// Enhanced authentication of a connection, MQTT 5.0 §4.12; there when CONNECT named a method.
struct Authentication {
    std::string method;
    std::unique_ptr<AuthExchange> exchange;  ///< while one is under way
    bool step_pending = false;               ///< the answer to the client's data is on its way
    std::vector<std::uint8_t> connack_data;  ///< goes with CONNACK
};

enum class ConnectionState : std::uint8_t {
    awaiting_connect,  ///< nothing has come yet
    awaiting_login,    ///< CONNECT has come, password or session is on its way; no bytes are taken
    authenticating,    ///< AUTH was sent; only AUTH and DISCONNECT may come [MQTT-3.1.2-30]
    open,              ///< CONNACK with success was sent
    closing            ///< no bytes are taken, `Broker::closed` will come
};

/// Acknowledgements of PUBLISH packets, in their order [MQTT-4.6.0-2, 3], from the first one on
/// that waits for another shard.
struct LateAcknowledgements {
    struct Entry {
        std::uint64_t ticket = 0;  ///< of what it waits for; 0: nothing any more
        mqtt::Buffer packet;
    };
    std::deque<Entry> entries;
    std::uint64_t ticket = 0;  ///< for the next entry
};

/// One network connection of a shard. Made by `Broker::open`, ended by `Broker::closed`. The
/// transport uses `id` and `outbox`, everything else belongs to the core.
struct Connection {
    ConnectionId id = 0;
    Outbox outbox;

    Outlet* outlet = nullptr;
    const ListenerSettings* listener = nullptr;
    Session* session = nullptr;  ///< set while `open`
    Peer peer;                   ///< a TLS transport adds the identity when it knows it
    ConnectionState state = ConnectionState::awaiting_connect;
    mqtt::Version version = mqtt::Version::v3_1_1;
    bool held = false;         ///< no bytes are taken until `Outlet::resume`: it has asked for much
    bool leaving = false;      ///< for another shard, as soon as the directory allows it
    bool flush_asked = false;  ///< the outlet knows that there is something to write
    bool drop_logged = false;  ///< that messages are dropped has been logged
    bool problem_information = true;                 ///< reason strings may be sent [MQTT-3.1.2-29]
    std::uint16_t keep_alive_seconds = 0;            ///< 0: off
    std::uint16_t topic_alias_maximum = 0;           ///< of the client
    std::uint32_t maximum_packet_size = 0xFFFFFFFF;  ///< of the client
    std::size_t accounted = 0;                       ///< bytes of the outbox in the shard's sum
    Time last_received{};
    Time timer_set = never;  ///< the timer that is under way
    std::unique_ptr<TopicAliases> aliases;
    std::unique_ptr<PendingConnect> pending;
    std::unique_ptr<Authentication> authentication;
    std::unique_ptr<LateAcknowledgements> late_acknowledgements;  ///< null when none waits
};

}  // namespace mq::broker
