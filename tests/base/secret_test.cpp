#include "base/secret.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace mq {
namespace {

TEST(Secret, wipe_clears_every_byte_that_the_string_owns) {
    for (const std::size_t size : {0U, 5U, 15U, 16U, 1000U}) {
        std::string text(size, 'x');
        text.resize(size / 2);  // the second half is still in memory
        const char* const memory = text.data();
        const std::size_t capacity = text.capacity();
        Secret::wipe(text);
        EXPECT_TRUE(text.empty());
        ASSERT_EQ(text.data(), memory);
        text.resize(capacity);
        EXPECT_TRUE(std::all_of(text.begin(), text.end(), [](char c) { return c == 0; }));
    }
}

TEST(Secret, moves_and_leaves_nothing_behind) {
    for (const std::string& password : {std::string("short"), std::string(100, 'x')}) {
        std::string text = password;
        Secret first(std::move(text));
        EXPECT_EQ(text, "");  // NOLINT(bugprone-use-after-move): that it is empty is the promise
        EXPECT_EQ(first.view(), password);
        Secret second(std::move(first));
        EXPECT_TRUE(first.empty());  // NOLINT(bugprone-use-after-move)
        EXPECT_EQ(second.view(), password);
        Secret third(std::string("other"));
        third = std::move(second);
        EXPECT_TRUE(second.empty());  // NOLINT(bugprone-use-after-move)
        EXPECT_EQ(third.view(), password);
    }
}

}  // namespace
}  // namespace mq
