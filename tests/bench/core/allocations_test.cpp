#include "bench/core/scenario.hpp"
#include "support/allocation_counter.hpp"

#include <gtest/gtest.h>

#include <ostream>
#include <string>

namespace mq::bench {

void PrintTo(const ScenarioKind& kind, std::ostream* out) {
    *out << kind.name;
}

namespace {

class CoreAllocations : public testing::TestWithParam<ScenarioKind> {};

TEST_P(CoreAllocations, NoneForAPublishInSteadyState) {
    const auto scenario = GetParam().make();
    for (int i = 0; i < 5; ++i) {
        scenario->round();
    }
    const std::size_t before = allocation_count();
    std::size_t messages = 0;
    for (int i = 0; i < 50; ++i) {
        messages += scenario->round();
    }
    const std::size_t after = allocation_count();
    EXPECT_EQ(after - before, 0U) << "for " << messages << " messages";
}

std::vector<ScenarioKind> with_publishes_only() {
    std::vector<ScenarioKind> found;
    for (const ScenarioKind& kind : scenario_kinds()) {
        if (kind.publishes_only) {
            found.push_back(kind);
        }
    }
    return found;
}

INSTANTIATE_TEST_SUITE_P(Scenarios, CoreAllocations, testing::ValuesIn(with_publishes_only()),
                         [](const auto& of) { return std::string(of.param.name); });

TEST(CoreAllocationCount, ClientsThatComeAndGoDoAllocate) {
    for (const ScenarioKind& kind : scenario_kinds()) {
        if (!kind.publishes_only) {
            const auto scenario = kind.make();
            const std::size_t before = allocation_count();
            scenario->round();
            EXPECT_GT(allocation_count(), before) << kind.name;
        }
    }
}

}  // namespace
}  // namespace mq::bench
