#include "tests/bench/tls_logins.hpp"

#include "mqtt/encode.hpp"
#include "tests/bench/client.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>
#include <stdexcept>
#include <string>

namespace mq::bench {
namespace {

using Clock = std::chrono::steady_clock;

struct FreeSsl {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
};

[[noreturn]] void fail(const std::string& what) {
    const char* reason = ERR_reason_error_string(ERR_get_error());
    throw std::runtime_error(what + (reason == nullptr ? "" : std::string(": ") + reason));
}

/// CONNECT, CONNACK, DISCONNECT.
void sign_in(SSL* ssl, const std::string& id) {
    mqtt::Connect connect;
    connect.version = Client::version;
    connect.client_id = id;
    mqtt::Buffer bytes;
    mqtt::encode(connect, bytes);
    if (SSL_write(ssl, bytes.data(), static_cast<int>(bytes.size())) <= 0) {
        fail("CONNECT");
    }
    std::array<std::uint8_t, 4> connack{};
    if (SSL_read(ssl, connack.data(), static_cast<int>(connack.size())) != 4 || connack[3] != 0) {
        fail("CONNACK");
    }
}

}  // namespace

void TlsLogins::FreeContext::operator()(ssl_ctx_st* context) const {
    SSL_CTX_free(context);
}

void TlsLogins::FreeSession::operator()(ssl_session_st* session) const {
    SSL_SESSION_free(session);
}

TlsLogins::TlsLogins(std::uint16_t port, bool resumes)
    : port_(port), resumes_(resumes), context_(SSL_CTX_new(TLS_client_method())) {}

void TlsLogins::one() {
    const auto started = Clock::now();
    const UniqueFd fd = connected_socket(port_);
    const std::unique_ptr<SSL, FreeSsl> ssl(SSL_new(context_.get()));
    SSL_set_fd(ssl.get(), fd.get());
    if (session_ != nullptr) {
        SSL_set_session(ssl.get(), session_.get());
    }
    if (SSL_connect(ssl.get()) != 1) {
        fail("TLS handshake");
    }
    sign_in(ssl.get(), "tls-" + std::to_string(done()));
    durations_us_.push_back(
        std::chrono::duration<double, std::micro>(Clock::now() - started).count());
    resumed_ += SSL_session_reused(ssl.get()) == 1 ? 1 : 0;
    constexpr std::array<std::uint8_t, 2> disconnect = {0xE0, 0x00};
    SSL_write(ssl.get(), disconnect.data(), static_cast<int>(disconnect.size()));
    SSL_shutdown(ssl.get());  // a session whose connection was cut is not resumed
    if (resumes_ && session_ == nullptr) {
        session_.reset(SSL_get1_session(ssl.get()));
    }
}

}  // namespace mq::bench
