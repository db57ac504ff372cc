#include "broker/net/http_api.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <charconv>
#include <cstdint>
#include <string_view>

namespace mq::broker {
namespace {

namespace json = boost::json;

std::string_view protocol_name(ListenerProtocol protocol) {
    switch (protocol) {
        case ListenerProtocol::websockets:
            return "websockets";
        case ListenerProtocol::automatic:
            return "auto";
        case ListenerProtocol::http_api:
            return "httpapi";
        case ListenerProtocol::mqtt:
            break;
    }
    return "mqtt";
}

json::object describe(const ListenerConfig& listener) {
    json::object entry;
    if (listener.is_unix()) {
        entry["path"] = listener.unix_path;
    } else {
        entry["port"] = listener.port;
    }
    const std::string_view protocol = protocol_name(listener.protocol);
    entry["protocol"] = json::string_view(protocol.data(), protocol.size());
    entry["tls"] = listener.tls();
    entry["mtls"] = listener.require_certificate;
    entry["allow_anonymous"] = listener.allow_anonymous;
    return entry;
}

/// The number that a value begins with: `12`, `0.50`, `12 seconds`.
json::value number_of(std::string_view text) {
    const char* const end = text.data() + text.size();
    std::uint64_t whole = 0;
    const auto read = std::from_chars(text.data(), end, whole);
    if (read.ec == std::errc() && (read.ptr == end || *read.ptr == ' ')) {
        return whole;
    }
    double number = 0;
    std::from_chars(text.data(), end, number);
    return number;
}

}  // namespace

std::string listeners_document(std::span<const ListenerConfig> listeners) {
    json::array list;
    for (const ListenerConfig& listener : listeners) {
        list.push_back(describe(listener));
    }
    return json::serialize(json::object{{"listeners", std::move(list)}});
}

std::string systree_document(std::span<const SysTopics::Value> values) {
    json::object tree;
    for (const auto& [topic, text] : values) {
        tree[topic] = number_of(text);
    }
    return json::serialize(tree);
}

}  // namespace mq::broker
