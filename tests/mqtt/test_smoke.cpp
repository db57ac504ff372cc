#include "mqtt/decode.hpp"
#include "mqtt/encode.hpp"
#include "mqtt/topic.hpp"

#include <gtest/gtest.h>

namespace mq::mqtt {
namespace {

TEST(Codec, publish_goes_there_and_back) {
    Publish sent;
    sent.topic = "a/b";
    sent.qos = QoS::at_least_once;
    sent.packet_id = 7;
    sent.properties.content_type = "text";
    Buffer bytes;
    encode(sent, Version::v5, bytes);

    const auto framing = cut_frame(bytes, 1000);
    ASSERT_TRUE(framing);
    const auto got = decode(framing->frame, Version::v5, Receiver::server);
    ASSERT_TRUE(got);

    Buffer again;
    encode(*got, Version::v5, again);
    EXPECT_EQ(again, bytes);
}

TEST(Topic, hash_matches_its_parent) {
    EXPECT_TRUE(matches("a/#", "a"));
    EXPECT_FALSE(matches("#", "$SYS/x"));
    EXPECT_FALSE(matches("a", "a/"));
}

}  // namespace
}  // namespace mq::mqtt
