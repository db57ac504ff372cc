#include "broker/core/session.hpp"

#include "broker/core/neighbours.hpp"

#include <cassert>

namespace mq::broker {

Session::Session() = default;
Session::~Session() = default;

Sessions::~Sessions() {
    for (Session* session : by_key_) {
        delete session;
    }
}

Session* Sessions::find(std::string_view client_id) {
    return by_client_.find(client_id);
}

Session* Sessions::find(std::uint64_t key) {
    return by_key_.find(key);
}

Session& Sessions::add(std::unique_ptr<Session> session) {
    assert(find(session->client_id) == nullptr);
    Session& added = *session.release();
    by_client_.insert(added);
    by_key_.insert(added);
    return added;
}

void Sessions::retire(const Session& ghost) {
    assert(is_ghost(ghost));
    by_client_.erase(ghost);
}

void Sessions::remove(Session& session) {
    assert(session.subscriptions.empty());
    assert(!session.transit || session.transit->yields.empty());  // somebody waits for the answer
    by_key_.erase(session);
    if (!is_ghost(session)) {
        by_client_.erase(session);
    }
    delete &session;
}

}  // namespace mq::broker
