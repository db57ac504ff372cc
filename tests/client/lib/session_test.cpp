#include "client/lib/session.hpp"

#include "client/include/mosquitto/defs.h"
#include "mqtt/decode.hpp"
#include "mqtt/encode.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

/// The client's half of MQTT, without socket and clock: packets of a broker go in, and what it
/// would write, tell and give up is looked at.
namespace mq::client {
namespace {

using mqtt::QoS;
using mqtt::Version;
using testing::ElementsAre;
using testing::IsEmpty;

/// A short name for each packet that is written: "PUBLISH 1 a dup", "PUBREL 2".
std::string described(const mqtt::Frame& frame, Version version) {
    const auto packet = mqtt::decode(frame, version, mqtt::Receiver::server);
    if (!packet) {
        return "malformed";
    }
    std::string text(mqtt::name(mqtt::packet_type(frame)));
    std::visit(
        [&]<class T>(const T& one) {
            if constexpr (requires { one.packet_id; }) {
                text += " " + std::to_string(one.packet_id);
            }
            if constexpr (std::is_same_v<T, mqtt::Publish>) {
                text += " " + std::string(one.topic) + (one.dup ? " dup" : "") +
                        (one.retain ? " retain" : "");
            }
        },
        *packet);
    return text;
}

class SessionTest : public testing::Test {
 protected:
    /// What was written since the last look; counts as written.
    std::vector<std::string> written() {
        std::vector<std::string> packets;
        mqtt::Bytes rest = session_.output().waiting();
        while (!rest.empty()) {
            const auto framing = mqtt::cut_frame(rest, packet_size_max);
            packets.push_back(described(framing->frame, settings_.version));
            rest = rest.subspan(framing->frame.size);
        }
        session_.wrote(session_.output().size(), now_);
        return packets;
    }

    template <class T>
    Event receive(const T& packet) {
        bytes_.clear();
        mqtt::encode(packet, settings_.version, bytes_);
        const auto framing = mqtt::cut_frame(bytes_, packet_size_max);
        Event event;
        session_.receive(framing->frame, now_, event);
        return event;
    }

    Event connack(bool session_present = false) {
        mqtt::Connack packet;
        packet.session_present = session_present;
        return receive(packet);
    }

    void connect(bool session_present = false) {
        session_.open(now_);
        EXPECT_EQ(connack(session_present).result, MOSQ_ERR_SUCCESS);
    }

    int publish(QoS qos, std::string_view topic = "a", bool retain = false) {
        Publication publication;
        publication.topic = topic;
        publication.qos = qos;
        publication.retain = retain;
        return session_.publish(publication, &mid_);
    }

    Event publish_to_us(QoS qos, mqtt::PacketId mid, std::string_view payload = "p") {
        mqtt::Publish packet;
        packet.topic = "t";
        packet.qos = qos;
        packet.packet_id = mid;
        packet.payload = {reinterpret_cast<const std::uint8_t*>(payload.data()), payload.size()};
        return receive(packet);
    }

    std::vector<int> completed() {
        std::vector<int> mids;
        while (const auto completion = session_.next_completion()) {
            mids.push_back(completion->mid);
        }
        return mids;
    }

    Settings settings_;
    LogLines log_;
    Session session_{settings_, log_};
    Time now_ = 1'000'000;
    int mid_ = 0;
    mqtt::Buffer bytes_;
};

TEST_F(SessionTest, begins_with_connect) {
    session_.open(now_);
    EXPECT_THAT(written(), ElementsAre("CONNECT"));
    EXPECT_EQ(session_.phase(), Session::Phase::connecting);
    const Event event = connack();
    EXPECT_EQ(event.kind, Event::Kind::connack);
    EXPECT_EQ(session_.phase(), Session::Phase::connected);
}

TEST_F(SessionTest, qos_0_is_lost_without_connection_and_others_are_kept) {
    EXPECT_EQ(publish(QoS::at_most_once), MOSQ_ERR_NO_CONN);
    EXPECT_EQ(publish(QoS::at_least_once, "kept"), MOSQ_ERR_NO_CONN);
    connect();
    EXPECT_THAT(written(), ElementsAre("CONNECT", "PUBLISH 2 kept"));
}

TEST_F(SessionTest, qos_0_is_complete_when_it_is_written) {
    connect();
    written();
    EXPECT_EQ(publish(QoS::at_most_once), MOSQ_ERR_SUCCESS);
    EXPECT_EQ(publish(QoS::at_most_once), MOSQ_ERR_SUCCESS);
    EXPECT_THAT(completed(), IsEmpty());
    session_.wrote(session_.output().size() / 2, now_);
    EXPECT_THAT(completed(), ElementsAre(1));
    session_.wrote(session_.output().size(), now_);
    EXPECT_THAT(completed(), ElementsAre(2));
}

TEST_F(SessionTest, qos_1_is_complete_with_puback) {
    connect();
    written();
    EXPECT_EQ(publish(QoS::at_least_once), MOSQ_ERR_SUCCESS);
    EXPECT_THAT(written(), ElementsAre("PUBLISH 1 a"));
    EXPECT_THAT(completed(), IsEmpty());
    const Event event = receive(mqtt::Puback{1, {}, {}, {}});
    EXPECT_EQ(event.kind, Event::Kind::published);
    EXPECT_EQ(event.mid, 1);
}

TEST_F(SessionTest, qos_2_takes_four_packets) {
    connect();
    written();
    publish(QoS::exactly_once);
    EXPECT_THAT(written(), ElementsAre("PUBLISH 1 a"));
    EXPECT_EQ(receive(mqtt::Pubrec{1, {}, {}, {}}).kind, Event::Kind::none);
    EXPECT_THAT(written(), ElementsAre("PUBREL 1"));
    EXPECT_EQ(receive(mqtt::Pubcomp{1, {}, {}, {}}).kind, Event::Kind::published);
}

TEST_F(SessionTest, early_messages_go_before_connack) {
    session_.open(now_);
    publish(QoS::at_most_once, "zero");
    publish(QoS::at_least_once, "one");
    EXPECT_THAT(written(), ElementsAre("CONNECT", "PUBLISH 0 zero", "PUBLISH 2 one"));
    connack();
    EXPECT_THAT(written(), IsEmpty());  // not again
}

TEST_F(SessionTest, with_mqtt_5_what_is_acknowledged_waits_for_connack) {
    settings_.version = Version::v5;
    session_.open(now_);
    publish(QoS::at_least_once);
    EXPECT_THAT(written(), ElementsAre("CONNECT"));
    connack();
    EXPECT_THAT(written(), ElementsAre("PUBLISH 1 a"));
}

TEST_F(SessionTest, send_maximum_holds_messages_back) {
    settings_.send_maximum = 2;
    connect();
    written();
    for (const char* topic : {"1", "2", "3", "4"}) {
        EXPECT_EQ(publish(QoS::at_least_once, topic), MOSQ_ERR_SUCCESS);
    }
    EXPECT_THAT(written(), ElementsAre("PUBLISH 1 1", "PUBLISH 2 2"));
    receive(mqtt::Puback{2, {}, {}, {}});
    EXPECT_THAT(written(), ElementsAre("PUBLISH 3 3"));
}

TEST_F(SessionTest, the_brokers_receive_maximum_counts_when_it_is_lower) {
    settings_.version = Version::v5;
    session_.open(now_);
    mqtt::Connack packet;
    packet.receive_maximum = 1;
    receive(packet);
    publish(QoS::exactly_once);
    publish(QoS::exactly_once);
    EXPECT_THAT(written(), ElementsAre("CONNECT", "PUBLISH 1 a"));
    receive(mqtt::Pubrec{1, mqtt::ReasonCode::quota_exceeded, {}, {}});
    EXPECT_THAT(written(), ElementsAre("PUBLISH 2 a"));
}

TEST_F(SessionTest, what_is_in_flight_is_repeated_in_its_order_when_the_session_is_there) {
    settings_.clean = false;
    connect();
    publish(QoS::at_least_once, "one");
    publish(QoS::exactly_once, "two");
    publish(QoS::exactly_once, "three");
    receive(mqtt::Pubrec{2, {}, {}, {}});
    written();
    session_.closed();
    publish(QoS::at_least_once, "new");
    connect(true);
    EXPECT_THAT(written(), ElementsAre("CONNECT", "PUBLISH 1 one dup", "PUBREL 2",
                                       "PUBLISH 3 three dup", "PUBLISH 4 new"));
}

TEST_F(SessionTest, a_new_session_gets_everything_anew) {
    connect();
    publish(QoS::at_least_once, "one");
    publish(QoS::exactly_once, "two");
    receive(mqtt::Pubrec{2, {}, {}, {}});
    written();
    session_.closed();
    connect(false);
    EXPECT_THAT(written(), ElementsAre("CONNECT", "PUBLISH 1 one", "PUBLISH 2 two"));
}

TEST_F(SessionTest, nothing_is_repeated_before_connack) {
    connect();
    publish(QoS::at_least_once, "one");
    session_.closed();
    session_.open(now_);
    publish(QoS::at_least_once, "two");
    EXPECT_THAT(written(), ElementsAre("CONNECT"));
}

TEST_F(SessionTest, received_qos_1_is_told_and_acknowledged) {
    connect();
    written();
    const Event event = publish_to_us(QoS::at_least_once, 7, "hello");
    EXPECT_EQ(event.kind, Event::Kind::message);
    EXPECT_EQ(event.message.topic, "t");
    EXPECT_EQ(event.message.payload.size(), 5U);
    EXPECT_THAT(written(), ElementsAre("PUBACK 7"));
}

TEST_F(SessionTest, received_qos_2_is_told_once_with_pubrel) {
    connect();
    written();
    EXPECT_EQ(publish_to_us(QoS::exactly_once, 7, "first").kind, Event::Kind::none);
    EXPECT_EQ(publish_to_us(QoS::exactly_once, 7, "again").kind, Event::Kind::none);
    EXPECT_THAT(written(), ElementsAre("PUBREC 7", "PUBREC 7"));
    const Event event = receive(mqtt::Pubrel{7, {}, {}, {}});
    ASSERT_EQ(event.kind, Event::Kind::message);
    EXPECT_EQ(event.message.payload.size(), 5U);
    EXPECT_EQ(event.message.payload[0], 'f');
    EXPECT_THAT(written(), ElementsAre("PUBCOMP 7"));
    EXPECT_EQ(receive(mqtt::Pubrel{7, {}, {}, {}}).kind, Event::Kind::none);
    EXPECT_THAT(written(), ElementsAre("PUBCOMP 7"));
}

TEST_F(SessionTest, received_qos_2_survives_a_reconnection_of_the_session) {
    connect();
    publish_to_us(QoS::exactly_once, 7);
    session_.closed();
    connect(true);
    EXPECT_EQ(receive(mqtt::Pubrel{7, {}, {}, {}}).kind, Event::Kind::message);
    publish_to_us(QoS::exactly_once, 8);
    session_.closed();
    connect(false);
    EXPECT_EQ(receive(mqtt::Pubrel{8, {}, {}, {}}).kind, Event::Kind::none);
}

TEST_F(SessionTest, mqtt_5_broker_that_exceeds_the_receive_maximum_is_refused) {
    settings_.version = Version::v5;
    settings_.receive_maximum = 2;
    connect();
    EXPECT_EQ(publish_to_us(QoS::exactly_once, 1).result, MOSQ_ERR_SUCCESS);
    EXPECT_EQ(publish_to_us(QoS::exactly_once, 2).result, MOSQ_ERR_SUCCESS);
    EXPECT_EQ(publish_to_us(QoS::exactly_once, 3).result, MOSQ_ERR_PROTOCOL);
}

TEST_F(SessionTest, topic_aliases_of_the_broker_are_resolved) {
    settings_.version = Version::v5;
    settings_.connect_properties = std::make_unique<ConnectProperties>();
    settings_.connect_properties->topic_alias_maximum = 3;
    connect();
    mqtt::Publish packet;
    packet.topic = "long/name";
    packet.topic_alias = 3;
    EXPECT_EQ(receive(packet).message.topic, "long/name");
    packet.topic = "";
    EXPECT_EQ(receive(packet).message.topic, "long/name");
    packet.topic_alias = 2;
    EXPECT_EQ(receive(packet).result, MOSQ_ERR_PROTOCOL);
    packet.topic = "x";
    packet.topic_alias = 4;
    EXPECT_EQ(receive(packet).result, MOSQ_ERR_PROTOCOL);
}

TEST_F(SessionTest, what_the_broker_cannot_do_is_not_asked_of_it) {
    settings_.version = Version::v5;
    session_.open(now_);
    mqtt::Connack packet;
    packet.maximum_qos = 1;
    packet.retain_available = false;
    packet.maximum_packet_size = 20;
    receive(packet);
    written();
    EXPECT_EQ(publish(QoS::exactly_once), MOSQ_ERR_QOS_NOT_SUPPORTED);
    EXPECT_EQ(publish(QoS::at_most_once, "topic/of/some/length"), MOSQ_ERR_OVERSIZE_PACKET);
    EXPECT_EQ(publish(QoS::at_most_once, "a", true), MOSQ_ERR_SUCCESS);
    EXPECT_THAT(written(), ElementsAre("PUBLISH 0 a"));  // not retained
}

TEST_F(SessionTest, a_waiting_message_that_turns_out_to_be_too_large_is_completed_with_a_reason) {
    settings_.version = Version::v5;
    publish(QoS::at_least_once, "topic/of/some/length");
    session_.open(now_);
    mqtt::Connack packet;
    packet.maximum_packet_size = 20;
    receive(packet);
    EXPECT_THAT(written(), ElementsAre("CONNECT"));
    const auto completion = session_.next_completion();
    ASSERT_TRUE(completion);
    EXPECT_EQ(completion->reason, mqtt::ReasonCode::packet_too_large);
}

TEST_F(SessionTest, the_queue_has_the_limits_that_were_set) {
    settings_.queued_messages_max = 2;
    EXPECT_EQ(publish(QoS::at_least_once), MOSQ_ERR_NO_CONN);
    EXPECT_EQ(publish(QoS::at_least_once), MOSQ_ERR_NO_CONN);
    EXPECT_EQ(publish(QoS::at_least_once), MOSQ_ERR_QUOTA_EXCEEDED);
    settings_.queued_messages_max = 0;
    settings_.queued_bytes_max = 20;
    EXPECT_EQ(publish(QoS::at_least_once), MOSQ_ERR_QUOTA_EXCEEDED);
}

TEST_F(SessionTest, ids_go_round_and_pass_over_what_is_in_flight) {
    settings_.send_maximum = 65'535;
    connect();
    publish(QoS::at_least_once);
    written();
    for (int i = 0; i < 65'534; ++i) {
        publish(QoS::at_most_once);
    }
    EXPECT_EQ(mid_, 65'535);
    publish(QoS::at_most_once);
    EXPECT_EQ(mid_, 2);
}

TEST_F(SessionTest, more_messages_than_ids_wait_for_their_own) {
    settings_.send_maximum = 65'535;
    connect();
    for (int i = 0; i < 65'536; ++i) {
        publish(QoS::at_least_once);
    }
    EXPECT_EQ(written().size(), 1U + 65'535U);
    receive(mqtt::Puback{static_cast<mqtt::PacketId>(mid_), {}, {}, {}});
    EXPECT_EQ(written().size(), 1U);
}

TEST_F(SessionTest, keep_alive_sends_pingreq_and_gives_up_a_silent_broker) {
    settings_.keep_alive = 10;
    connect();
    written();
    now_ += 9'999;
    EXPECT_EQ(session_.tick(now_), MOSQ_ERR_SUCCESS);
    EXPECT_THAT(written(), IsEmpty());
    EXPECT_EQ(session_.next_tick(), 1'010'000);
    now_ = 1'010'000;
    EXPECT_EQ(session_.tick(now_), MOSQ_ERR_SUCCESS);
    EXPECT_THAT(written(), ElementsAre("PINGREQ"));
    now_ += 9'999;
    EXPECT_EQ(session_.tick(now_), MOSQ_ERR_SUCCESS);
    now_ += 1;
    EXPECT_EQ(session_.tick(now_), MOSQ_ERR_KEEPALIVE);
}

TEST_F(SessionTest, pingresp_keeps_the_connection) {
    settings_.keep_alive = 10;
    connect();
    now_ += 10'000;
    session_.tick(now_);
    written();
    receive(mqtt::Pingresp{});
    now_ += 9'999;
    EXPECT_EQ(session_.tick(now_), MOSQ_ERR_SUCCESS);
    EXPECT_THAT(written(), IsEmpty());
}

TEST_F(SessionTest, a_broker_without_connack_is_given_up_even_without_keep_alive) {
    settings_.keep_alive = 0;
    session_.open(now_);
    now_ += 59'999;
    EXPECT_EQ(session_.tick(now_), MOSQ_ERR_SUCCESS);
    now_ += 1;
    EXPECT_EQ(session_.tick(now_), MOSQ_ERR_KEEPALIVE);
}

TEST_F(SessionTest, without_keep_alive_nothing_is_due) {
    settings_.keep_alive = 0;
    connect();
    EXPECT_EQ(session_.next_tick(), std::nullopt);
}

TEST_F(SessionTest, the_brokers_keep_alive_replaces_ours) {
    settings_.version = Version::v5;
    session_.open(now_);
    mqtt::Connack packet;
    packet.server_keep_alive = 5;
    receive(packet);
    EXPECT_EQ(session_.next_tick(), now_ + 5'000);
}

TEST_F(SessionTest, after_disconnect_nothing_is_sent) {
    connect();
    written();
    EXPECT_EQ(session_.disconnect(0, {}), MOSQ_ERR_SUCCESS);
    EXPECT_EQ(publish(QoS::at_most_once), MOSQ_ERR_NO_CONN);
    EXPECT_EQ(publish(QoS::at_least_once), MOSQ_ERR_NO_CONN);
    EXPECT_THAT(written(), ElementsAre("DISCONNECT"));
}

TEST_F(SessionTest, an_assigned_id_is_kept_and_a_second_one_refused) {
    settings_.version = Version::v5;
    session_.open(now_);
    mqtt::Connack packet;
    packet.assigned_client_identifier = "given";
    EXPECT_EQ(receive(packet).result, MOSQ_ERR_SUCCESS);
    EXPECT_EQ(settings_.client_id, "given");
    session_.open(now_);
    EXPECT_EQ(receive(packet).result, MOSQ_ERR_PROTOCOL);
}

TEST_F(SessionTest, lines_for_the_log_say_what_goes_by) {
    log_.turn(true);
    settings_.client_id = "me";
    connect();
    publish(QoS::at_least_once);
    std::vector<std::string> lines;
    for (const LogLine& line : log_.take()) {
        lines.push_back(line.text);
    }
    EXPECT_THAT(lines,
                ElementsAre("Client me sending CONNECT", "Client me received CONNACK (0)",
                            "Client me sending PUBLISH (d0, q1, r0, m1, 'a', ... (0 bytes))"));
}

}  // namespace
}  // namespace mq::client
