#include "client/lib/tls.hpp"

#include "client/include/mosquitto/defs.h"
#include "client/lib/tls_ocsp.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <arpa/inet.h>
#include <cerrno>
#include <limits>
#include <sys/socket.h>

namespace mq::client {
namespace {

// OpenSSL's own BIO for sockets calls write(2), which raises SIGPIPE in programs that did not ask
// for it; this one does not.

int fd_of(BIO* bio) {
    return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio)));
}

bool is_passing(int reason) {
    return reason == EAGAIN || reason == EWOULDBLOCK || reason == EINTR;
}

int bio_write(BIO* bio, const char* bytes, int size) {
    BIO_clear_retry_flags(bio);
    const ssize_t sent = ::send(fd_of(bio), bytes, static_cast<std::size_t>(size), MSG_NOSIGNAL);
    if (sent < 0 && is_passing(errno)) {
        BIO_set_retry_write(bio);
    }
    return static_cast<int>(sent);
}

int bio_read(BIO* bio, char* into, int size) {
    BIO_clear_retry_flags(bio);
    const ssize_t got = ::recv(fd_of(bio), into, static_cast<std::size_t>(size), 0);
    if (got < 0 && is_passing(errno)) {
        BIO_set_retry_read(bio);
    }
    return static_cast<int>(got);
}

long bio_control(BIO* /*bio*/, int command, long /*number*/, void* /*pointer*/) {
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

int bio_create(BIO* bio) {
    BIO_set_init(bio, 1);
    return 1;
}

/// Made once and kept until the program ends.
BIO_METHOD* socket_method() {
    static BIO_METHOD* const method = [] {
        BIO_METHOD* const made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "mqhome");
        if (made != nullptr) {
            BIO_meth_set_write(made, bio_write);
            BIO_meth_set_read(made, bio_read);
            BIO_meth_set_ctrl(made, bio_control);
            BIO_meth_set_create(made, bio_create);
        }
        return made;
    }();
    return method;
}

BIO* make_bio(int fd) {
    BIO_METHOD* const method = socket_method();
    BIO* const bio = method == nullptr ? nullptr : BIO_new(method);
    if (bio != nullptr) {
        BIO_set_data(bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(fd)));
    }
    return bio;
}

bool is_address(const std::string& host) {
    unsigned char address[16];
    return ::inet_pton(AF_INET, host.c_str(), address) == 1 ||
           ::inet_pton(AF_INET6, host.c_str(), address) == 1;
}

/// What the macro SSL_set_tlsext_host_name does, without its cast.
bool send_name(SSL* connection, const std::string& host) {
    return SSL_ctrl(connection, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                    const_cast<char*>(host.c_str())) == 1;
}

int limited(std::size_t size) {
    constexpr std::size_t most = std::numeric_limits<int>::max();
    return static_cast<int>(size < most ? size : most);
}

}  // namespace

int Tls::create(ssl_ctx_st* context, const TlsSettings& settings, const std::string& host, int fd,
                std::unique_ptr<Tls>& tls) {
    ERR_clear_error();
    tls.reset(new Tls);
    tls->connection_.reset(SSL_new(context));
    BIO* const bio = make_bio(fd);
    if (!tls->connection_ || bio == nullptr) {
        BIO_free(bio);
        return MOSQ_ERR_NOMEM;
    }
    SSL* const connection = tls->connection_.get();
    SSL_set_bio(connection, bio, bio);
    SSL_set_connect_state(connection);
    // The context may be the application's, without these.
    SSL_set_mode(connection, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_set_ex_data(connection, 0, const_cast<TlsSettings*>(&settings));  // its "application data"
    if (!is_address(host) && !send_name(connection, host)) {
        return MOSQ_ERR_TLS;
    }
    if (settings.ocsp_required) {
        ask_for_ocsp(connection);
    }
    return tls->verify_name(settings, host) ? MOSQ_ERR_SUCCESS : MOSQ_ERR_TLS;
}

/// Not with an application's own context, whose rules are the application's, and not where the
/// certificate is not looked at, as with PSK.
bool Tls::verify_name(const TlsSettings& settings, const std::string& host) {
    const bool own_rules = settings.given_context && !settings.context_with_defaults;
    if (own_rules || settings.any_name || !settings.verify) {
        return true;
    }
    X509_VERIFY_PARAM* const rules = SSL_get0_param(connection_.get());
    X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return is_address(host) ? X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str()) == 1
                            : X509_VERIFY_PARAM_set1_host(rules, host.c_str(), 0) == 1;
}

Io Tls::failure(int result) const {
    const int saved = errno;
    switch (SSL_get_error(connection_.get(), result)) {
        case SSL_ERROR_WANT_READ:
            return Io::wait_read();
        case SSL_ERROR_WANT_WRITE:
            return Io::wait_write();
        case SSL_ERROR_ZERO_RETURN:
            return Io::failed(MOSQ_ERR_CONN_LOST);
        case SSL_ERROR_SYSCALL:
            errno = saved;
            return Io::failed(MOSQ_ERR_CONN_LOST);
        default: {
            // A peer that goes without saying so.
            const bool cut = ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING;
            return Io::failed(cut ? MOSQ_ERR_CONN_LOST : MOSQ_ERR_TLS);
        }
    }
}

Io Tls::handshake(LogLines& log) {
    ERR_clear_error();
    const int result = SSL_do_handshake(connection_.get());
    if (result == 1) {
        return Io::done(0);
    }
    Io io = failure(result);
    if (io.status == Io::Status::failed) {
        log_tls_errors(log);
        io.error = MOSQ_ERR_TLS;
    }
    return io;
}

Io Tls::read(std::span<std::uint8_t> into) {
    ERR_clear_error();
    const int result = SSL_read(connection_.get(), into.data(), limited(into.size()));
    return result > 0 ? Io::done(static_cast<std::size_t>(result)) : failure(result);
}

Io Tls::write(std::span<const std::uint8_t> bytes) {
    ERR_clear_error();
    const int result = SSL_write(connection_.get(), bytes.data(), limited(bytes.size()));
    return result > 0 ? Io::done(static_cast<std::size_t>(result)) : failure(result);
}

bool Tls::pending() const {
    return SSL_pending(connection_.get()) > 0;  // not for half a record: that would not help
}

void Tls::close() {
    ERR_clear_error();
    if (SSL_is_init_finished(connection_.get()) == 1) {
        SSL_shutdown(connection_.get());
    }
    ERR_clear_error();
}

}  // namespace mq::client
