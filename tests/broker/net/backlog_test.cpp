#include "broker/net/backlog.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace mq::broker {
namespace {

mqtt::Bytes bytes(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string text(const Backlog& backlog) {
    return {reinterpret_cast<const char*>(backlog.bytes().data()), backlog.size()};
}

TEST(Backlog, KeepsOrderOverAppendAndConsume) {
    Backlog backlog;
    backlog.append(bytes("abc"));
    backlog.consume(2);
    backlog.append(bytes("def"));
    EXPECT_EQ(text(backlog), "cdef");
}

TEST(Backlog, ForgetsWhatIsNeededWithTheLastByte) {
    Backlog backlog;
    backlog.append(bytes("abc"));
    backlog.need(100);
    backlog.consume(3);
    EXPECT_TRUE(backlog.empty());
    EXPECT_EQ(backlog.needed(), 0U);
}

TEST(Backlog, RoomGrowsWithWhatHasComeNotWithThePromise) {
    Backlog backlog;
    backlog.append(bytes("abc"));
    backlog.need(200'000'000);
    EXPECT_LE(backlog.room().size(), 65536U);
}

TEST(Backlog, RoomEndsWithThePacket) {
    Backlog backlog;
    backlog.append(bytes("abc"));
    backlog.need(10);
    EXPECT_EQ(backlog.room().size(), 7U);
}

}  // namespace
}  // namespace mq::broker
