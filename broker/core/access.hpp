#pragma once

#include "broker/core/limits.hpp"
#include "broker/core/reserved_topic.hpp"
#include "broker/core/stats.hpp"
#include "mqtt/packet.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mq::broker {

/// Names a connection of a shard for as long as it is open, and nothing after that. Never 0.
using ConnectionId = std::uint64_t;

/// A certificate as the transport keeps it; the core passes it on.
class ClientCertificate;

/// What TLS, ours or that of a trusted proxy, has shown of a client.
struct TlsProof {
    /// What a verified certificate or PSK says: the user name of `use_identity_as_username` and
    /// `use_subject_as_username`. Empty when the listener does not take names from there.
    std::optional<std::string> identity;
    /// By which pre-shared key the client was let in; empty for none.
    std::string psk_identity{};
    /// The verified certificate that the client has shown; null for none.
    std::shared_ptr<const ClientCertificate> certificate{};
    /// Version and cipher of TLS, as the log tells them; empty without TLS, and once logged.
    std::string negotiated{};
};

/// Who is at the other end of a connection, as far as the transport can tell.
struct Peer {
    std::string address;              ///< the true one, numeric, also behind a trusted proxy
    std::uint16_t port = 0;           ///< 0 where there is none
    std::unique_ptr<TlsProof> tls{};  ///< null without TLS, or before its handshake

    /// To be filled in.
    TlsProof& proof() {
        if (!tls) {
            tls = std::make_unique<TlsProof>();
        }
        return *tls;
    }
    [[nodiscard]] std::optional<std::string_view> identity() const {
        return tls && tls->identity ? std::optional<std::string_view>(*tls->identity)
                                    : std::nullopt;
    }
    [[nodiscard]] std::string psk_identity() const {
        return tls ? tls->psk_identity : std::string();
    }
    [[nodiscard]] const ClientCertificate* certificate() const {
        return tls ? tls->certificate.get() : nullptr;
    }
};

/// What a client shows of itself in CONNECT.
struct LoginRequest {
    ConnectionId connection = 0;
    const ListenerSettings& listener;
    std::string_view client_id;
    const Peer& peer;
    std::optional<std::string_view> user_name;
    std::optional<mqtt::Bytes> password;
};

/// What is known of a client that begins an enhanced authentication, MQTT 5.0 §4.12.
struct AuthRequest {
    ConnectionId connection = 0;
    const ListenerSettings& listener;
    std::string_view client_id;
    const Peer& peer;
    std::string_view method;
    bool again = false;  ///< on a connection that is open
};

/// How an enhanced authentication stands after a message of the client.
struct AuthStep {
    /// `continue_authentication`: `data` goes to the client, and its answer is awaited.
    /// `success`: the client has proved to be `user_name`; `data`, if any, goes to it as well.
    /// An error: it is refused.
    mqtt::ReasonCode code = mqtt::ReasonCode::not_authorized;
    std::vector<std::uint8_t> data = {};  ///< at most 65535 bytes
    std::string user_name = {};           ///< with `success`
};

/// One enhanced authentication under way. Owned by the connection, and gone with it at any time
/// but within a step.
class AuthExchange {
 public:
    virtual ~AuthExchange() = default;
    /// The answer to the client's data, at once; or empty when it takes longer. Then
    /// `Broker::authentication_done` is called on the shard's thread with the connection's id,
    /// exactly once.
    virtual std::optional<AuthStep> step(mqtt::Bytes data) = 0;
};

/// A client whose login has been accepted.
struct Identity {
    std::string_view client_id;
    std::string_view user_name;
    bool has_user_name = false;
    std::size_t realm = 0;  ///< of the listener
};

/// What one client may do, compiled once from all rules that concern it. Immutable; a reload makes
/// new ones. Topics are as the rules name them, mount point included.
class Grant {
 public:
    virtual ~Grant() = default;
    /// Whether the client may publish to the topic. The core itself refuses `$SYS` and `$share`.
    [[nodiscard]] virtual bool may_write(std::string_view topic) const = 0;
    /// Whether a message of this topic may be delivered to the client.
    [[nodiscard]] virtual bool may_read(std::string_view topic) const = 0;
    /// False when no topic that matches the filter can ever be read.
    [[nodiscard]] virtual bool may_subscribe(std::string_view filter) const = 0;
};

/// What a client may do by its grant, which is null where there are no rules: then it may do
/// everything but what needs a rule.
inline bool may_write(const std::shared_ptr<const Grant>& grant, std::string_view topic) {
    return grant ? grant->may_write(topic) : !is_control_topic(topic);
}
inline bool may_read(const std::shared_ptr<const Grant>& grant, std::string_view topic) {
    return grant ? grant->may_read(topic) : !is_control_topic(topic);
}
inline bool may_subscribe(const std::shared_ptr<const Grant>& grant, std::string_view filter) {
    return grant ? grant->may_subscribe(filter) : !is_control_topic(filter);
}

/// Decides who may connect and who may read and write what.
class AccessPolicy {
 public:
    virtual ~AccessPolicy() = default;

    /// The answer at once: `success`, or the reason of the refusal. Empty when it takes longer;
    /// then `Broker::login_done` is called on the shard's thread with the connection's id, exactly
    /// once.
    virtual std::optional<mqtt::ReasonCode> login(const LoginRequest& request) = 0;

    /// Begins an enhanced authentication. Null when the method is not offered here.
    virtual std::unique_ptr<AuthExchange> authenticate(const AuthRequest& request) {
        static_cast<void>(request);
        return nullptr;
    }

    /// What this client may do; null: everything that needs no rule. Asked once per login, per
    /// restored session, and again by `Broker::refresh_access`.
    virtual std::shared_ptr<const Grant> grant(const Identity& identity) = 0;

    /// Writes the counters of logins of all shards; asked by shard 0 before each round of `$SYS`.
    virtual void count(Stats& stats) const { static_cast<void>(stats); }
};

}  // namespace mq::broker
