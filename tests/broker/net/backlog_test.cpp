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

TEST(Backlog, OnePacketThatFillsItsBlockCanBeGivenAway) {
    Backlog backlog;
    backlog.need(8);
    backlog.append(bytes("abc"));
    EXPECT_FALSE(backlog.is_one_packet());
    const auto room = backlog.room();
    ASSERT_EQ(room.size(), 5U);
    std::copy_n("defgh", 5, room.begin());
    backlog.grown(5);
    EXPECT_TRUE(backlog.is_one_packet());
    const PacketBlock given = std::move(backlog.block());
    EXPECT_EQ(std::string(given.bytes(), given.bytes() + 8), "abcdefgh");
    backlog.consume(8);
    EXPECT_TRUE(backlog.empty());
}

TEST(Backlog, WithMoreThanAPacketItKeepsItsBlock) {
    Backlog backlog;
    backlog.append(bytes("abcdef"));
    backlog.need(3);
    EXPECT_FALSE(backlog.is_one_packet());
}

}  // namespace
}  // namespace mq::broker
