#include "mqtt/decode.hpp"
#include "mqtt/encode.hpp"
#include "mqtt/table/notation.hpp"
#include "mqtt/table/packet_table.hpp"
#include "support/packet_printer.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace mq::mqtt {
namespace {

std::string error_text(ReasonCode code) {
    return "error: " + std::string(name(code));
}

/// What framer and decoder make of the bytes, as one line.
std::string outcome(Bytes bytes, Version version, Receiver receiver) {
    const auto framing = cut_frame(bytes, bytes.size());
    if (!framing) {
        return error_text(framing.error());
    }
    if (framing->kind != Framing::Kind::packet) {
        return "incomplete";
    }
    const auto packet = decode(framing->frame, version, receiver);
    return packet ? to_string(*packet) : error_text(packet.error());
}

std::string expected(const PacketRow& row) {
    return row.error == ReasonCode::success ? row.packet : error_text(row.error);
}

std::string where(const PacketRow& row) {
    return row.bytes + "  in " + to_string(row.version) +
           (row.receiver == Receiver::server ? " to a server" : " to a client");
}

TEST(Decode, gives_the_packet_or_the_error_of_each_row) {
    for (const PacketRow& row : packet_table()) {
        const auto bytes = bytes_of(row.bytes);
        EXPECT_EQ(outcome(bytes, row.version, row.receiver), expected(row)) << where(row);
    }
}

TEST(Decode, table_has_not_shrunk) {
    EXPECT_GT(written_rows().size(), 1000U);
    EXPECT_GT(packet_table().size(), 6000U);
}

/// Whatever packet is cut short, with its length put right, never reads past its end (the bytes lie
/// in a block of just their size, for the sanitizers).
TEST(Decode, of_a_shortened_body_stays_within_it) {
    constexpr std::size_t body_bytes_max = 200;
    for (const PacketRow& row : written_rows()) {
        const auto bytes = bytes_of(row.bytes);
        const auto framing = cut_frame(bytes, bytes.size());
        if (!framing || framing->frame.body.size() > body_bytes_max) {
            continue;
        }
        const Bytes body = framing->frame.body;
        for (std::size_t size = 0; size < body.size(); ++size) {
            const auto block = std::make_unique<std::uint8_t[]>(size);
            std::copy_n(body.begin(), size, block.get());
            const Frame frame{bytes[0], {block.get(), size}, size + 2};
            const auto packet = decode(frame, row.version, row.receiver);
            if (packet) {
                EXPECT_FALSE(to_string(*packet).empty());
            }
        }
    }
}

/// What a broker sends as the client of another one is in the table, too. [MQTT311-7.0.0-1]
TEST(Encode, gives_the_bytes_of_each_canonical_row) {
    for (const PacketRow& row : packet_table()) {
        const auto bytes = bytes_of(row.bytes);
        if (!row.canonical) {
            continue;
        }
        const auto framing = cut_frame(bytes, bytes.size());
        ASSERT_TRUE(framing) << where(row);
        const auto packet = decode(framing->frame, row.version, row.receiver);
        ASSERT_TRUE(packet) << where(row);
        Buffer again;
        encode(*packet, row.version, again);
        EXPECT_TRUE(again == bytes) << where(row) << "\ngives " << hex_of(again);
    }
}

TEST(Encode, keeps_the_meaning_of_each_tolerated_row) {
    for (const PacketRow& row : packet_table()) {
        if (row.canonical || row.error != ReasonCode::success) {
            continue;
        }
        const auto bytes = bytes_of(row.bytes);
        const auto framing = cut_frame(bytes, bytes.size());
        ASSERT_TRUE(framing) << where(row);
        const auto packet = decode(framing->frame, row.version, row.receiver);
        ASSERT_TRUE(packet) << where(row);
        Buffer again;
        encode(*packet, row.version, again);
        EXPECT_EQ(outcome(again, row.version, row.receiver), row.packet) << where(row);
    }
}

}  // namespace
}  // namespace mq::mqtt
