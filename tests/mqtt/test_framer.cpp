#include "mqtt/framer.hpp"
#include "mqtt/table/notation.hpp"
#include "mqtt/table/packet_table.hpp"
#include "support/packet_printer.hpp"

#include <gtest/gtest.h>

namespace mq::mqtt {
namespace {

constexpr std::size_t no_limit = 300'000'000;

/// Bytes of the fixed header.
std::size_t head_size(const std::vector<std::uint8_t>& bytes) {
    std::size_t size = 2;
    while ((bytes[size - 1] & 0x80U) != 0) {
        ++size;
    }
    return size;
}

bool is_small(const std::vector<std::uint8_t>& bytes) {
    return bytes.size() < 1000;
}

/// One expectation a packet, so that long packets are cheap to walk.
bool is_incomplete(Bytes bytes, std::size_t needed) {
    const auto framing = cut_frame(bytes, no_limit);
    return framing && framing->kind == Framing::Kind::incomplete && framing->needed == needed;
}

TEST(Framer, cut_at_every_byte_asks_for_the_rest) {
    for (const PacketRow& row : packet_table()) {
        if (row.error != ReasonCode::success) {
            continue;
        }
        const auto bytes = bytes_of(row.bytes);
        const std::size_t head = head_size(bytes);
        for (std::size_t size = 0; size < bytes.size(); ++size) {
            const std::size_t needed = size < head ? 0 : bytes.size();
            ASSERT_TRUE(is_incomplete({bytes.data(), size}, needed))
                << row.bytes << " cut after " << size;
        }
    }
}

TEST(Framer, takes_one_packet_and_leaves_what_follows) {
    for (const PacketRow& row : packet_table()) {
        auto bytes = bytes_of(row.bytes);
        if (row.error != ReasonCode::success || !is_small(bytes)) {
            continue;
        }
        const std::size_t size = bytes.size();
        const std::size_t head = head_size(bytes);
        bytes.insert(bytes.end(), 3, 0xFF);
        const auto framing = cut_frame(bytes, no_limit);
        ASSERT_TRUE(framing && framing->kind == Framing::Kind::packet) << row.bytes;
        EXPECT_EQ(framing->frame.size, size) << row.bytes;
        EXPECT_EQ(framing->frame.first_byte, bytes[0]) << row.bytes;
        EXPECT_EQ(framing->frame.body.data(), bytes.data() + head) << row.bytes;
        EXPECT_EQ(framing->frame.body.size(), size - head) << row.bytes;
    }
}

TEST(Framer, refuses_a_packet_above_the_limit_as_soon_as_its_length_is_known) {
    const auto bytes = bytes_of("30 [ 't' {200 61} ]");
    const Bytes head(bytes.data(), 3);

    EXPECT_EQ(cut_frame(head, bytes.size())->needed, bytes.size());
    EXPECT_EQ(cut_frame(head, bytes.size() - 1).error(), ReasonCode::packet_too_large);
    EXPECT_EQ(cut_frame(bytes, bytes.size() - 1).error(), ReasonCode::packet_too_large);
    EXPECT_TRUE(is_incomplete({bytes.data(), 2}, 0));
}

TEST(Framer, knows_the_largest_packet) {
    const auto head = bytes_of("30 FFFFFF7F");
    EXPECT_TRUE(is_incomplete(head, 268'435'460));
}

TEST(Framer, refuses_a_long_length_before_a_fifth_byte_comes) {
    EXPECT_TRUE(is_incomplete(bytes_of("30 FFFFFF"), 0));
    EXPECT_EQ(cut_frame(bytes_of("30 FFFFFFFF"), no_limit).error(), ReasonCode::malformed_packet);
}

TEST(Framer, refuses_packet_type_0_at_its_first_byte) {
    EXPECT_EQ(cut_frame(bytes_of("00"), no_limit).error(), ReasonCode::protocol_error);
}

TEST(Framer, wants_a_first_byte_of_an_empty_stream) {
    EXPECT_TRUE(is_incomplete({}, 0));
}

}  // namespace
}  // namespace mq::mqtt
