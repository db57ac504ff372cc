#include "broker/auth/base64.hpp"

#include <gtest/gtest.h>

namespace mq::broker {
namespace {

struct Pair {
    const char* bytes;
    const char* with;
    const char* without;
};

constexpr Pair pairs[] = {
    {"", "", ""},
    {"f", "Zg==", "Zg"},
    {"fo", "Zm8=", "Zm8"},
    {"foo", "Zm9v", "Zm9v"},
    {"foob", "Zm9vYg==", "Zm9vYg"},
    {"\xFB\xFF\xBF", "+/+/", "+/+/"},
};

TEST(Base64, encodes_and_decodes) {
    for (const Pair& pair : pairs) {
        EXPECT_EQ(base64_encode(pair.bytes, Padding::with), pair.with);
        EXPECT_EQ(base64_encode(pair.bytes, Padding::without), pair.without);
        EXPECT_EQ(base64_decode(pair.with, Padding::with), pair.bytes);
        EXPECT_EQ(base64_decode(pair.without, Padding::without), pair.bytes);
    }
}

TEST(Base64, refuses_what_is_not_exact) {
    for (const char* text : {"Z", "Zg", "Zg=", "Zg===", "Z===", "====", "Zm9v\n", "Zm 9v", "Zm9-",
                             "Zh==", "=Zg=", "Zg==Zg=="}) {
        EXPECT_EQ(base64_decode(text, Padding::with), std::nullopt) << text;
    }
    for (const char* text : {"Z", "Zg==", "Zh", "Zm9vY"}) {
        EXPECT_EQ(base64_decode(text, Padding::without), std::nullopt) << text;
    }
}

}  // namespace
}  // namespace mq::broker
