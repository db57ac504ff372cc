#pragma once

#include "broker/core/shared_groups.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>

namespace mq::broker {

/// A shared subscription of one session.
struct SharedSubscription {
    SharedFilterKey key;
    mqtt::SubscriptionOptions options;
    std::uint32_t identifier = 0;
};

/// The shared subscriptions of one session by `key.text()`. One word while there are none.
class SharedSubscriptions {
 public:
    using Map = std::unordered_map<std::string, SharedSubscription>;

    [[nodiscard]] std::size_t size() const { return map_ ? map_->size() : 0; }
    [[nodiscard]] bool contains(const std::string& text) const {
        return map_ && map_->contains(text);
    }
    /// True when it is new.
    bool set(const SharedSubscription& subscription) {
        if (!map_) {
            map_ = std::make_unique<Map>();
        }
        return map_->insert_or_assign(subscription.key.text(), subscription).second;
    }
    /// False when it was not there.
    bool erase(const std::string& text) {
        const bool erased = map_ && map_->erase(text) > 0;
        if (erased && map_->empty()) {
            map_.reset();
        }
        return erased;
    }
    void clear() { map_.reset(); }

    [[nodiscard]] auto begin() const { return all().begin(); }
    [[nodiscard]] auto end() const { return all().end(); }

 private:
    [[nodiscard]] const Map& all() const {
        static const Map none;
        return map_ ? *map_ : none;
    }
    std::unique_ptr<Map> map_;
};

}  // namespace mq::broker
