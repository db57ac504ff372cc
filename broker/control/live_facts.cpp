#include "broker/control/live_facts.hpp"

#include "broker/auth/base64.hpp"

#include <boost/json/array.hpp>

#include <string>

namespace mq::broker {
namespace {

namespace json = boost::json;

const char* protocol_of(mqtt::Version version) {
    switch (version) {
        case mqtt::Version::v3_1:
            return "3.1";
        case mqtt::Version::v3_1_1:
            return "3.1.1";
        case mqtt::Version::v5:
            break;
    }
    return "5.0";
}

json::string text(std::string_view text) {
    return json::string(text.data(), text.size());
}

std::string base64(mqtt::Bytes bytes) {
    return base64_encode({reinterpret_cast<const char*>(bytes.data()), bytes.size()},
                         Padding::with);
}

/// Whole seconds until then, at least 1.
std::int64_t seconds_until(Time end, Time now) {
    return std::chrono::ceil<std::chrono::seconds>(end - now).count();
}

void add_connection(json::object& entry, const SessionFacts& session) {
    entry["address"] = text(session.address);
    entry["port"] = session.port;
    entry["listener"] = session.listener_port;
    entry["tls"] = session.tls;
    entry["keepalive"] = session.keep_alive;
    entry["waitingBytes"] = session.waiting_bytes;
}

void add_subscriptions(json::object& entry, const SessionFacts& session) {
    json::array list;
    for (const SubscriptionFacts& subscription : session.subscriptions) {
        json::object one{{"filter", text(subscription.filter)}};
        if (subscription.qos) {
            one["qos"] = static_cast<int>(*subscription.qos);
        }
        list.push_back(std::move(one));
    }
    entry["subscriptions"] = std::move(list);
}

}  // namespace

json::object describe(const SessionFacts& session, Time now) {
    json::object entry{{"clientid", text(session.client_id)}};
    if (session.has_user_name) {
        entry["username"] = text(session.user_name);
    }
    entry["connected"] = session.connected;
    if (session.connected) {
        add_connection(entry, session);
    }
    entry["protocol"] = protocol_of(session.version);
    if (session.expiry_interval == expiry_never) {
        entry["expiryInterval"] = "never";
    } else {
        entry["expiryInterval"] = session.expiry_interval;
    }
    if (session.expires != never) {
        entry["expiresIn"] = seconds_until(session.expires, now);
    }
    entry["subscriptionCount"] = session.subscription_count;
    entry["queuedMessages"] = session.queued_messages;
    entry["queuedBytes"] = session.queued_bytes;
    entry["inflightMessages"] = session.inflight_messages;
    if (!session.will_topic.empty()) {
        entry["willTopic"] = text(session.will_topic);
    }
    if (!session.subscriptions.empty()) {
        add_subscriptions(entry, session);
    }
    return entry;
}

json::object describe(const RetainedFacts& retained, Time now) {
    json::object entry{{"topic", text(retained.topic)},
                       {"bytes", retained.payload_bytes},
                       {"qos", static_cast<int>(retained.qos)}};
    if (retained.expires != never) {
        entry["expiresIn"] = seconds_until(retained.expires, now);
    }
    if (!retained.client_id.empty()) {
        entry["clientid"] = text(retained.client_id);
    }
    return entry;
}

json::object export_of(const RetainedFacts& retained, Time now) {
    json::object entry{{"topic", text(retained.topic)},
                       {"qos", static_cast<int>(retained.qos)},
                       {"payload", base64(retained.message->payload())}};
    if (retained.expires != never) {
        entry["expiry"] = seconds_until(retained.expires, now);
    }
    if (!retained.message->properties().empty()) {
        entry["properties"] = base64(retained.message->properties());
    }
    return entry;
}

}  // namespace mq::broker
