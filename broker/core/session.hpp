#pragma once

#include "broker/core/connection.hpp"
#include "broker/core/inflight.hpp"
#include "broker/core/packet_id_set.hpp"
#include "broker/core/pointer_table.hpp"
#include "broker/core/shared_subscriptions.hpp"
#include "broker/core/small_text.hpp"
#include "broker/core/topic_tree.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mq::broker {

struct Transit;

/// Session Expiry Interval without end.
inline constexpr std::uint32_t expiry_never = 0xFFFFFFFF;

/// For tables of objects that are found by where they are.
struct ByAddress {
    template <class T>
    static const T* key(const T& object) {
        return &object;
    }
    static std::size_t hash(const void* address) {
        return mixed(reinterpret_cast<std::uintptr_t>(address));
    }
    /// Numbers in a row end up far from each other.
    static std::size_t mixed(std::uint64_t number) {
        return static_cast<std::size_t>((number * 0x9E3779B97F4A7C15U) >> 32U);
    }
};

/// Session state of one client identifier [MQTT-3.1.2-23], with or without a connection. Owned by
/// `Sessions` of the shard where it lives. There may be hundreds of thousands that do nothing, so
/// what few sessions have stands behind a pointer.
struct Session {
    std::uint64_t key = 0;    ///< unique over all shards and moves; never 0
    std::uint64_t claim = 0;  ///< ticket by which the directory knows it; see Directory
    std::string client_id;
    SmallText user_name;                 ///< not present for an anonymous client
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
    PointerTable<TopicTree::Node, ByAddress> subscriptions;
    SharedSubscriptions shared;
    std::unique_ptr<StoredWill> will;
    std::unique_ptr<Transit> transit;  ///< set while it moves between shards

    Session();
    ~Session();

    [[nodiscard]] bool has_user_name() const { return user_name.present(); }
};

/// The sessions of a shard, by client identifier and by key, and the ghosts of those that have
/// moved away, by key. Neither `size` nor `for_each` is about ghosts.
class Sessions {
 public:
    Sessions() = default;
    Sessions(const Sessions&) = delete;
    Sessions& operator=(const Sessions&) = delete;
    ~Sessions();

    [[nodiscard]] std::size_t size() const { return by_client_.size(); }
    Session* find(std::string_view client_id);
    Session* find(std::uint64_t key);
    Session& add(std::unique_ptr<Session> session);
    /// It has become the ghost of a session that lives elsewhere: from now on it is found by its
    /// key only, and another may have its client identifier.
    void retire(const Session& ghost);
    void remove(Session& session);

    template <class Visit>
    void for_each(Visit visit) {
        for (Session* session : by_client_) {
            visit(*session);
        }
    }

 private:
    struct ByClient {
        static std::string_view key(const Session& session) { return session.client_id; }
        static std::size_t hash(std::string_view client_id) {
            return std::hash<std::string_view>{}(client_id);
        }
    };

 public:
    using Walk = PointerTable<Session, ByClient>::Walk;
    /// See PointerTable::walk.
    template <class Visit, class Restart>
    bool walk(Walk& walk, std::size_t& slots, Visit visit, Restart restart) const {
        return by_client_.walk(walk, slots, visit, restart);
    }

 private:
    struct ByKey {
        static std::uint64_t key(const Session& session) { return session.key; }
        static std::size_t hash(std::uint64_t key) { return ByAddress::mixed(key); }
    };
    PointerTable<Session, ByClient> by_client_;
    PointerTable<Session, ByKey> by_key_;  ///< owns them
};

}  // namespace mq::broker
