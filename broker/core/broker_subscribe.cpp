#include "broker/core/broker.hpp"
#include "broker/core/mount_point.hpp"
#include "mqtt/encode.hpp"
#include "mqtt/topic.hpp"

#include <algorithm>

/// SUBSCRIBE and UNSUBSCRIBE, MQTT 5.0 §3.8 to §3.11.
namespace mq::broker {
namespace {

/// A filter that is none is malformed [MQTT-4.7.1-1], one that claims to be shared and lacks a part
/// a protocol error [MQTT-4.8.2-1]. The codes are Mosquitto's; "topic filter invalid" is for right
/// ones that are not accepted (§3.14.2.1).
mqtt::ReasonCode check_filter(std::string_view filter) {
    if (!mqtt::is_valid_topic_filter(filter)) {
        return mqtt::ReasonCode::malformed_packet;
    }
    return mqtt::is_shared_filter(filter) && !mqtt::parse_shared_filter(filter)
               ? mqtt::ReasonCode::protocol_error
               : mqtt::ReasonCode::success;
}

/// What of a filter topics are matched with.
std::string_view plain_part(std::string_view filter) {
    const auto shared = mqtt::parse_shared_filter(filter);
    return shared ? shared->filter : filter;
}

}  // namespace

void Broker::handle_subscribe(Connection& connection, const Frame& frame, Time now) {
    const auto packet = mqtt::decode_subscribe(frame, connection.version);
    if (!packet) {
        return fail(connection, packet.error(), now);
    }
    for (auto requests = packet->requests; const auto request = requests.next();) {
        if (const ReasonCode code = check_filter(request->filter); mqtt::is_error(code)) {
            return fail(connection, code, now, "an invalid topic filter");
        }
    }
    const std::uint64_t ticket = ++replies_.last_ticket;
    PendingSuback& suback = replies_.subacks[ticket];
    suback.connection = connection.id;
    suback.waiting = 1;  // for this function itself
    mqtt::Buffer codes;
    for (auto requests = packet->requests; const auto request = requests.next();) {
        const ReasonCode code =
            subscribe(*connection.session, *request, packet->subscription_identifier.value_or(0),
                      suback, ticket, now);
        const bool failed_before_v5 =
            mqtt::is_error(code) && connection.version != mqtt::Version::v5;
        codes.push_back(failed_before_v5 ? 0x80 : static_cast<std::uint8_t>(code));
    }
    mqtt::Suback answer;
    answer.packet_id = packet->packet_id;
    answer.reason_codes = codes;
    mqtt::encode(answer, connection.version, suback.packet);
    finish_suback(ticket, now);
}

mqtt::ReasonCode Broker::subscribe(Session& session, const mqtt::SubscriptionRequest& request,
                                   std::uint32_t identifier, PendingSuback& suback,
                                   std::uint64_t ticket, Time now) {
    if (session.subscriptions.size() + session.shared.size() >= limits_.subscriptions_max) {
        return ReasonCode::quota_exceeded;
    }
    const ListenerSettings& listener = *session.connection->listener;
    SubscriptionRecord record{mount_filter(listener.mount_point, request.filter), request.options,
                              identifier};
    record.options.qos = std::min(request.options.qos, listener.max_qos);
    if (record.filter.size() > 65'535) {
        return ReasonCode::topic_filter_invalid;
    }
    if (limits_.acl_refuse_subscribe && !may_subscribe(session.grant, plain_part(record.filter))) {
        return ReasonCode::not_authorized;
    }
    if (!may_add_subscription(session, record.filter, now)) {
        return ReasonCode::quota_exceeded;
    }
    const bool fresh = install(session, record, ticket, now);
    if (journal_ != nullptr && session.durable) {
        journal_->subscription_stored(session.client_id, record);
    }
    if (log_.wants(LogType::subscribe)) {
        log_.line(LogType::subscribe, session.client_id + " " +
                                          std::to_string(static_cast<int>(record.options.qos)) +
                                          " " + record.filter);
    }
    const auto handling = record.options.retain_handling;
    if (!mqtt::is_shared_filter(record.filter) &&
        (handling == mqtt::RetainHandling::send ||
         (handling == mqtt::RetainHandling::send_if_new && fresh))) {  // [MQTT-3.3.1-9 to 11]
        suback.retained.push_back({session.key, record.filter, record.options, identifier});
    }
    return static_cast<ReasonCode>(record.options.qos);
}

bool Broker::install(Session& session, const SubscriptionRecord& record, std::uint64_t ticket,
                     Time now) {
    const auto waits = [&]() -> std::function<void(Time)> {
        if (ticket == 0) {
            return [](Time) {};
        }
        ++replies_.subacks[ticket].waiting;
        return [this, ticket](Time then) { finish_suback(ticket, then); };
    };
    if (const auto shared = mqtt::parse_shared_filter(record.filter)) {
        const SharedFilterKey key{std::string(shared->share_name), std::string(shared->filter)};
        const bool fresh = session.shared.set({key, record.options, record.identifier});
        const SharedMember member{self_, session.key, record.identifier, record.options,
                                  session.connection != nullptr};
        const std::uint64_t join_ticket = ++replies_.last_ticket;
        replies_.awaited[join_ticket] = {1, waits()};
        send(owner_of(key.text()), JoinGroup{key, member, join_ticket}, now);
        return fresh;
    }
    wake_sys(record.filter, now);
    bool existed = false;
    TopicTree::Node& node =
        topics_.subscribe(record.filter, {&session, record.identifier, record.options}, existed);
    if (!existed) {
        session.subscriptions.insert(node);
        ++stats_.subscriptions;
        if (shards_ > 1) {
            announce(record.filter, waits(), now);
        }
    }
    return !existed;
}

void Broker::finish_suback(std::uint64_t ticket, Time now) {
    const auto found = replies_.subacks.find(ticket);
    if (--found->second.waiting > 0) {
        return;
    }
    PendingSuback suback = std::move(found->second);
    replies_.subacks.erase(found);
    Connection* connection = find(suback.connection);
    if (connection == nullptr || connection->state != ConnectionState::open) {
        return;
    }
    if (suback.packet.size() > connection->maximum_packet_size) {  // [MQTT-3.1.2-24]
        return answer_too_large(*connection, now);
    }
    auto& out = connection->outbox.buffer();
    out.insert(out.end(), suback.packet.begin(), suback.packet.end());
    touched(*connection);
    for (RetainedRequest& request : suback.retained) {
        send_retained(std::move(request), now);
    }
}

void Broker::handle_unsubscribe(Connection& connection, const Frame& frame, Time now) {
    const auto packet = mqtt::decode_unsubscribe(frame, connection.version);
    if (!packet) {
        return fail(connection, packet.error(), now);
    }
    for (auto filters = packet->filters; const auto filter = filters.next();) {
        if (const ReasonCode code = check_filter(*filter); mqtt::is_error(code)) {
            return fail(connection, code, now, "an invalid topic filter");
        }
    }
    mqtt::Buffer codes;
    for (auto filters = packet->filters; const auto filter = filters.next();) {
        const std::string whole = mount_filter(connection.listener->mount_point, *filter);
        const bool existed = unsubscribe(*connection.session, whole, now);
        codes.push_back(static_cast<std::uint8_t>(existed ? ReasonCode::success
                                                          : ReasonCode::no_subscription_existed));
        if (log_.wants(LogType::unsubscribe)) {
            log_.line(LogType::unsubscribe, connection.session->client_id + " " + whole);
        }
    }
    mqtt::Unsuback answer;
    answer.packet_id = packet->packet_id;
    if (connection.version == mqtt::Version::v5) {
        answer.reason_codes = codes;
    }
    this->answer(connection, answer, now);
}

bool Broker::unsubscribe(Session& session, std::string_view filter, Time now) {
    if (const auto shared = mqtt::parse_shared_filter(filter)) {
        const SharedFilterKey key{std::string(shared->share_name), std::string(shared->filter)};
        if (!session.shared.erase(key.text())) {
            return false;
        }
        uninstall(session, key, now);
    } else {
        TopicTree::Node* node = topics_.find(filter, session);
        if (node == nullptr) {
            return false;
        }
        session.subscriptions.erase(*node);
        topics_.remove(*node, session);
        --stats_.subscriptions;
        if (shards_ > 1) {
            retract(filter, now);
        }
    }
    if (journal_ != nullptr && session.durable) {
        journal_->subscription_removed(session.client_id, filter);
    }
    return true;
}

void Broker::uninstall(Session& session, const SharedFilterKey& key, Time now) {
    send(owner_of(key.text()), LeaveGroup{key, session.key, false}, now);
}

}  // namespace mq::broker
