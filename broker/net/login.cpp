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
    if (passwords_ == nullptr || !request.user_name) {
        return request.listener.allow_anonymous ? ReasonCode::success : ReasonCode::not_authorized;
    }
    if (!request.password) {
        return ReasonCode::not_authorized;
    }
    const auto* text = reinterpret_cast<const char*>(request.password->data());
    passwords_->check(std::string(*request.user_name), std::string(text, request.password->size()),
                      [&shard = shard_, id = request.connection](Verdict verdict) {
                          shard.post([&shard, id, code = code_of(verdict)] {
                              shard.broker().login_done(id, code, shard.now());
                          });
                      });
    return std::nullopt;
}

std::shared_ptr<const Grant> Login::grant(const Identity&) {
    return nullptr;
}

}  // namespace mq::broker
