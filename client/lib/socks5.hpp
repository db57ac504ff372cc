#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace mq::client {

/// How to reach the broker through a SOCKS5 proxy.
struct Proxy {
    std::string host;
    std::uint16_t port = 1080;
    std::optional<std::string> user_name;  ///< at most 255 bytes, as the password
    std::optional<std::string> password;
};

/// The talk with a SOCKS5 proxy (RFC 1928, RFC 1929) as a machine: bytes of the proxy go in, bytes
/// for the proxy come out. Keeps at most one unfinished reply, 262 bytes.
class Socks5 {
 public:
    /// `host` is at most 255 bytes and is resolved by the proxy.
    Socks5(const Proxy& proxy, std::string host, std::uint16_t port);

    /// What is to be sent now; the first greeting to begin with. Taken once.
    std::vector<std::uint8_t> take_output() { return std::exchange(output_, {}); }
    /// How many bytes may be read now at most, so that nothing of the broker's is swallowed.
    [[nodiscard]] std::size_t wanted() const;
    /// The next bytes of the proxy, at most `wanted()`. MOSQ_ERR_SUCCESS, or why the proxy does not
    /// help: MOSQ_ERR_PROXY, MOSQ_ERR_AUTH, MOSQ_ERR_CONN_REFUSED, MOSQ_ERR_NOT_SUPPORTED, ...
    int feed(std::span<const std::uint8_t> bytes);
    [[nodiscard]] bool done() const { return state_ == State::done; }

 private:
    enum class State : std::uint8_t { method, login, reply, done };

    int take_reply();
    int on_method();
    int on_login();
    int on_reply();
    void ask_login();
    void ask_connect();

    std::string user_name_;
    std::string password_;
    bool with_login_ = false;
    std::string host_;
    std::uint16_t port_;
    State state_ = State::method;
    std::vector<std::uint8_t> input_;
    std::vector<std::uint8_t> output_;
};

}  // namespace mq::client
