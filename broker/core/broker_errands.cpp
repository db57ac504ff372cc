#include "broker/core/broker.hpp"

#include <algorithm>
#include <utility>

/// Requests to the broker itself, at `$CONTROL/`, and what they have the shards do.
namespace mq::broker {
namespace {

/// How long others come first when errands have looked at all that they may in one go.
constexpr Duration errand_pause = std::chrono::milliseconds(1);
/// What an errand costs that looks at one thing, in nodes.
constexpr std::size_t small_errand_nodes = 50;
/// What a deletion costs beyond the look, and how many nodes are looked at for deletions in one
/// step.
constexpr std::size_t deletion_nodes = 10;
constexpr std::size_t deletion_nodes_max = 500;
/// Requests of a shard's clients that may wait for their response.
constexpr std::size_t requests_max = 16;
/// Subscribers of a filter among whom one is looked for.
constexpr std::size_t subscribers_looked_at_max = 100;

constexpr std::string_view too_many_requests =
    R"({"responses":[{"command":"Unknown command","error":"Too many requests wait; try later"}]})";

std::vector<std::string> levels_of(std::string_view topic) {
    std::vector<std::string> levels;
    for (LevelCursor cursor(topic); !topic.empty() && !cursor.last;) {
        levels.emplace_back(cursor.next());
    }
    return levels;
}

/// Keeps the first ones of all that come, as a heap with the last of them on top.
void keep(std::vector<SessionFacts>& kept, SessionFacts facts, const Errand& errand) {
    const auto before = [&](const SessionFacts& left, const SessionFacts& right) {
        return session_before(errand, left, right);
    };
    kept.push_back(std::move(facts));
    std::push_heap(kept.begin(), kept.end(), before);
    if (kept.size() > errand.offset + errand.count) {
        std::pop_heap(kept.begin(), kept.end(), before);
        kept.pop_back();
    }
}

RetainedFacts facts_of(const Message& message) {
    RetainedFacts facts;
    facts.topic = message.topic();
    facts.payload_bytes = message.payload().size();
    facts.qos = message.qos();
    facts.expires = message.origin().expiry;
    facts.client_id = message.publisher().client_id;
    return facts;
}

}  // namespace

/// Requests go to no subscriber and are never retained: they may hold passwords.
mqtt::ReasonCode Broker::answer_control(const Session& session, const mqtt::Publish& packet,
                                        Time now) {
    const Identity client{session.client_id, session.user_name.view(), session.has_user_name(),
                          session.realm};
    desk_now_ = now;
    if (requests_ >= requests_max) {
        respond(packet.topic, too_many_requests);
        return ReasonCode::quota_exceeded;
    }
    ++requests_;
    const bool taken =
        control_ != nullptr &&
        control_->answer({packet.topic, packet.payload, client}, *this,
                         [this, topic = std::string(packet.topic)](const std::string& text) {
                             --requests_;
                             respond(topic, text);
                         });
    requests_ -= taken ? 0 : 1;
    return taken ? ReasonCode::success : ReasonCode::topic_name_invalid;
}

void Broker::respond(std::string_view topic, std::string_view text) {
    const mqtt::Bytes payload(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
    route(MessageRef::create(std::string(topic) + "/response", {}, payload, mqtt::QoS::at_most_once,
                             false, {}),
          desk_now_);
}

void Broker::run(Errand errand, Then then) {
    const std::uint64_t ticket = ++replies_.last_ticket;
    const bool one = errand.kind == ErrandKind::set_retained;
    const ShardIndex owner = one ? owner_of(errand.name) : ShardIndex{0};
    AwaitedErrand& awaited = replies_.errands[ticket];
    awaited.errand = errand;
    awaited.errand.message = {};
    awaited.waiting = one ? 1 : shards_;
    awaited.then = std::move(then);
    for (ShardIndex shard = 0; shard < shards_; ++shard) {
        if (!one || shard == owner) {
            RunErrand order{ticket, std::make_unique<Errand>(errand)};
            order.errand->message = errand.message ? errand.message.copy() : MessageRef();
            send(shard, std::move(order), desk_now_);
        }
    }
}

/// One of our own may come within the handling of a packet, whose client it may be about.
void Broker::on(ShardIndex from, RunErrand& message, Time now) {
    RunningErrand& running = errands_.emplace_back();
    running.from = from;
    running.ticket = message.ticket;
    running.errand = std::move(*message.errand);
    running.search = {running.errand.name, levels_of(running.errand.after)};
    arm_errands(now);
    if (from != self_) {
        do_errands(now);
    }
}

void Broker::arm_errands(Time now) {
    if (!std::exchange(errands_armed_, true)) {
        set_timer(now + errand_pause, TimerKind::errands, 0);
    }
}

void Broker::on_errands_timer(Time now) {
    errands_armed_ = false;
    errand_nodes_ = limits_.retained_search_nodes;
    do_errands(now);
    if (!errands_.empty()) {
        arm_errands(now);
    }
}

/// As far as may be in one go.
void Broker::do_errands(Time now) {
    while (!errands_.empty() && errand_nodes_ > 0) {
        RunningErrand running = std::move(errands_.front());
        errands_.pop_front();
        if (do_some(running, now)) {
            auto result = std::make_unique<ErrandResult>(std::move(running.result));
            send(running.from, ErrandDone{running.ticket, std::move(result)}, now);
        } else {
            errands_.push_back(std::move(running));
        }
    }
}

void Broker::on(ShardIndex, ErrandDone& message, Time now) {
    const auto found = replies_.errands.find(message.ticket);
    if (found == replies_.errands.end()) {
        return;
    }
    AwaitedErrand& awaited = found->second;
    awaited.results.push_back(std::move(*message.result));
    if (--awaited.waiting > 0) {
        return;
    }
    AwaitedErrand done = std::move(awaited);
    replies_.errands.erase(found);
    desk_now_ = now;
    done.then(merge(done.errand, std::move(done.results)));
}

/// True when it is over.
bool Broker::do_some(RunningErrand& running, Time now) {
    switch (running.errand.kind) {
        case ErrandKind::list_sessions:
        case ErrandKind::top_queues:
            return walk_sessions(running);
        case ErrandKind::list_retained:
            return walk_retained(running, now);
        case ErrandKind::delete_retained:
            return delete_retained(running, now);
        default:
            errand_nodes_ -= std::min(errand_nodes_, small_errand_nodes);
            running.result = do_at_once(running.errand, now);
            return true;
    }
}

ErrandResult Broker::do_at_once(Errand& errand, Time now) {
    if (errand.kind == ErrandKind::set_retained) {
        return set_retained(errand, now);
    }
    Session* session = sessions_.find(std::string_view(errand.name));
    ErrandResult result;
    if (session == nullptr) {
        return result;
    }
    result.total = 1;
    if (errand.kind == ErrandKind::show_session) {
        result.sessions.push_back(all_facts_of(*session));
    } else if (errand.kind == ErrandKind::end_session) {
        return end_session_of(errand, *session, now);
    } else if (session->connection == nullptr) {
        result.error = "Client not connected";
    } else {
        disconnect_client(errand, *session, now);
    }
    return result;
}

void Broker::disconnect_client(const Errand& errand, Session& session, Time now) {
    if (log_.wants(LogType::notice)) {
        log_.line(LogType::notice, "Client " + session.client_id + " is disconnected by order of " +
                                       errand.asker + ".");
    }
    fail(*session.connection, ReasonCode::administrative_action, now);
}

ErrandResult Broker::end_session_of(const Errand& errand, Session& session, Time now) {
    ErrandResult result;
    result.total = 1;
    if (session.connection != nullptr && !errand.force) {
        result.error = "Client is connected";
        return result;
    }
    if (log_.wants(LogType::notice)) {
        log_.line(LogType::notice, "The session of client " + session.client_id +
                                       " is deleted by order of " + errand.asker + ".");
    }
    session.expiry_interval = 0;
    if (session.connection != nullptr) {
        disconnect_client(errand, session, now);  // and so it ends
    } else {
        end_session(session, now);
    }
    return result;
}

/// At the shard that keeps it.
ErrandResult Broker::set_retained(const Errand& errand, Time now) {
    ErrandResult result;
    const MessageRef& message = errand.message;
    if (!limits_.retain_available) {
        result.error = "Retained messages are not available";
    } else if (!may_retain(message->topic(), message->payload().size(), errand.asker, now)) {
        result.error = "Too many retained messages";
    } else {
        result.total = 1;
        route(message, now);
    }
    return result;
}

bool Broker::walk_sessions(RunningErrand& running) {
    const Errand& errand = running.errand;
    ErrandResult& result = running.result;
    const bool queues = errand.kind == ErrandKind::top_queues;
    const auto visit = [&](const Session& session) {
        if (errand.connected && session.connection == nullptr) {
            return;
        }
        ++result.total;
        if (!queues && session.client_id <= errand.after) {
            return;
        }
        const bool full = result.sessions.size() == errand.offset + errand.count;
        if (!queues && full && session.client_id >= result.sessions.front().client_id) {
            result.more = true;
            return;
        }
        SessionFacts facts = facts_of(session);
        if (!queues || facts.queued_messages > 0 || facts.waiting_bytes > 0) {
            result.more = result.more || full;
            keep(result.sessions, std::move(facts), errand);
        }
    };
    if (!sessions_.walk(running.walk, errand_nodes_, visit, [&] { result = {}; })) {
        return false;
    }
    auto& sessions = result.sessions;
    std::sort(sessions.begin(), sessions.end(), [&](const auto& left, const auto& right) {
        return session_before(errand, left, right);
    });
    return true;
}

bool Broker::walk_retained(RunningErrand& running, Time now) {
    const Errand& errand = running.errand;
    ErrandResult& result = running.result;
    const std::size_t room = errand.offset + errand.count + 1 - result.retained.size();
    const std::size_t budget = std::min(errand_nodes_, room);
    std::size_t nodes = budget;
    std::vector<MessageRef> found;
    const bool over = retained_.find(running.search, nodes, found);
    errand_nodes_ -= budget - nodes;
    for (const MessageRef& message : found) {
        if (message->expired(now) || message->topic() == errand.after) {
            continue;
        }
        const std::size_t bytes = errand.payloads ? message->payload().size() : 0;
        result.more = result.retained.size() == errand.offset + errand.count ||
                      (!result.retained.empty() &&
                       running.payload_bytes + bytes > Errand::payload_bytes_max / shards_);
        if (result.more) {
            return true;
        }
        running.payload_bytes += bytes;
        result.retained.push_back(mq::broker::facts_of(*message));
        if (errand.payloads) {
            result.retained.back().message = message.copy();
        }
    }
    return over;
}

bool Broker::delete_retained(RunningErrand& running, Time now) {
    const std::size_t budget = std::min(errand_nodes_, deletion_nodes_max);
    std::size_t nodes = budget;
    std::vector<MessageRef> found;
    const bool over = retained_.find(running.search, nodes, found);
    for (const MessageRef& message : found) {
        remove_retained(message->topic(), now);
    }
    errand_nodes_ -= std::min(errand_nodes_, budget - nodes + found.size() * deletion_nodes);
    running.result.total += found.size();
    if (over && running.result.total > 0 && log_.wants(LogType::notice)) {
        log_.line(LogType::notice, std::to_string(running.result.total) +
                                       " retained message(s) of " + running.errand.name +
                                       " are deleted by order of " + running.errand.asker + ".");
    }
    return over;
}

SessionFacts Broker::facts_of(const Session& session) const {
    SessionFacts facts;
    facts.client_id = session.client_id;
    facts.user_name = session.user_name.view();
    facts.has_user_name = session.has_user_name();
    facts.version = session.version;
    facts.expiry_interval = session.expiry_interval;
    facts.queued_messages = session.queue.size() + session.inflight.open();
    facts.queued_bytes = session.queued_bytes + session.inflight.bytes();
    facts.inflight_messages = session.inflight.open();
    facts.subscription_count = session.subscriptions.size() + session.shared.size();
    if (session.will) {
        facts.will_topic = session.will->message->topic();
    }
    const Connection* connection = session.connection;
    facts.connected = connection != nullptr;
    if (connection == nullptr) {
        facts.expires = session.expires;
        return facts;
    }
    facts.address = connection->peer.address;
    facts.port = connection->peer.port;
    facts.listener_port = connection->listener->port;
    facts.tls = connection->peer.tls != nullptr;
    facts.keep_alive = connection->keep_alive_seconds;
    facts.waiting_bytes = connection->outbox.size();
    return facts;
}

SessionFacts Broker::all_facts_of(const Session& session) const {
    SessionFacts facts = facts_of(session);
    auto& list = facts.subscriptions;
    for (const TopicTree::Node* node : session.subscriptions) {
        if (list.size() == Errand::subscriptions_max) {
            break;
        }
        SubscriptionFacts& subscription = list.emplace_back();
        subscription.filter = TopicTree::filter(*node);
        const auto all = node->value.subscribers();
        const auto own = std::find_if(
            all.begin(),
            all.begin() +
                static_cast<std::ptrdiff_t>(std::min(all.size(), subscribers_looked_at_max)),
            [&](const Subscriber& subscriber) { return subscriber.session == &session; });
        if (own != all.end() && own->session == &session) {
            subscription.qos = own->options.qos;
        }
    }
    for (const auto& [filter, shared] : session.shared) {
        if (list.size() == Errand::subscriptions_max) {
            break;
        }
        list.push_back({filter, shared.options.qos});
    }
    std::sort(list.begin(), list.end(),
              [](const auto& left, const auto& right) { return left.filter < right.filter; });
    return facts;
}

}  // namespace mq::broker
