#include "broker/control/command_frame.hpp"

#include "tests/broker/control/no_desk.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace mq::broker {
namespace {

namespace json = boost::json;

mqtt::Bytes bytes(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// `echo` tells who asks and what, `quiet` succeeds, `fail` does not, `big` has much to tell.
const Commands& commands() {
    static const Commands all = {
        {"echo",
         [](const json::object& request, const Identity& client) {
             const json::value* text = find_member(request, "text");
             const std::string who(client.client_id);
             return CommandResult{
                 {{"who", who}, {"text", text == nullptr ? json::value() : *text}}};
         }},
        {"quiet", [](const json::object&, const Identity&) { return CommandResult(); }},
        {"fail",
         [](const json::object&, const Identity&) {
             return CommandResult{{}, "it did not work"};
         }},
        {"slow",
         {},
         [](const json::object&, const Identity& client, ControlDesk& desk, CommandDone done) {
             desk.run({}, [done, &client](const ErrandResult& result) {
                 done({{{"who", std::string(client.client_id)}}, result.error});
             });
         }},
        {"big",
         [](const json::object&, const Identity&) {
             return CommandResult{{{"much", std::string(100'000, 'x')}}};
         }},
    };
    return all;
}

struct Asked {
    NoDesk desk;
    std::string response;

    explicit Asked(std::string_view request) {
        const auto all = std::make_shared<CommandSet>(CommandSet{commands(), request_bytes_max});
        const std::string copy(request);  // gone when an errand is done
        run_commands({"t", bytes(copy), {"c", "anna", true, 0}}, all, desk,
                     [this](std::string text) { response = std::move(text); });
    }
    void answer_next(const std::string& error) {
        const auto order = std::move(desk.orders.front());
        desk.orders.erase(desk.orders.begin());
        order.then({{}, {}, 0, false, error});
    }
};

std::string run(std::string_view request) {
    return Asked(request).response;
}

std::string refused(const std::string& error) {
    return R"({"responses":[{"command":"Unknown command","error":")" + error + "\"}]}";
}

TEST(CommandFrame, CommandsAreAnsweredInTheirOrder) {
    EXPECT_EQ(run(R"({"commands":[{"command":"echo","text":"1","correlationData":"a"},)"
                  R"({"command":"quiet","correlationData":"b"},{"command":"fail"},)"
                  R"({"command":"other","correlationData":"c"},{"command":"quiet"}]})"),
              R"({"responses":[{"command":"echo","data":{"who":"c","text":"1"},)"
              R"("correlationData":"a"},{"command":"quiet","correlationData":"b"},)"
              R"({"command":"fail","error":"it did not work"},)"
              R"({"command":"other","error":"Unknown command","correlationData":"c"},)"
              R"({"command":"quiet"}]})");
}

TEST(CommandFrame, ACommandThatTakesLongerHoldsUpThoseBehindIt) {
    Asked asked(R"({"commands":[{"command":"quiet"},{"command":"slow"},{"command":"SLOW"},)"
                R"({"command":"fail"}]})");
    ASSERT_EQ(asked.desk.orders.size(), 1U);
    EXPECT_EQ(asked.response, "");
    asked.answer_next("");
    ASSERT_EQ(asked.desk.orders.size(), 1U);
    asked.answer_next("no");
    EXPECT_EQ(asked.response,
              R"({"responses":[{"command":"quiet"},{"command":"slow","data":{"who":"c"}},)"
              R"({"command":"SLOW","error":"no"},)"
              R"({"command":"fail","error":"it did not work"}]})");
}

TEST(CommandFrame, CaseDoesNotMatter) {
    EXPECT_EQ(run(R"({"COMMANDS":[{"Command":"ECHO","TEXT":1},{"command":"Quiet"}]})"),
              R"({"responses":[{"command":"echo","data":{"who":"c","text":1}},)"
              R"({"command":"Quiet"}]})");
}

TEST(CommandFrame, NothingAskedIsNothingAnswered) {
    EXPECT_EQ(run(R"({"commands":[],"more":1})"), R"({"responses":[]})");
}

TEST(CommandFrame, WhatIsNoRequestIsAnsweredWithAnError) {
    for (const char* request :
         {"", "{", "no", R"({"commands":[]} x)", R"({"commands":["\xff"]})", "{'commands':[]}"}) {
        EXPECT_EQ(run(request), refused("Payload not valid JSON")) << request;
    }
    for (const char* request : {"{}", "[]", "null", "1", R"({"commands":{}})"}) {
        EXPECT_EQ(run(request), refused("Invalid/missing commands")) << request;
    }
    EXPECT_EQ(run(R"({"commands":["quiet"]})"), refused("Command not an object"));
    EXPECT_EQ(run(R"({"commands":[{}]})"), refused("Missing command"));
    EXPECT_EQ(run(R"({"commands":[{"command":1}]})"), refused("Missing command"));
}

TEST(CommandFrame, AMalformedCommandEndsTheRequest) {
    EXPECT_EQ(run(R"({"commands":[{"command":"quiet"},7,{"command":"quiet"}]})"),
              R"({"responses":[{"command":"quiet"},)"
              R"({"command":"Unknown command","error":"Command not an object"}]})");
    EXPECT_EQ(
        run(R"({"commands":[{"command":"quiet","correlationData":1},{"command":"quiet"}]})"),
        R"({"responses":[{"command":"quiet","error":"Invalid correlationData data type."}]})");
}

TEST(CommandFrame, SizeAndDepthOfARequestHaveLimits) {
    const std::string at_most = R"({"commands":[]})";
    EXPECT_EQ(run(at_most + std::string(request_bytes_max - at_most.size(), ' ')),
              R"({"responses":[]})");
    EXPECT_EQ(run(at_most + std::string(request_bytes_max + 1 - at_most.size(), ' ')),
              refused("Payload too large"));
    const auto nested = [](std::size_t depth) {
        return R"({"commands":[],"x":)" + std::string(depth - 1, '[') +
               std::string(depth - 1, ']') + "}";
    };
    EXPECT_EQ(run(nested(request_depth_max)), R"({"responses":[]})");
    EXPECT_EQ(run(nested(request_depth_max + 1)), refused("Payload not valid JSON"));
    EXPECT_EQ(run(std::string(request_bytes_max, '[')), refused("Payload not valid JSON"));
}

TEST(CommandFrame, SizeOfAResponseHasALimit) {
    std::string request = R"({"commands":[{"command":"big"})";
    for (int i = 0; i < 100; ++i) {
        request += R"(,{"command":"big"})";
    }
    request += R"(,{"command":"quiet"}]})";
    const std::string response = run(request);
    EXPECT_LT(response.size(), response_bytes_max + 200'000);
    const json::value parsed = json::parse(response);
    const json::array& all = parsed.at("responses").as_array();
    ASSERT_EQ(all.size(), 102U);
    EXPECT_TRUE(all[0].as_object().contains("data"));
    EXPECT_EQ(all[100].at("error").as_string(),
              "The responses before are too large; ask again for this one alone");
    EXPECT_FALSE(all[101].as_object().contains("error"));
}

}  // namespace
}  // namespace mq::broker
