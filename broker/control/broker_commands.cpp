#include "broker/control/broker_commands.hpp"

#include <boost/json/array.hpp>

#include <utility>

namespace mq::broker {
namespace {

namespace json = boost::json;

const char* protocol_name(ListenerProtocol protocol) {
    switch (protocol) {
        case ListenerProtocol::websockets:
            return "mqtt+websockets";
        case ListenerProtocol::automatic:
            return "auto";
        case ListenerProtocol::http_api:
            return "httpapi";
        case ListenerProtocol::mqtt:
            break;
    }
    return "mqtt";
}

}  // namespace

json::object describe(const ListenerConfig& listener) {
    json::object entry{{"port", listener.port}, {"protocol", protocol_name(listener.protocol)}};
    if (!listener.host.empty()) {
        entry["bind-address"] = listener.host;
    }
    if (listener.is_unix()) {
        entry["socket-path"] = listener.unix_path;
    }
    entry["tls"] = listener.tls();
    return entry;
}

Commands broker_commands(ListenerSource listeners) {
    return {
        {"listPlugins",
         [](const json::object&, const Identity&) {
             return CommandResult{{{"plugins", json::array()}}};
         }},
        {"listListeners", [listeners = std::move(listeners)](const json::object&, const Identity&) {
             json::array list;
             for (const ListenerConfig& listener : listeners()) {
                 list.push_back(describe(listener));
             }
             return CommandResult{{{"listeners", std::move(list)}}};
         }}};
}

}  // namespace mq::broker
