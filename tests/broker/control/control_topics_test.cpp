#include "broker/control/control_topics.hpp"

#include "tests/broker/control/no_desk.hpp"

#include <gtest/gtest.h>

#include <string>

namespace mq::broker {
namespace {

namespace json = boost::json;

Commands telling(const std::string& text) {
    return {{"tell", [text](const json::object&, const Identity&) {
                 return CommandResult{{{"text", text}}};
             }}};
}

std::string ask(ControlTopics& topics, std::string_view topic) {
    const std::string request = R"({"commands":[{"command":"tell"}]})";
    const mqtt::Bytes payload(reinterpret_cast<const std::uint8_t*>(request.data()),
                              request.size());
    std::string response = "nobody";
    NoDesk desk;
    const bool taken = topics.answer({topic, payload, {}}, desk,
                                     [&](std::string text) { response = std::move(text); });
    EXPECT_EQ(taken, response != "nobody");
    return response;
}

TEST(ControlTopics, EachNameHasItsOwnCommands) {
    ControlTopics topics;
    topics.open("one", telling("1"));
    topics.open("two", telling("2"));
    EXPECT_EQ(ask(topics, "$CONTROL/one/v1"),
              R"({"responses":[{"command":"tell","data":{"text":"1"}}]})");
    EXPECT_EQ(ask(topics, "$CONTROL/two/v1"),
              R"({"responses":[{"command":"tell","data":{"text":"2"}}]})");
}

TEST(ControlTopics, ElsewhereNobodyAnswers) {
    ControlTopics topics;
    topics.open("one", telling("1"));
    for (const char* topic : {"$CONTROL", "$CONTROL/", "$CONTROL/one", "$CONTROL/one/v2",
                              "$CONTROL/one/v1/response", "$CONTROL/two/v1", "one"}) {
        EXPECT_EQ(ask(topics, topic), "nobody") << topic;
    }
}

TEST(ControlTopics, ANameIsReplacedAndClosed) {
    ControlTopics topics;
    topics.open("one", telling("1"));
    topics.open("one", telling("2"));
    EXPECT_EQ(ask(topics, "$CONTROL/one/v1"),
              R"({"responses":[{"command":"tell","data":{"text":"2"}}]})");
    topics.close("one");
    EXPECT_EQ(ask(topics, "$CONTROL/one/v1"), "nobody");
    topics.close("one");
}

}  // namespace
}  // namespace mq::broker
