#include "broker/control/live_commands.hpp"

#include "broker/control/control_topics.hpp"
#include "broker/core/world.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mq::broker::test {
namespace {

namespace json = boost::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* topic = "$CONTROL/mqhome/v1";

/// Keeps what was answered.
struct Spy final : Control {
    ControlTopics topics;
    std::vector<std::string> responses;

    bool answer(const ControlRequest& request, ControlDesk& desk, Respond respond) override {
        return topics.answer(request, desk, [this, respond](std::string text) {
            responses.push_back(text);
            respond(std::move(text));
        });
    }
};

/// A broker of one or three shards, with an administrator on the last one.
struct LiveCommands : testing::TestWithParam<ShardIndex> {
    World world{GetParam(), true};
    Spy spy;
    LogMask types = log_mask_default;
    Client* admin = nullptr;

    LiveCommands() {
        LiveSources sources;
        sources.listeners = [] {
            OpenListener one;
            one.connections = 7;
            return std::vector<OpenListener>{one};
        };
        sources.log_types = [this] { return types; };
        sources.set_log_types = [this](LogMask mask) { types = mask; };
        spy.topics.open("mqhome", live_commands(std::move(sources)), live_request_bytes_max);
        world.control.instead = &spy;
    }
    void administrator_comes() {
        admin = &world.client(mqtt::Version::v5, last_shard());
        admin->connects("~admin");
    }
    [[nodiscard]] ShardIndex last_shard() const { return static_cast<ShardIndex>(GetParam() - 1); }
    Client& on_any_shard(const std::string& id, std::uint32_t expiry = 0) {
        static ShardIndex next = 0;
        Client& client = world.client(mqtt::Version::v5, next++ % GetParam());
        client.connects(id, true, expiry);
        return client;
    }
    /// The response to one command, given with its members.
    json::object ask(const std::string& command, const std::string& members = "") {
        const std::string request = R"({"commands":[{"command":")" + command + "\"" +
                                    (members.empty() ? "" : "," + members) + "}]}";
        if (admin == nullptr) {
            administrator_comes();
        }
        spy.responses.clear();
        admin->publishes(topic, request);
        for (int i = 0; i < 2000 && spy.responses.empty(); ++i) {
            world.passes(std::chrono::milliseconds(1));
        }
        if (spy.responses.empty()) {
            return {{"error", "no response"}};
        }
        return json::parse(spy.responses.front()).at("responses").at(0).as_object();
    }
    json::object data(const std::string& command, const std::string& members = "") {
        const json::object response = ask(command, members);
        EXPECT_FALSE(response.contains("error")) << json::serialize(response);
        return response.contains("data") ? response.at("data").as_object() : json::object();
    }
    std::string error(const std::string& command, const std::string& members = "") {
        const json::object response = ask(command, members);
        return response.contains("error") ? std::string(response.at("error").as_string())
                                          : "no error";
    }
    static std::vector<std::string> column(const json::value& list, std::string_view name) {
        std::vector<std::string> values;
        for (const auto& entry : list.as_array()) {
            values.emplace_back(entry.at({name.data(), name.size()}).as_string());
        }
        return values;
    }
    void retains(const std::string& where, const std::string& payload) {
        Client& client = on_any_shard("publisher of " + where);
        client.publishes(where, payload, 1, 1, true);
        client.sends(disconnect(mqtt::ReasonCode::success));
        world.settles();
    }
    std::vector<std::string> retained_topics(const std::string& filter = "#") {
        return column(
            data("listRetained", R"("count":1000,"filter":")" + filter + "\"").at("retained"),
            "topic");
    }
};

INSTANTIATE_TEST_SUITE_P(Shards, LiveCommands, testing::Values(1, 3));

TEST_P(LiveCommands, ClientsOfAllShardsAreListedInOrder) {
    for (const char* id : {"d", "b", "a", "c"}) {
        on_any_shard(id);
    }
    Client& away = on_any_shard("away", 100);
    away.breaks();
    const json::object told = data("listClients");
    EXPECT_THAT(column(told.at("clients"), "clientid"), ElementsAre("a", "b", "c", "d", "~admin"));
    EXPECT_EQ(told.at("totalCount").to_number<int>(), 5);
    EXPECT_FALSE(told.at("more").as_bool());
    EXPECT_THAT(column(data("listSessions").at("sessions"), "clientid"),
                ElementsAre("a", "away", "b", "c", "d", "~admin"));
}

TEST_P(LiveCommands, APageEndsWhereTheNextBegins) {
    for (int i = 0; i < 25; ++i) {
        on_any_shard("c" + std::to_string(10 + i));
    }
    std::vector<std::string> all;
    std::string after;
    int pages = 0;
    for (bool more = true; more; ++pages) {
        const json::object page = data("listClients", R"("count":10,"after":")" + after + "\"");
        for (const std::string& id : column(page.at("clients"), "clientid")) {
            all.push_back(id);
        }
        more = page.at("more").as_bool();
        after = more ? std::string(page.at("next").as_string()) : "";
    }
    EXPECT_EQ(pages, 3);
    ASSERT_EQ(all.size(), 26U);
    EXPECT_TRUE(std::is_sorted(all.begin(), all.end()));
    EXPECT_THAT(column(data("listClients", R"("count":2,"offset":3)").at("clients"), "clientid"),
                ElementsAre("c13", "c14"));
}

TEST_P(LiveCommands, ManySessionsAreWalkedBitByBit) {
    world.limits.retained_search_nodes = 20;
    for (int i = 0; i < 300; ++i) {
        on_any_shard("c" + std::to_string(1000 + i));
    }
    administrator_comes();
    admin->publishes(topic, R"({"commands":[{"command":"listClients","count":1000}]})");
    world.settles();
    world.passes(std::chrono::milliseconds(2));
    EXPECT_THAT(spy.responses, IsEmpty());
    const Time before = world.now();
    EXPECT_EQ(data("listClients", R"("count":1000)").at("totalCount").to_number<int>(), 301);
    EXPECT_GE(world.now() - before, std::chrono::milliseconds(4));
}

TEST_P(LiveCommands, AClientIsShownWithItsSubscriptions) {
    Client& client = on_any_shard("one", 60);
    client.subscribes("b/#", qos(1));
    client.subscribes("a");
    client.subscribes("$share/g/x", qos(2));
    const json::object told = data("getClient", R"("clientid":"one")").at("client").as_object();
    EXPECT_EQ(
        json::serialize(told.at("subscriptions")),
        R"([{"filter":"$share/g/x","qos":2},{"filter":"a","qos":0},{"filter":"b/#","qos":1}])");
    EXPECT_TRUE(told.at("connected").as_bool());
    EXPECT_EQ(told.at("protocol").as_string(), "5.0");
    EXPECT_EQ(told.at("expiryInterval").to_number<int>(), 60);
    EXPECT_EQ(error("getClient", R"("clientid":"nobody")"), "Client not found");
    EXPECT_EQ(error("getClient"), "Invalid/missing clientid");
    EXPECT_EQ(error("getClient", R"("clientid":7)"), "Invalid/missing clientid");
}

TEST_P(LiveCommands, AClientIsDisconnected) {
    Client& client = on_any_shard("victim", 60);
    client.reads();
    EXPECT_EQ(error("disconnectClient", R"("clientid":"victim")"), "no error");
    EXPECT_THAT(client.reads(), ElementsAre("DISCONNECT reason_code=0x98"));
    EXPECT_TRUE(client.closed_by_broker());
    EXPECT_EQ(error("disconnectClient", R"("clientid":"victim")"), "Client not connected");
    EXPECT_EQ(error("disconnectClient", R"("clientid":"nobody")"), "Client not found");
    EXPECT_TRUE(world.log.has("Client victim is disconnected by order of ~admin."));
}

TEST_P(LiveCommands, WhoeverDisconnectsItselfIsGone) {
    administrator_comes();
    admin->publishes(topic, R"({"commands":[{"command":"disconnectClient","clientid":"~admin"}]})",
                     1, 1);
    world.passes(std::chrono::milliseconds(10));
    EXPECT_TRUE(admin->closed_by_broker());
    EXPECT_EQ(spy.responses.size(), 1U);
}

TEST_P(LiveCommands, ASessionIsDeleted) {
    Client& away = on_any_shard("away", 1000);
    away.subscribes("t");
    away.breaks();
    EXPECT_EQ(error("deleteSession", R"("clientid":"away")"), "no error");
    EXPECT_EQ(error("getClient", R"("clientid":"away")"), "Client not found");
    EXPECT_EQ(world.journal.find("away"), nullptr);
    EXPECT_EQ(error("deleteSession", R"("clientid":"away")"), "Client not found");
    Client& here = on_any_shard("here", 1000);
    EXPECT_EQ(error("deleteSession", R"("clientid":"here")"), "Client is connected");
    EXPECT_FALSE(here.closed_by_broker());
    EXPECT_EQ(error("deleteSession", R"("clientid":"here","force":true)"), "no error");
    EXPECT_TRUE(here.closed_by_broker());
    EXPECT_EQ(error("getClient", R"("clientid":"here")"), "Client not found");
    EXPECT_THAT(world.client().connects("away", false),
                ElementsAre(testing::Not(HasSubstr("session_present"))));
}

TEST_P(LiveCommands, LargestQueuesComeFirst) {
    for (const char* id : {"small", "large", "none"}) {
        Client& client = on_any_shard(id, 1000);
        client.subscribes(std::string("to/") + id, qos(1));
        client.breaks();
    }
    Client& publisher = on_any_shard("publisher");
    publisher.publishes("to/small", "1", 1, 1);
    for (mqtt::PacketId id = 2; id < 5; ++id) {
        publisher.publishes("to/large", "12345", 1, id);
    }
    const json::object told = data("topQueues");
    EXPECT_THAT(column(told.at("queues"), "clientid"), ElementsAre("large", "small"));
    EXPECT_EQ(told.at("queues").at(0).at("queuedBytes").to_number<int>(), 15);
    EXPECT_EQ(told.at("queues").at(0).at("queuedMessages").to_number<int>(), 3);
    EXPECT_THAT(column(data("topQueues", R"("count":1)").at("queues"), "clientid"),
                ElementsAre("large"));
}

TEST_P(LiveCommands, RetainedMessagesOfAllShardsAreListedInOrder) {
    for (const char* where : {"b", "a/2", "a", "a/10", "a/1/x", "c/d/e", "a-b"}) {
        retains(where, "payload");
    }
    EXPECT_THAT(retained_topics(), ElementsAre("a", "a/1/x", "a/10", "a/2", "a-b", "b", "c/d/e"));
    EXPECT_THAT(retained_topics("a/+"), ElementsAre("a/10", "a/2"));
    EXPECT_THAT(retained_topics("b"), ElementsAre("b"));
    const json::object told = data("listRetained", R"("filter":"b")");
    EXPECT_EQ(json::serialize(told.at("retained")),
              R"([{"topic":"b","bytes":7,"qos":1,"clientid":"publisher of b"}])");
}

TEST_P(LiveCommands, PagesOfRetainedMessagesHaveEachOnce) {
    world.limits.retained_search_nodes = 7;
    std::vector<std::string> wanted;
    for (int i = 100; i < 150; ++i) {
        wanted.push_back("t/" + std::to_string(i % 7) + "/" + std::to_string(i));
        retains(wanted.back(), "p");
    }
    std::sort(wanted.begin(), wanted.end());
    std::vector<std::string> all;
    std::string after;
    for (bool more = true; more;) {
        const json::object page = data("listRetained", R"("count":8,"after":")" + after + "\"");
        const auto topics = column(page.at("retained"), "topic");
        ASSERT_LE(topics.size(), 8U);
        all.insert(all.end(), topics.begin(), topics.end());
        more = page.at("more").as_bool();
        after = more ? std::string(page.at("next").as_string()) : "";
    }
    EXPECT_EQ(all, wanted);
}

TEST_P(LiveCommands, PayloadsOfAPageHaveALimit) {
    for (const char* where : {"a", "b", "c", "d"}) {
        retains(where, std::string(400'000, 'x'));
    }
    const json::object page = data("getRetained");
    EXPECT_THAT(column(page.at("retained"), "topic"), ElementsAre("a"));
    EXPECT_TRUE(page.at("more").as_bool());
    EXPECT_THAT(column(data("getRetained", R"("after":"c")").at("retained"), "topic"),
                ElementsAre("d"));
}

TEST_P(LiveCommands, WhatIsExportedCanBeImported) {
    Client& client = on_any_shard("p");
    mqtt::Publish packet;
    packet.topic = "with/properties";
    packet.qos = mqtt::QoS::at_least_once;
    packet.packet_id = 1;
    packet.retain = true;
    const std::string payload = "\xff\x01 bytes";
    packet.payload = {reinterpret_cast<const std::uint8_t*>(payload.data()), payload.size()};
    packet.properties.content_type = "text/x";
    packet.properties.message_expiry_interval = 100;
    client.sends(packet);
    const json::object message = data("getRetained").at("retained").at(0).as_object();
    const std::string members = json::serialize(message);
    EXPECT_EQ(data("deleteRetained", R"("filter":"#")").at("deleted").to_number<int>(), 1);
    EXPECT_THAT(retained_topics(), IsEmpty());
    Client& subscriber = on_any_shard("s");
    subscriber.subscribes("with/#");
    EXPECT_EQ(error("setRetained", members.substr(1, members.size() - 2)), "no error");
    EXPECT_EQ(json::serialize(data("getRetained").at("retained").at(0)), members);
    EXPECT_THAT(subscriber.reads(), ElementsAre(HasSubstr("content_type=\"text/x\"")));
    EXPECT_EQ(world.journal.retained.size(), 1U);
}

TEST_P(LiveCommands, WhatNoClientCouldRetainIsRefused) {
    const std::string payload = R"("payload":"eA==")";
    EXPECT_EQ(error("setRetained", R"("topic":"a/#",)" + payload), "Invalid topic or properties");
    EXPECT_EQ(error("setRetained", R"("topic":"$SYS/x",)" + payload), "Invalid topic");
    EXPECT_EQ(error("setRetained", R"("topic":"$CONTROL/x",)" + payload), "Invalid topic");
    EXPECT_EQ(error("setRetained", payload), "Invalid/missing topic");
    EXPECT_EQ(error("setRetained", R"("topic":"a")"), "Invalid/missing payload");
    EXPECT_EQ(error("setRetained", R"("topic":"a","payload":"no base64")"),
              "Invalid payload: it must be Base64");
    EXPECT_EQ(error("setRetained", R"("topic":"a","properties":"AAAA",)" + payload),
              "Invalid topic or properties");
    EXPECT_EQ(error("setRetained", R"("topic":"a","qos":3,)" + payload),
              "Invalid qos: it must be a number from 0 to 2");
    EXPECT_THAT(retained_topics(), IsEmpty());
    world.limits.global_max_retained_messages = 1;
    retains("first", "x");
    EXPECT_EQ(error("setRetained", R"("topic":"a",)" + payload), "Too many retained messages");
}

TEST_P(LiveCommands, RetainedMessagesAreDeletedByFilterBitByBit) {
    world.limits.retained_search_nodes = 10;
    for (int i = 0; i < 60; ++i) {
        retains("x/" + std::to_string(i), "p");
    }
    retains("y", "p");
    EXPECT_EQ(data("deleteRetained", R"("filter":"x/+")").at("deleted").to_number<int>(), 60);
    EXPECT_THAT(retained_topics(), ElementsAre("y"));
    EXPECT_EQ(world.journal.retained.size(), 1U);
    EXPECT_EQ(data("deleteRetained", R"("filter":"none")").at("deleted").to_number<int>(), 0);
    EXPECT_EQ(error("deleteRetained"), "Invalid/missing filter");
    EXPECT_EQ(error("deleteRetained", R"("filter":"a#")"), "Invalid filter");
    EXPECT_EQ(error("deleteRetained", R"("filter":"$SYS/#")"),
              "Topics of $SYS are the broker's own");
}

TEST_P(LiveCommands, NumbersOfAPageHaveLimits) {
    for (const char* members :
         {R"("count":0)", R"("count":1001)", R"("count":-1)", R"("count":"1")", R"("count":1.5)"}) {
        EXPECT_EQ(error("listClients", members),
                  "Invalid count: it must be a number from 1 to 1000");
    }
    EXPECT_THAT(error("listClients", R"("offset":10001)"), HasSubstr("Invalid offset"));
    EXPECT_THAT(error("listRetained", R"("after":"a/#")"), "Invalid after");
    EXPECT_EQ(error("deleteSession", R"("clientid":"x","force":1)"),
              "Invalid force: it must be true or false");
}

TEST_P(LiveCommands, CommandsOfOneRequestAreDoneInOrder) {
    administrator_comes();
    std::string request;
    for (int i = 0; i < 300; ++i) {
        request += std::string(i == 0 ? "" : ",") + R"({"command":"setRetained","topic":"t)" +
                   std::to_string(i % 3) + R"(","payload":"eA=="})";
    }
    admin->publishes(
        topic, R"({"commands":[)" + request + R"(,{"command":"deleteRetained","filter":"#"}]})");
    for (int i = 0; i < 1000 && spy.responses.empty(); ++i) {
        world.passes(std::chrono::milliseconds(1));
    }
    ASSERT_EQ(spy.responses.size(), 1U);
    const json::value response = json::parse(spy.responses.front());
    EXPECT_EQ(response.at("responses").at(300).at("data").at("deleted").to_number<int>(), 3);
}

TEST_P(LiveCommands, TooManyRequestsAtATimeAreRefused) {
    administrator_comes();
    admin->subscribes("$CONTROL/mqhome/v1/response");
    admin->reads();
    for (mqtt::PacketId id = 1; id <= 17; ++id) {
        admin->publishes(topic, R"({"commands":[{"command":"listClients"}]})", 1, id);
    }
    EXPECT_THAT(admin->reads(), testing::Contains(HasSubstr("Too many req")));
    world.passes(std::chrono::seconds(1));
    EXPECT_EQ(spy.responses.size(), 16U);
    EXPECT_EQ(error("listClients"), "no error");
}

TEST_P(LiveCommands, WhoHasAskedMayBeGoneWhenTheAnswerComes) {
    administrator_comes();
    admin->publishes(topic, R"({"commands":[{"command":"listClients"}]})");
    admin->breaks();
    world.passes(std::chrono::seconds(1));
    EXPECT_EQ(spy.responses.size(), 1U);
}

TEST_P(LiveCommands, ListenersAndTypesOfLogLinesAreTold) {
    EXPECT_EQ(json::serialize(data("listListeners")),
              R"({"listeners":[{"port":1883,"protocol":"mqtt","tls":false,"connections":7}]})");
    EXPECT_EQ(json::serialize(data("getLogLevel")),
              R"({"types":["error","warning","notice","information"]})");
    EXPECT_EQ(json::serialize(data("setLogLevel", R"("types":["debug","error"])")),
              R"({"types":["error","debug"]})");
    EXPECT_EQ(types, log_mask(LogType::debug) | log_mask(LogType::error));
    data("setLogLevel", R"("types":["all"])");
    EXPECT_EQ(types, log_mask_all);
    data("setLogLevel", R"("types":["none"])");
    EXPECT_EQ(types, 0);
    EXPECT_THAT(error("setLogLevel", R"("types":["loud"])"), HasSubstr("Invalid types"));
    EXPECT_EQ(error("setLogLevel", R"("types":"all")"), "Invalid/missing types");
}

}  // namespace
}  // namespace mq::broker::test
