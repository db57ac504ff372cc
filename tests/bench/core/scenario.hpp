#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace mq::bench {

/// A fixed load for the core of a broker, in rounds that are all alike.
class Scenario {
 public:
    virtual ~Scenario() = default;
    /// Plays one round to its end; returns how many units of work that were, see `Kind::unit`. What
    /// does not arrive is an assertion.
    virtual std::size_t round() = 0;
};

struct ScenarioKind {
    std::string_view name;
    std::string_view unit;  ///< "delivery", ...
    std::unique_ptr<Scenario> (*make)();
    bool publishes_only;  ///< in steady state, so that it allocates nothing
};

/// All that there are.
std::span<const ScenarioKind> scenario_kinds();

}  // namespace mq::bench
