#pragma once

#include "broker/auth/password_table.hpp"
#include "broker/auth/scram_server.hpp"
#include "broker/core/access.hpp"
#include "broker/net/login_guard.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace mq::broker {

class Shard;

/// What a login by SCRAM needs of its shard.
struct ScramPlace {
    Shard& shard;
    LoginGuard& guard;
    /// Whether the user's entry is still the one in this table; asked at the end of the exchange.
    std::function<bool(const PasswordTable& table, std::string_view user)> still_holds;
};

/// One login by SCRAM-SHA-256 with the entries of a password file. Wrong proofs count, are slowed
/// and logged like wrong passwords. All on the shard's thread: the client does the costly part.
class ScramLogin final : public AuthExchange {
 public:
    /// Null when there is no other method, or nobody could log in by this one.
    static std::unique_ptr<ScramLogin> begin(ScramPlace place,
                                             std::shared_ptr<const PasswordTable> table,
                                             const AuthRequest& request);

    std::optional<AuthStep> step(mqtt::Bytes data) override;

 private:
    ScramLogin(ScramPlace place, std::shared_ptr<const PasswordTable> table,
               const AuthRequest& request, std::string nonce);

    AuthStep refused(std::string_view reason);
    std::optional<AuthStep> failed();

    ScramPlace place_;
    std::shared_ptr<const PasswordTable> table_;
    LoginAttempt attempt_;
    ScramServer server_;
};

}  // namespace mq::broker
