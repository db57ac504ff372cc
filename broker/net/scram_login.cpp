#include "broker/net/scram_login.hpp"

#include "broker/net/shard.hpp"

#include <utility>

namespace mq::broker {
namespace {

using mqtt::ReasonCode;

std::vector<std::uint8_t> bytes_of(std::string_view text) {
    return {text.begin(), text.end()};
}

}  // namespace

std::unique_ptr<ScramLogin> ScramLogin::begin(ScramPlace place,
                                              std::shared_ptr<const PasswordTable> table,
                                              const AuthRequest& request) {
    if (request.method != scram_method || table == nullptr || !table->has_scram()) {
        return nullptr;
    }
    auto nonce = make_scram_nonce();
    if (!nonce) {
        place.shard.log().line(LogType::error, nonce.error().text());
        return nullptr;
    }
    return std::unique_ptr<ScramLogin>(
        new ScramLogin(std::move(place), std::move(table), request, std::move(*nonce)));
}

ScramLogin::ScramLogin(ScramPlace place, std::shared_ptr<const PasswordTable> table,
                       const AuthRequest& request, std::string nonce)
    : place_(std::move(place)),
      table_(std::move(table)),
      attempt_{request.connection, request.peer.address, "", std::string(request.client_id)},
      server_(std::move(nonce),
              [&known = *table_](std::string_view user) { return known.scram_account(user); }) {}

std::optional<AuthStep> ScramLogin::step(mqtt::Bytes data) {
    const bool first = server_.user().empty();
    const auto answer = server_.step({reinterpret_cast<const char*>(data.data()), data.size()});
    attempt_.user = server_.user();
    if (!answer) {
        return server_.proof_was_wrong() ? failed() : refused(answer.error().what);
    }
    if (first && !place_.guard.admit(attempt_)) {
        return AuthStep{ReasonCode::not_authorized};
    }
    if (!server_.accepted()) {
        return AuthStep{ReasonCode::continue_authentication, bytes_of(*answer)};
    }
    if (!place_.still_holds(*table_, server_.user())) {
        return refused("the password was changed meanwhile");
    }
    place_.guard.succeeded(attempt_);
    return AuthStep{ReasonCode::success, bytes_of(*answer), server_.user()};
}

AuthStep ScramLogin::refused(std::string_view reason) {
    place_.guard.refused(attempt_, reason);
    return {ReasonCode::not_authorized};
}

/// The answer comes in another turn, since it may have to wait, and since it ends this object.
std::optional<AuthStep> ScramLogin::failed() {
    const PasswordHash* hash = table_->find(attempt_.user);
    const char* const reason = hash == nullptr                          ? "unknown user"
                               : hash->kind() != HashKind::scram_sha256 ? "no SCRAM entry"
                                                                        : "wrong password";
    place_.guard.failed(attempt_, reason, [&shard = place_.shard, id = attempt_.connection] {
        shard.post([&shard, id] {
            shard.broker().authentication_done(id, {ReasonCode::not_authorized}, shard.now());
        });
    });
    return std::nullopt;
}

}  // namespace mq::broker
