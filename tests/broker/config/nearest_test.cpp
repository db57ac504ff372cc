#include "broker/config/nearest.hpp"

#include <gtest/gtest.h>

namespace mq::broker::config {
namespace {

TEST(EditDistance, CountsSteps) {
    const struct {
        const char* source;
        const char* target;
        std::size_t distance;
    } cases[] = {
        {"", "", 0},
        {"port", "port", 0},
        {"prot", "port", 1},
        {"por", "port", 1},
        {"ports", "port", 1},
        {"part", "port", 1},
        {"", "port", 4},
        {"abc", "xyz", 3},
        {"lisetner", "listener", 1},
        {"pasword_flie", "password_file", 2},
    };
    for (const auto& each : cases) {
        EXPECT_EQ(edit_distance(each.source, each.target), each.distance)
            << each.source << " -> " << each.target;
        EXPECT_EQ(edit_distance(each.target, each.source), each.distance)
            << each.target << " -> " << each.source;
    }
}

TEST(NearestName, FindsTheClosestOrNone) {
    constexpr std::string_view names[] = {"listener", "port", "password_file", "psk_file"};
    EXPECT_EQ(nearest_name("Listener", names), "listener");
    EXPECT_EQ(nearest_name("passwd_file", names), "password_file");
    EXPECT_EQ(nearest_name("psk_fil", names), "psk_file");
    EXPECT_EQ(nearest_name("port", names), "port");
    EXPECT_EQ(nearest_name("colour", names), "");
    EXPECT_EQ(nearest_name("", names), "");
    EXPECT_EQ(nearest_name(std::string(65, 'p'), names), "");
}

}  // namespace
}  // namespace mq::broker::config
