#include "broker/core/session.hpp"

#include "broker/core/neighbours.hpp"

#include <cassert>

namespace mq::broker {

Session::Session() = default;
Session::~Session() = default;

Session* Sessions::find(std::string_view client_id) {
    const auto found = by_client_.find(client_id);
    return found == by_client_.end() ? nullptr : found->second.get();
}

Session* Sessions::find(std::uint64_t key) {
    const auto found = by_key_.find(key);
    return found == by_key_.end() ? nullptr : found->second;
}

Session& Sessions::add(std::unique_ptr<Session> session) {
    Session& added = *session;
    const bool fresh =
        by_client_.emplace(std::string_view(added.client_id), std::move(session)).second;
    assert(fresh);
    by_key_.emplace(added.key, &added);
    return added;
}

void Sessions::remove(Session& session) {
    assert(session.subscriptions.empty());
    by_key_.erase(session.key);
    by_client_.erase(by_client_.find(std::string_view(session.client_id)));
}

}  // namespace mq::broker
