#include "tests/broker/net/running_shard.hpp"
#include "tests/support/raw_client.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace mq::broker::test {
namespace {

using namespace mq::test;

std::unique_ptr<RawClient> connected(const RunningShard& shard, std::string_view id,
                                     int receive_buffer_bytes = 0) {
    auto client = std::make_unique<RawClient>(shard.port(), receive_buffer_bytes);
    client->send(connect_packet(id));
    EXPECT_EQ(client->receive_packet(), connack);
    return client;
}

std::unique_ptr<RawClient> subscribed(const RunningShard& shard, std::string_view id,
                                      std::string_view filter, int qos = 0,
                                      int receive_buffer_bytes = 0) {
    auto client = connected(shard, id, receive_buffer_bytes);
    client->send(subscribe_packet(filter, qos));
    EXPECT_EQ(client->receive_packet().front(), '\x90');
    return client;
}

void expect_alive(const RawClient& client) {
    client.send(pingreq);
    EXPECT_EQ(client.receive_packet(), pingresp);
}

TEST(Tcp, PublishReachesSubscriber) {
    RunningShard shard;
    const auto subscriber = subscribed(shard, "s", "a/#");
    connected(shard, "p")->send(publish_packet("a/b", "hello"));
    EXPECT_EQ(subscriber->receive_packet(), publish_packet("a/b", "hello"));
}

// [MQTT-4.2.0-1] [MQTT311-4.2.0-1] [MQTT311-7.1.1-1]
TEST(Tcp, PacketsMayComeByteByByte) {
    RunningShard shard;
    const auto client = connected(shard, "c");
    const std::string bytes = subscribe_packet("t") + publish_packet("t", "slow");
    for (const char byte : bytes) {
        client->send({&byte, 1});
    }
    EXPECT_EQ(client->receive_packet().front(), '\x90');
    EXPECT_EQ(client->receive_packet(), publish_packet("t", "slow"));
}

// [MQTT-4.2.0-1] [MQTT311-4.2.0-1] [MQTT311-7.1.1-1]
TEST(Tcp, AllPacketsOfOneSegmentAreServedInOrder) {
    RunningShard shard;
    const RawClient client(shard.port());
    client.send(connect_packet("c") + subscribe_packet("t") + publish_packet("t", "1") +
                publish_packet("t", "2") + pingreq);
    EXPECT_EQ(client.receive_packet(), connack);
    EXPECT_EQ(client.receive_packet().front(), '\x90');
    EXPECT_EQ(client.receive_packet(), publish_packet("t", "1"));
    EXPECT_EQ(client.receive_packet(), publish_packet("t", "2"));
    EXPECT_EQ(client.receive_packet(), pingresp);
}

TEST(Tcp, PacketLargerThanTheReadBufferArrivesWhole) {
    RunningShard shard;
    const auto subscriber = subscribed(shard, "s", "big");
    const auto publisher = connected(shard, "p");
    std::string payload(1'000'000, 'x');
    payload.back() = 'y';
    publisher->send(publish_packet("big", payload) + publish_packet("big", "next"));
    EXPECT_EQ(subscriber->receive_packet(), publish_packet("big", payload));
    EXPECT_EQ(subscriber->receive_packet(), publish_packet("big", "next"));
}

TEST(Tcp, LargeAndSmallPacketsInAnyOrderArriveWhole) {
    Limits limits;
    limits.message_size_limit = 150'000;
    RunningShard shard({}, limits);
    const auto subscriber = subscribed(shard, "s", "big", 1);
    const auto publisher = connected(shard, "p");
    const std::size_t sizes[] = {70'000, 70'000, 5,      65'536, 65'536, 100'000, 70'000, 0,
                                 40'000, 31'000, 40'000, 1,      1,      140'000, 65'536, 65'536};
    std::string sent;
    std::vector<std::string> payloads;
    for (const std::size_t size : sizes) {
        payloads.emplace_back(size, static_cast<char>('a' + payloads.size()));
        sent += publish_packet("big", payloads.back(), 1, static_cast<int>(payloads.size()));
    }
    std::thread sender([&] {
        publisher->send(sent);
        // Once more in pieces, so that packets are cut anywhere.
        for (std::string_view rest = sent; !rest.empty();) {
            const std::string_view piece = rest.substr(0, 9'973);
            publisher->send(piece);
            rest.remove_prefix(piece.size());
        }
    });
    for (std::size_t i = 0; i < 2 * payloads.size(); ++i) {
        const std::string& payload = payloads[i % payloads.size()];
        const std::string got = subscriber->receive_packet();
        const auto id = static_cast<int>(i + 1);
        EXPECT_TRUE(got == publish_packet("big", payload, 1, id)) << i << ": " << got.size();
        subscriber->send(puback_packet({got.data() + got.size() - payload.size() - 2, 2}));
    }
    sender.join();
    for (std::size_t i = 0; i < 2 * payloads.size(); ++i) {
        EXPECT_EQ(publisher->receive_packet().front(), '\x40');
    }
}

TEST(Tcp, APacketLargerThanItMayBeEndsTheConnectionAlsoBehindALargeOne) {
    Limits limits;
    limits.max_packet_size = 80'000;
    RunningShard shard({}, limits);
    const auto subscriber = subscribed(shard, "s", "big");
    const auto publisher = connected(shard, "p");
    const std::string payload(70'000, 'x');
    publisher->send(publish_packet("big", payload) + publish_packet("big", payload));
    EXPECT_EQ(subscriber->receive_packet(), publish_packet("big", payload));
    EXPECT_EQ(subscriber->receive_packet(), publish_packet("big", payload));
    publisher->send(publish_packet("big", std::string(90'000, 'x')).substr(0, 10));
    EXPECT_TRUE(publisher->closed());
}

TEST(Tcp, BytesBehindAConnectWaitForTheLogin) {
    RunningShard shard;
    const RawClient client(shard.port());
    client.send(connect_packet("c", "user", "secret") + pingreq);
    const ConnectionId id = shard.access.wait_for_login();
    client.send(pingreq);
    shard.shard->post([&] {
        shard.shard->broker().login_done(id, mqtt::ReasonCode::success, shard.shard->now());
    });
    EXPECT_EQ(client.receive_packet(), connack);
    EXPECT_EQ(client.receive_packet(), pingresp);
    EXPECT_EQ(client.receive_packet(), pingresp);
}

TEST(Tcp, RefusedLoginIsToldBeforeTheEnd) {
    RunningShard shard;
    const RawClient client(shard.port());
    client.send(connect_packet("c", "user", "wrong") + pingreq);
    const ConnectionId id = shard.access.wait_for_login();
    shard.shard->post([&] {
        shard.shard->broker().login_done(id, mqtt::ReasonCode::not_authorized, shard.shard->now());
    });
    EXPECT_EQ(client.receive_packet(), connack_not_authorized);
    EXPECT_TRUE(client.closed());
}

TEST(Tcp, GarbageIsClosedAndDisturbsNobody) {
    RunningShard shard;
    const auto witness = connected(shard, "w");
    const RawClient client(shard.port());
    client.try_send(std::string(100, '\xFF'));
    EXPECT_TRUE(client.closed());
    expect_alive(*witness);
}

TEST(Tcp, OversizePacketIsToldBeforeTheEnd) {
    Limits limits;
    limits.max_packet_size = 1000;
    RunningShard shard({}, limits);
    const RawClient client(shard.port());
    client.send(connect_packet_v5("c"));
    EXPECT_EQ(client.receive_packet().front(), '\x20');
    client.try_send(publish_packet("t", std::string(500'000, 'x')));
    EXPECT_EQ(client.receive_packet().substr(0, 3), std::string("\xE0\x01\x95", 3));
    EXPECT_TRUE(client.closed());
}

TEST(Tcp, ManySilentAndBrokenClientsDisturbNobody) {
    RunningShard shard;
    const auto subscriber = subscribed(shard, "s", "t");
    std::vector<std::unique_ptr<RawClient>> crowd;
    for (int i = 0; i < 200; ++i) {
        crowd.push_back(std::make_unique<RawClient>(shard.port()));
        switch (i % 4) {
            case 1:
                crowd.back()->try_send("GET / HTTP/1.1\r\n\r\n");
                break;
            case 2:
                crowd.back()->try_send(connect_packet("half").substr(0, 9));
                break;
            case 3:
                crowd.back()->try_send(connect_packet("long" + std::to_string(i)) +
                                       std::string("\x30\xFF\xFF\x7F half", 9));
                break;
            default:
                break;
        }
    }
    connected(shard, "p")->send(publish_packet("t", "still here"));
    EXPECT_EQ(subscriber->receive_packet(), publish_packet("t", "still here"));
}

// [MQTT-4.2.0-1] [MQTT311-4.2.0-1] [MQTT311-7.1.1-1]
TEST(Tcp, SlowReaderLosesNothingAtQos1) {
    constexpr int messages = 200;
    RunningShard shard;
    const auto subscriber = subscribed(shard, "s", "t", 1, 4096);
    const auto publisher = connected(shard, "p");
    const std::string payload(50'000, 'x');
    for (int i = 1; i <= messages; ++i) {
        publisher->send(publish_packet("t", std::to_string(i) + payload, 1, i));
        EXPECT_EQ(publisher->receive_packet().front(), '\x40');
    }
    for (int i = 1; i <= messages; ++i) {
        const std::string packet = subscriber->receive_packet();
        ASSERT_GT(packet.size(), payload.size());
        const std::size_t id = packet.size() - payload.size() - std::to_string(i).size() - 2;
        EXPECT_EQ(packet.substr(id + 2), std::to_string(i) + payload);
        subscriber->send(puback_packet(packet.substr(id, 2)));
    }
}

TEST(Tcp, FloodStarvesNobody) {
    RunningShard shard;
    const auto witness = connected(shard, "w");
    const auto flooder = connected(shard, "f");
    std::atomic<bool> stop{false};
    std::string flood;
    while (flood.size() < 1'000'000) {
        flood += publish_packet("nobody/listens", std::string(100, 'x'));
    }
    std::thread thread([&] {
        while (!stop && flooder->try_send(flood)) {
        }
    });
    for (int i = 0; i < 100; ++i) {
        expect_alive(*witness);
    }
    stop = true;
    thread.join();
}

TEST(Tcp, AnswersThatNobodyReadsStopTheReading) {
    RunningShard shard;
    const auto witness = connected(shard, "w");
    const auto deaf = connected(shard, "d", 4096);
    const timeval patience{0, 200'000};
    ::setsockopt(deaf->descriptor(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    std::string pings;
    for (int i = 0; i < 100'000; ++i) {
        pings += pingreq;
    }
    std::size_t sent = 0;
    while (sent < 1000 && deaf->try_send(pings)) {
        ++sent;
    }
    EXPECT_LT(sent, 1000U);  // 200 MB of answers have not been piled up
    expect_alive(*witness);
}

TEST(Tcp, ClientsAreToldAtTheEnd) {
    RunningShard shard;
    const RawClient client(shard.port());
    client.send(connect_packet_v5("c"));
    EXPECT_EQ(client.receive_packet().front(), '\x20');
    shard.shard->post([&] {
        shard.shard->broker().shut_down(shard.shard->now());
        shard.shard->stop_when_empty();
    });
    EXPECT_EQ(client.receive_packet().substr(0, 3), std::string("\xE0\x01\x8B", 3));
    EXPECT_TRUE(client.closed());
}

TEST(Listener, ConnectionBeyondTheLimitIsClosedAndLogged) {
    ListenerConfig config;
    config.max_connections = 1;
    RunningShard shard(config);
    const auto first = connected(shard, "1");
    EXPECT_TRUE(RawClient(shard.port()).closed());
    EXPECT_TRUE(
        shard.log.wait_for("Client connection from 127.0.0.1 denied: max_connections exceeded."));
    expect_alive(*first);
}

TEST(Listener, LimitOverAllListenersHolds) {
    RunningShard shard({}, {}, {}, 1);
    const auto first = connected(shard, "1");
    EXPECT_TRUE(RawClient(shard.port()).closed());
    expect_alive(*first);
}

TEST(Listener, PlaceOfAClosedConnectionIsFreeAgain) {
    ListenerConfig config;
    config.max_connections = 1;
    RunningShard shard(config);
    {
        const auto first = connected(shard, "1");
        first->send(disconnect_packet);
        EXPECT_TRUE(first->closed());
    }
    ASSERT_TRUE(shard.log.wait_for("Client 1 [127.0.0.1"));
    expect_alive(*connected(shard, "2"));
}

TEST(Listener, AcceptIsLogged) {
    RunningShard shard;
    const auto client = connected(shard, "c");
    EXPECT_TRUE(shard.log.wait_for(" on port " + std::to_string(shard.port()) + "."));
    EXPECT_TRUE(shard.log.wait_for("New connection from 127.0.0.1:"));
}

TEST(Listener, PortInUseIsAProblem) {
    RunningShard shard;
    ConnectionCount count;
    ListenerConfig config;
    config.host = "127.0.0.1";
    config.port = shard.port();
    auto other = std::move(*Shard::create(shard.log));
    const auto opened = Listener::open(*other, config, 0, count, nullptr);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().exit_code, 1);
    EXPECT_NE(opened.error().what.find("Address already in use"), std::string::npos);
}

}  // namespace
}  // namespace mq::broker::test
