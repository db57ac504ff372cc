#pragma once

#include "tests/broker/net/certificates.hpp"
#include "tests/support/raw_client.hpp"

#include <openssl/ssl.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace mq::broker::test {

using SslContext = std::unique_ptr<SSL_CTX, FreeBy<SSL_CTX_free>>;
/// Says goodbye first: the session of a connection that is cut cannot be resumed.
struct EndSsl {
    void operator()(SSL* ssl) const {
        SSL_shutdown(ssl);
        SSL_free(ssl);
    }
};
using Ssl = std::unique_ptr<SSL, EndSsl>;
using SslSession = std::unique_ptr<SSL_SESSION, FreeBy<SSL_SESSION_free>>;

/// A client of OpenSSL that trusts everybody. Blocking, as RawClient is.
class TlsClient {
 public:
    /// Changes the client before its handshake.
    using Setup = std::function<void(SSL*)>;

    explicit TlsClient(std::uint16_t port, const Setup& setup = {})
        : raw_(port), context_(SSL_CTX_new(TLS_client_method())), ssl_(SSL_new(context_.get())) {
        SSL_set_fd(ssl_.get(), raw_.descriptor());
        if (setup) {
            setup(ssl_.get());
        }
        ready_ = SSL_connect(ssl_.get()) == 1;
    }

    /// Whether the handshake is done, as far as a client can tell: with TLS 1.3 the server may
    /// refuse its certificate later.
    [[nodiscard]] bool ready() const { return ready_; }
    [[nodiscard]] SSL* ssl() const { return ssl_.get(); }

    void send(std::string_view bytes) const {
        while (!bytes.empty()) {
            std::size_t n = 0;
            if (SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &n) != 1) {
                return;
            }
            bytes.remove_prefix(n);
        }
    }
    /// Exactly `size` bytes, or fewer when the peer closes before.
    [[nodiscard]] std::string receive(std::size_t size) const {
        std::string all(size, '\0');
        std::size_t have = 0;
        while (have < size) {
            std::size_t n = 0;
            if (SSL_read_ex(ssl_.get(), all.data() + have, size - have, &n) != 1) {
                break;
            }
            have += n;
        }
        all.resize(have);
        return all;
    }

 private:
    mq::test::RawClient raw_;
    SslContext context_;
    Ssl ssl_;
    bool ready_ = false;
};

inline TlsClient::Setup version_max(int version) {
    return [version](SSL* ssl) { SSL_set_max_proto_version(ssl, version); };
}

/// Shows a certificate of the client's.
inline TlsClient::Setup showing(const Signed& own) {
    return [&own](SSL* ssl) {
        SSL_use_certificate(ssl, own.certificate.get());
        SSL_use_PrivateKey(ssl, own.key.get());
    };
}

}  // namespace mq::broker::test
