#include "broker/store/record.hpp"

#include "tests/broker/store/fixture.hpp"

#include <functional>
#include <limits>

namespace mq::broker::test {
namespace {

TEST(Record, a_message_comes_back_as_it_was) {
    const MessageRef original = message("t/1", "payload");
    const auto found = to_message(to_row(*original));
    ASSERT_TRUE(found);
    EXPECT_EQ((*found)->topic(), "t/1");
    EXPECT_EQ(text((*found)->payload()), "payload");
}

TEST(Record, a_message_with_any_changed_byte_is_refused) {
    const MessageRef original = message("t/1", "payload");
    const MessageRow good = to_row(*original);
    for (std::size_t i = 0; i < good.payload.size(); ++i) {
        std::string payload = text(good.payload);
        payload[i] = static_cast<char>(payload[i] ^ 1);
        MessageRow row = good;
        row.payload = bytes(payload);
        EXPECT_FALSE(to_message(row)) << i;
    }
    MessageRow row = good;
    row.topic = "t/2";
    EXPECT_FALSE(to_message(row));
    row = good;
    row.expires = 5;
    EXPECT_FALSE(to_message(row));
}

TEST(Record, bytes_cannot_move_between_fields_unseen) {
    const MessageRef original =
        MessageRef::create("t", bytes("ab"), bytes("c"), mqtt::QoS::at_most_once, false, {});
    MessageRow row = to_row(*original);
    row.properties = bytes("a");
    row.payload = bytes("bc");
    EXPECT_FALSE(to_message(row));
}

TEST(Record, wills_out_of_range_are_refused) {
    const SessionRecord record = session_with_will("a", "bye");
    const WillRow good = to_row(*record.will, record.will_due);
    const auto refused = [&](const std::function<void(StoredWill&, Time&)>& change) {
        StoredWill will = *record.will;
        Time due = record.will_due;
        change(will, due);
        WillRow row = to_row(will, due);
        row.checksum = good.checksum;
        return !to_will(row);
    };
    EXPECT_TRUE(to_will(good));
    EXPECT_TRUE(refused([](StoredWill& will, Time&) { will.delay_seconds = 1; }));
    EXPECT_TRUE(refused([](StoredWill& will, Time&) { will.has_message_expiry = true; }));
    EXPECT_TRUE(refused([](StoredWill&, Time& due) { due += Duration(1); }));
    StoredWill wild = *record.will;
    wild.message = message("will/#", "bye");
    EXPECT_FALSE(to_will(to_row(wild, record.will_due)));
}

TEST(Record, sessions_out_of_range_are_refused) {
    const SessionRow good{"a", "", 5, 0, 0};
    EXPECT_TRUE(to_session(good));
    for (const SessionRow& bad :
         {SessionRow{"", "", 5, 0, 0}, SessionRow{"a", "", 2, 0, 0}, SessionRow{"a", "", 6, 0, 0},
          SessionRow{"a", "", 5, -1, 0}, SessionRow{"a", "", 5, 0x1'0000'0000, 0},
          SessionRow{"\xFF", "", 5, 0, 0}, SessionRow{"a", "\xFF", 5, 0, 0},
          SessionRow{"a", "", 5, 0, 0, std::string_view("0 /\0", 4)}}) {
        EXPECT_FALSE(to_session(bad)) << bad.client_id << bad.version << bad.expiry_interval;
    }
}

TEST(Record, every_combination_of_subscription_options_comes_back) {
    for (std::int64_t bits = 0; bits < 64; ++bits) {
        const auto found = to_subscription("t", bits, 0);
        const bool valid = (bits & 3) != 3 && (bits >> 4) != 3;
        ASSERT_EQ(found.has_value(), valid) << bits;
        if (found) {
            EXPECT_EQ(to_bits(found->options), bits);
        }
    }
}

TEST(Record, subscriptions_that_no_client_can_make_are_refused) {
    EXPECT_FALSE(to_subscription("a/#/b", 0, 0));
    EXPECT_FALSE(to_subscription("$share/x", 0, 0));
    EXPECT_FALSE(to_subscription("", 0, 0));
    EXPECT_FALSE(to_subscription("t", 64, 0));
    EXPECT_FALSE(to_subscription("t", -1, 0));
    EXPECT_FALSE(to_subscription("t", 0, -1));
    EXPECT_FALSE(to_subscription("t", 0, 268'435'456));
}

TEST(Record, entries_out_of_range_are_refused) {
    EXPECT_TRUE(to_entry({1, 1, 0, {}, 0, 0}));
    EXPECT_TRUE(to_entry({1, 2, 1, {}, 2, 7}));
    EXPECT_FALSE(to_entry({0, 1, 0, {}, 0, 0}));
    EXPECT_FALSE(to_entry({1, 3, 0, {}, 0, 0}));
    EXPECT_FALSE(to_entry({1, 1, 2, {}, 0, 0}));
    EXPECT_FALSE(to_entry({1, 1, 0, {}, 3, 0}));
    EXPECT_FALSE(to_entry({1, 1, 0, {}, 1, 0})) << "sent without a packet identifier";
    EXPECT_FALSE(to_entry({1, 1, 0, {}, 1, 65'536}));
}

TEST(Record, identifiers_come_back) {
    const std::vector<std::uint32_t> all{1, 127, 128, 16'383, 16'384, 2'097'152, 268'435'455};
    EXPECT_EQ(decode_identifiers(bytes(encode_identifiers(all))), all);
}

TEST(Record, broken_identifiers_are_refused) {
    EXPECT_FALSE(decode_identifiers(bytes("\x80")));
    EXPECT_FALSE(decode_identifiers(bytes("\x80\x80\x80\x80\x01")));
    EXPECT_FALSE(decode_identifiers(bytes(std::string(1, '\0'))));
}

}  // namespace
}  // namespace mq::broker::test
