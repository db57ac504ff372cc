#pragma once

#include "mqtt/packet.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace mq::broker {

struct Session;
struct SharedGroup;

/// A subscription of one session, as it stands at its filter.
struct Subscriber {
    Session* session = nullptr;
    std::uint32_t identifier = 0;  ///< 0: none
    mqtt::SubscriptionOptions options;
};

/// Who has subscribed to one filter: sessions, each once, and groups of shared subscriptions, which
/// others own. Two words where it is nobody or a single session, as with nearly every filter.
class FilterSubscribers {
 public:
    FilterSubscribers() : many_{} {}
    FilterSubscribers(const FilterSubscribers&) = delete;
    FilterSubscribers& operator=(const FilterSubscribers&) = delete;
    ~FilterSubscribers() { delete crowd(); }

    [[nodiscard]] bool empty() const { return single_.session == nullptr && crowd() == nullptr; }
    /// In the order of their coming.
    [[nodiscard]] std::span<const Subscriber> subscribers() const;
    [[nodiscard]] std::span<SharedGroup* const> groups() const;

    [[nodiscard]] bool contains(const Session& session) const;
    /// Adds or replaces the session's subscription; true when there was one.
    bool set(const Subscriber& subscriber);
    /// The session has a subscription.
    void remove(const Session& session);

    /// Takes the same time however many groups there are; so does their removal.
    void add(SharedGroup& group);
    void remove(const SharedGroup& group);

 private:
    struct Crowd {
        std::vector<Subscriber> subscribers;
        std::vector<SharedGroup*> groups;
    };
    struct Many {
        Session* none = nullptr;
        Crowd* crowd = nullptr;  ///< owned; null for nobody
    };

    [[nodiscard]] Crowd* crowd() const {
        return single_.session == nullptr ? many_.crowd : nullptr;
    }
    Crowd& make_crowd();
    /// Back to the small form where it does.
    void shrink();

    /// Both begin with a pointer to a session, which is null in the second.
    union {
        Many many_;
        Subscriber single_;
    };
};

}  // namespace mq::broker
