#pragma once

#include "broker/core/control.hpp"

#include <utility>
#include <vector>

namespace mq::broker {

/// For commands that ask nothing of the shards; keeps the errands of those that do.
class NoDesk final : public ControlDesk {
 public:
    struct Order {
        Errand errand;
        Then then;
    };
    std::vector<Order> orders;

    void run(Errand errand, Then then) override {
        orders.push_back({std::move(errand), std::move(then)});
    }
    [[nodiscard]] Time turn_time() const override { return Time(std::chrono::hours(1)); }
};

}  // namespace mq::broker
