#include "broker/control/broker_commands.hpp"

#include "broker/control/command_frame.hpp"
#include "tests/broker/control/no_desk.hpp"

#include <gtest/gtest.h>

namespace mq::broker {
namespace {

std::string ask(const std::string& command, std::vector<ListenerConfig> listeners) {
    const std::string request = R"({"commands":[{"command":")" + command + "\"}]}";
    NoDesk desk;
    std::string response;
    run_commands({"t", {reinterpret_cast<const std::uint8_t*>(request.data()), request.size()}, {}},
                 std::make_shared<CommandSet>(CommandSet{
                     broker_commands([listeners] { return listeners; }), request_bytes_max}),
                 desk, [&](std::string text) { response = std::move(text); });
    return response;
}

TEST(BrokerCommands, ListenersAreTold) {
    ListenerConfig plain;
    ListenerConfig web;
    web.port = 9001;
    web.host = "127.0.0.1";
    web.protocol = ListenerProtocol::websockets;
    web.certfile = "c";
    web.keyfile = "k";
    ListenerConfig local;
    local.port = 0;
    local.unix_path = "run/mqtt";
    EXPECT_EQ(ask("listListeners", {plain, web, local}),
              R"({"responses":[{"command":"listListeners","data":{"listeners":[)"
              R"({"port":1883,"protocol":"mqtt","tls":false},)"
              R"({"port":9001,"protocol":"mqtt+websockets","bind-address":"127.0.0.1","tls":true},)"
              R"({"port":0,"protocol":"mqtt","socket-path":"run/mqtt","tls":false}]}}]})");
}

TEST(BrokerCommands, EachProtocolHasAName) {
    ListenerConfig any;
    any.protocol = ListenerProtocol::automatic;
    ListenerConfig web;
    web.protocol = ListenerProtocol::http_api;
    EXPECT_EQ(ask("listListeners", {any, web}),
              R"({"responses":[{"command":"listListeners","data":{"listeners":[)"
              R"({"port":1883,"protocol":"auto","tls":false},)"
              R"({"port":1883,"protocol":"httpapi","tls":false}]}}]})");
}

TEST(BrokerCommands, ThereAreNoPlugins) {
    EXPECT_EQ(ask("listPlugins", {}),
              R"({"responses":[{"command":"listPlugins","data":{"plugins":[]}}]})");
}

}  // namespace
}  // namespace mq::broker
