#include "broker/net/login.hpp"

#include "broker/net/shard.hpp"

#include <cassert>
#include <string>

namespace mq::broker {
namespace {

using mqtt::ReasonCode;

ReasonCode code_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::accepted:
            return ReasonCode::success;
        case Verdict::refused:
            return ReasonCode::not_authorized;
        case Verdict::busy:
            return ReasonCode::server_busy;
    }
    assert(false);
    return ReasonCode::unspecified_error;
}

}  // namespace

std::optional<ReasonCode> Login::login(const LoginRequest& request) {
    const auto table = realms_[request.listener.realm]->passwords;
    if (table == nullptr || !request.user_name) {
        return request.listener.allow_anonymous ? ReasonCode::success : ReasonCode::not_authorized;
    }
    if (!request.password) {
        return ReasonCode::not_authorized;
    }
    const auto* text = reinterpret_cast<const char*>(request.password->data());
    checker_.check(table, *request.user_name, std::string(text, request.password->size()),
                   [this, table, id = request.connection, realm = request.listener.realm,
                    user = std::string(*request.user_name)](Verdict verdict) {
                       shard_.post([this, table, id, realm, user, verdict] {
                           const bool outdated =
                               verdict == Verdict::accepted && !still_holds(*table, realm, user);
                           const auto code =
                               outdated ? ReasonCode::not_authorized : code_of(verdict);
                           shard_.broker().login_done(id, code, shard_.now());
                       });
                   });
    return std::nullopt;
}

/// Whether the user has the same password in the table in use now.
bool Login::still_holds(const PasswordTable& checked_against, std::size_t realm,
                        std::string_view user) const {
    const auto& table = realms_[realm]->passwords;
    if (table.get() == &checked_against) {
        return true;
    }
    const PasswordHash* before = checked_against.find(user);
    const PasswordHash* now = table == nullptr ? nullptr : table->find(user);
    return before != nullptr && now != nullptr && *before == *now;
}

std::shared_ptr<const Grant> Login::grant(const Identity& identity) {
    const auto& rules = realms_[identity.realm]->rules;
    return rules == nullptr ? nullptr : rules->grant(identity);
}

}  // namespace mq::broker
