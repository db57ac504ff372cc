#include "mqtt/decode.hpp"
#include "mqtt/table/notation.hpp"
#include "mqtt/table/packet_table.hpp"
#include "support/allocation_counter.hpp"

#include <gtest/gtest.h>

namespace mq::mqtt {
namespace {

TEST(Allocations, are_counted) {
    const std::size_t before = allocation_count();
    const std::vector<int> block(100);
    EXPECT_EQ(allocation_count(), before + 1) << block.size();
}

TEST(Allocations, none_for_a_publish) {
    const auto bytes = bytes_of(
        "3B [ 't/a/b' 0002 [ 23 0007 0B 01 0B FFFFFF7F 02 0000003C 01 01 03 'text' 08 're' 09 'id' "
        "26 'k' '1' 26 'k' '2' ] <hello> ]");
    const std::size_t before = allocation_count();
    const auto framing = cut_frame(bytes, bytes.size());
    const auto packet = decode_publish(framing->frame, Version::v5, Receiver::client);
    const std::size_t after = allocation_count();

    EXPECT_EQ(packet->payload.size(), 5U);
    EXPECT_EQ(after - before, 0U);
}

TEST(Allocations, none_for_any_packet) {
    for (const PacketRow& row : packet_table()) {
        const auto bytes = bytes_of(row.bytes);
        const std::size_t before = allocation_count();
        const auto framing = cut_frame(bytes, bytes.size());
        const bool decoded = framing && decode(framing->frame, row.version, row.receiver);
        const std::size_t after = allocation_count();
        ASSERT_EQ(decoded, row.error == ReasonCode::success) << row.bytes;
        ASSERT_EQ(after - before, 0U) << row.bytes;
    }
}

}  // namespace
}  // namespace mq::mqtt
