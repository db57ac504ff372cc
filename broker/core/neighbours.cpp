#include "broker/core/neighbours.hpp"

namespace mq::broker {
namespace {

std::size_t bytes_of(const MessageRef& message) {
    return message->topic().size() + message->payload().size();
}

std::size_t bytes_of(const std::vector<MessageRef>& messages) {
    std::size_t bytes = 0;
    for (const MessageRef& message : messages) {
        bytes += bytes_of(message);
    }
    return bytes;
}

std::size_t bytes_of(const std::unique_ptr<Session>& session) {
    return session == nullptr
               ? 0
               : session->queued_bytes + session->inflight.held_bytes() +
                     (session->queue.size() + session->inflight.positions()) * sizeof(Outgoing);
}

std::size_t bytes_of(const std::unique_ptr<Connection>& connection) {
    return connection == nullptr ? 0 : connection->outbox.size();
}

struct BytesBehind {
    std::size_t operator()(const StoreRetained& kept) const { return bytes_of(kept.message); }
    std::size_t operator()(const GroupDelivery& one) const { return bytes_of(one.message); }
    std::size_t operator()(const SessionGranted& moved) const { return bytes_of(moved.session); }
    std::size_t operator()(const FindRetained& search) const { return bytes_of(search.spent); }
    std::size_t operator()(const FoundRetained& found) const { return bytes_of(found.messages); }
    std::size_t operator()(const SessionTail& tail) const {
        std::size_t bytes = 0;
        for (const Outgoing& entry : tail.entries) {
            bytes += sizeof entry + bytes_of(entry.message);
        }
        return bytes;
    }
    std::size_t operator()(const ClientMoved& moved) const {
        return bytes_of(moved.session) + bytes_of(moved.connection);
    }
    std::size_t operator()(const RunErrand& run) const {
        return run.errand->message ? bytes_of(run.errand->message) : 0;
    }
    std::size_t operator()(const ErrandDone& done) const {
        std::size_t bytes = done.result->sessions.size() * sizeof(SessionFacts);
        for (const RetainedFacts& facts : done.result->retained) {
            bytes += sizeof facts + (facts.message ? bytes_of(facts.message) : 0);
        }
        return bytes;
    }
    template <class Small>
    std::size_t operator()(const Small&) const {
        return 0;
    }
};

}  // namespace

std::size_t bytes_behind(const ShardMessage& message) {
    if (const auto* publish = std::get_if<PublishMessage>(&message)) {  // nearly all are
        return bytes_of(publish->message);
    }
    return std::visit(BytesBehind(), message);
}

}  // namespace mq::broker
