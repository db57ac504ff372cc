#include "broker/net/login.hpp"

#include "broker/auth/password_file.hpp"
#include "broker/core/reserved_topic.hpp"
#include "broker/net/scram_login.hpp"
#include "broker/net/shard.hpp"

#include <string>
#include <utility>

namespace mq::broker {
namespace {

using mqtt::ReasonCode;

/// What a waiting login takes beside its password.
constexpr std::size_t candidate_bytes = 256;

constexpr std::string_view too_many_wait = "too many logins wait to be checked";

LoginAttempt attempt_of(const LoginRequest& request) {
    return {request.connection, request.peer.address,
            std::string(request.user_name.value_or(std::string_view())),
            std::string(request.client_id)};
}

/// Of sessions and publishers whose listener is not there any more.
class NoRights final : public Grant {
 public:
    [[nodiscard]] bool may_write(std::string_view) const override { return false; }
    [[nodiscard]] bool may_read(std::string_view) const override { return false; }
    [[nodiscard]] bool may_subscribe(std::string_view) const override { return false; }
};

/// Of the control socket's clients.
class OwnersRights final : public Grant {
 public:
    [[nodiscard]] bool may_write(std::string_view topic) const override {
        return is_control_topic(topic);
    }
    [[nodiscard]] bool may_read(std::string_view topic) const override {
        return is_control_topic(topic) || topic.starts_with("$SYS/");
    }
    [[nodiscard]] bool may_subscribe(std::string_view filter) const override {
        return may_read(filter);
    }
};

/// For who is refused whatever it can prove.
class Refusal final : public AuthExchange {
 public:
    std::optional<AuthStep> step(mqtt::Bytes) override { return AuthStep(); }
};

}  // namespace

std::optional<ReasonCode> Login::login(const LoginRequest& request) {
    if (const std::string fault = shard_.certificates().fault(request.listener, request.peer);
        !fault.empty()) {
        guard_.refused(attempt_of(request), fault);
        return ReasonCode::not_authorized;
    }
    if (request.listener.use_identity_as_username) {
        return ReasonCode::success;  // the core has seen that TLS has shown a name
    }
    LoginAttempt attempt = attempt_of(request);
    if (realms_[request.listener.realm]->passwords == nullptr || !request.user_name) {
        return login_without_password(attempt, request);
    }
    if (!request.password) {
        guard_.refused(attempt, "no password given");
        return ReasonCode::not_authorized;
    }
    if (!guard_.admit(attempt)) {
        return ReasonCode::not_authorized;
    }
    const auto* text = reinterpret_cast<const char*>(request.password->data());
    const std::size_t bytes = request.password->size();
    const std::string address = LoginThrottle::address_key(attempt.address);
    Candidate candidate{std::move(attempt), request.listener.realm,
                        Secret(std::string(text, bytes))};
    switch (line_.enter(address, candidate, candidate_bytes + bytes)) {
        case Line::Place::inside:
            check(candidate);
            break;
        case Line::Place::waiting:
            break;
        case Line::Place::full:
            guard_.refused(candidate.attempt, too_many_wait);
            return ReasonCode::server_busy;
    }
    return std::nullopt;
}

/// There is no user name, or nothing to prove it by.
ReasonCode Login::login_without_password(const LoginAttempt& attempt, const LoginRequest& request) {
    if (request.listener.allow_anonymous) {
        return ReasonCode::success;
    }
    guard_.refused(attempt, request.user_name
                                ? "there is no password file, and allow_anonymous is false"
                                : "no user name given, and allow_anonymous is false");
    return ReasonCode::not_authorized;
}

void Login::check(const Candidate& candidate) {
    auto table = realms_[candidate.realm]->passwords;
    if (table == nullptr) {  // a reload took the file away while the login waited
        table = std::make_shared<const PasswordTable>();
    }
    checker_.check(
        table, candidate.attempt.user, std::string(candidate.password.view()),
        [this, table, realm = candidate.realm, attempt = candidate.attempt](Verdict verdict) {
            shard_.post([this, table, realm, attempt, verdict] {
                judge(attempt, realm, *table, verdict);
                serve_next(LoginThrottle::address_key(attempt.address));
            });
        });
}

void Login::judge(const LoginAttempt& attempt, std::size_t realm, const PasswordTable& table,
                  Verdict verdict) {
    if (verdict == Verdict::busy) {
        guard_.refused(attempt, too_many_wait);
        return answer(attempt.connection, ReasonCode::server_busy);
    }
    if (verdict == Verdict::refused) {
        return guard_.failed(
            attempt, table.find(attempt.user) == nullptr ? "unknown user" : "wrong password",
            [this, id = attempt.connection] { answer(id, ReasonCode::not_authorized); });
    }
    if (!still_holds(table, realm, attempt.user)) {
        guard_.refused(attempt, "the password was changed meanwhile");
        return answer(attempt.connection, ReasonCode::not_authorized);
    }
    guard_.succeeded(attempt);
    answer(attempt.connection, ReasonCode::success);
}

/// One login of this address is done: the next that waits goes in, unless the address or its user
/// has become suspect meanwhile.
void Login::serve_next(const std::string& address) {
    while (const auto next = line_.leave(address)) {
        if (guard_.admit(next->attempt)) {
            return check(*next);
        }
        answer(next->attempt.connection, ReasonCode::not_authorized);
    }
}

/// Nothing happens when the connection is gone.
void Login::answer(ConnectionId connection, ReasonCode code) {
    shard_.broker().login_done(connection, code, shard_.now());
}

std::unique_ptr<AuthExchange> Login::authenticate(const AuthRequest& request) {
    if (const std::string fault = shard_.certificates().fault(request.listener, request.peer);
        !fault.empty()) {
        guard_.refused(
            {request.connection, request.peer.address, "", std::string(request.client_id)}, fault);
        return std::make_unique<Refusal>();
    }
    const std::size_t realm = request.listener.realm;
    return ScramLogin::begin({shard_, guard_,
                              [this, realm](const PasswordTable& table, std::string_view user) {
                                  return still_holds(table, realm, user);
                              }},
                             realms_[realm]->passwords, request);
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
    if (identity.realm >= realms_.size() || realms_[identity.realm] == nullptr) {
        static const auto none = std::make_shared<const NoRights>();
        return none;
    }
    if (realms_[identity.realm]->config.owner_only) {
        static const auto all = std::make_shared<const OwnersRights>();
        return all;
    }
    const auto& rules = realms_[identity.realm]->rules;
    if (rules == nullptr) {
        return nullptr;
    }
    auto grant = rules->grant(identity);
    if (grant->patterns_refused() && shard_.log().wants(LogType::notice)) {
        shard_.log().line(LogType::notice,
                          "Client " + printable(identity.client_id) +
                              ": no pattern of the ACL file holds for it, since its id or user "
                              "name contains + or #.");
    }
    return grant;
}

void Login::count(Stats& stats) const {
    const LoginThrottle::Counters counters = guard_.counters();
    stats.logins_failed = counters.failures;
    stats.logins_slowed = counters.slowed;
    stats.logins_refused_by_address = counters.refused_by_address;
    stats.logins_refused_by_user = counters.refused_by_user;
}

}  // namespace mq::broker
