#include "broker/auth/login_line.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace mq::broker {
namespace {

using Login = std::unique_ptr<int>;
using Line = LoginLine<Login>;
using Place = Line::Place;

Place enter(Line& line, std::string_view address, int number, std::size_t bytes = 1) {
    auto login = std::make_unique<int>(number);
    const Place place = line.enter(address, login, bytes);
    EXPECT_EQ(login == nullptr, place == Place::waiting);
    return place;
}

TEST(LoginLine, some_of_an_address_go_in_and_the_others_follow_in_order) {
    Line line({2, 10, 10, 100});
    EXPECT_EQ(enter(line, "a", 1), Place::inside);
    EXPECT_EQ(enter(line, "a", 2), Place::inside);
    EXPECT_EQ(enter(line, "a", 3), Place::waiting);
    EXPECT_EQ(enter(line, "a", 4), Place::waiting);
    EXPECT_EQ(enter(line, "b", 5), Place::inside);
    EXPECT_EQ(**line.leave("a"), 3);
    EXPECT_EQ(enter(line, "a", 6), Place::waiting);
    EXPECT_EQ(**line.leave("a"), 4);
    EXPECT_EQ(**line.leave("a"), 6);
    EXPECT_EQ(line.leave("b"), std::nullopt);
    EXPECT_EQ(line.leave("a"), std::nullopt);
    EXPECT_EQ(enter(line, "a", 7), Place::inside);
    EXPECT_EQ(line.waiting(), 0U);
}

TEST(LoginLine, keeps_nothing_of_addresses_that_are_through) {
    Line line;
    for (int number = 0; number < 100; ++number) {
        const std::string address = std::to_string(number);
        EXPECT_EQ(enter(line, address, number), Place::inside);
        EXPECT_EQ(line.leave(address), std::nullopt);
    }
    EXPECT_EQ(line.addresses(), 0U);
}

TEST(LoginLine, has_limits_for_one_and_for_all) {
    Line line({1, 5, 3, 100});
    EXPECT_EQ(enter(line, "a", 0), Place::inside);
    EXPECT_EQ(enter(line, "b", 0), Place::inside);
    for (int number = 0; number < 3; ++number) {
        EXPECT_EQ(enter(line, "a", number), Place::waiting);
    }
    EXPECT_EQ(enter(line, "a", 3), Place::full);
    EXPECT_EQ(enter(line, "b", 0), Place::waiting);
    EXPECT_EQ(enter(line, "b", 1), Place::waiting);
    EXPECT_EQ(enter(line, "b", 2), Place::full);
    EXPECT_EQ(enter(line, "c", 0), Place::inside);
    EXPECT_NE(line.leave("a"), std::nullopt);
    EXPECT_EQ(enter(line, "b", 2), Place::waiting);
}

TEST(LoginLine, counts_bytes) {
    Line line({1, 10, 10, 100});
    EXPECT_EQ(enter(line, "a", 0, 1000), Place::inside);
    EXPECT_EQ(enter(line, "a", 1, 60), Place::waiting);
    EXPECT_EQ(enter(line, "a", 2, 41), Place::full);
    EXPECT_EQ(enter(line, "a", 3, 40), Place::waiting);
    EXPECT_EQ(**line.leave("a"), 1);
    EXPECT_EQ(enter(line, "a", 4, 60), Place::waiting);
}

}  // namespace
}  // namespace mq::broker
