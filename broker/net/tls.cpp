#include "broker/net/tls.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <new>
#include <string>
#include <utility>

namespace mq::broker {
namespace {

std::string openssl_reason() {
    const unsigned long code = ERR_peek_error();
    std::array<char, 256> text{};
    ERR_error_string_n(code, text.data(), text.size());
    ERR_clear_error();
    return code == 0 ? "unknown reason" : text.data();
}

Problem tls_problem(const std::string& what) {
    return {what + ": " + openssl_reason(), "", ""};
}

}  // namespace

void TlsContext::Free::operator()(ssl_ctx_st* context) const {
    SSL_CTX_free(context);
}

Outcome<TlsContext> TlsContext::create(const ListenerConfig& config) {
    ERR_clear_error();
    TlsContext made(SSL_CTX_new(TLS_server_method()));
    SSL_CTX* context = made.get();
    if (context == nullptr) {
        return tls_problem("cannot set TLS up");
    }
    const int version =
        config.tls_version_min == TlsVersion::tls1_3 ? TLS1_3_VERSION : TLS1_2_VERSION;
    SSL_CTX_set_min_proto_version(context, version);
    SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                                     SSL_OP_CIPHER_SERVER_PREFERENCE |
                                     SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    if (!config.ciphers.empty() && SSL_CTX_set_cipher_list(context, config.ciphers.c_str()) != 1) {
        return tls_problem("cannot use ciphers " + config.ciphers);
    }
    if (!config.ciphers_tls1_3.empty() &&
        SSL_CTX_set_ciphersuites(context, config.ciphers_tls1_3.c_str()) != 1) {
        return tls_problem("cannot use ciphers_tls1.3 " + config.ciphers_tls1_3);
    }
    if (SSL_CTX_use_certificate_chain_file(context, config.certfile.c_str()) != 1) {
        return tls_problem("cannot load certfile " + config.certfile);
    }
    if (SSL_CTX_use_PrivateKey_file(context, config.keyfile.c_str(), SSL_FILETYPE_PEM) != 1) {
        return tls_problem("cannot load keyfile " + config.keyfile);
    }
    if (SSL_CTX_check_private_key(context) != 1) {
        return tls_problem("keyfile " + config.keyfile + " does not belong to certfile " +
                           config.certfile);
    }
    return made;
}

void TlsStream::Free::operator()(ssl_st* ssl) const {
    SSL_free(ssl);
}

TlsStream::TlsStream(const TlsContext& context, UniqueFd fd)
    : fd_(std::move(fd)), ssl_(SSL_new(context.get())) {
    if (ssl_ == nullptr || SSL_set_fd(ssl_.get(), fd_.get()) != 1) {
        throw std::bad_alloc();
    }
    SSL_set_accept_state(ssl_.get());
}

StreamState TlsStream::handshake() {
    ERR_clear_error();
    const int returned = SSL_accept(ssl_.get());
    return returned == 1 ? StreamState::done : result_of(returned).state;
}

void TlsStream::describe(Peer& peer) const {
    peer.negotiated = std::string(SSL_get_version(ssl_.get())) + " cipher " +
                      SSL_CIPHER_get_name(SSL_get_current_cipher(ssl_.get()));
}

std::string TlsStream::failure() const {
    const unsigned long code = ERR_peek_error();
    const char* reason = ERR_reason_error_string(code);
    return reason != nullptr ? reason : "connection closed by client";
}

StreamResult TlsStream::read(std::span<std::uint8_t> room) {
    ERR_clear_error();
    std::size_t n = 0;
    const int returned = SSL_read_ex(ssl_.get(), room.data(), room.size(), &n);
    // One call yields one record at most, so a short read says nothing about what follows.
    return returned == 1 ? StreamResult{StreamState::done, n, false, 0} : result_of(returned);
}

StreamResult TlsStream::write(std::span<const iovec> parts, std::span<std::uint8_t> scratch) {
    std::size_t size = 0;
    const std::size_t size_max = std::min(scratch.size(), record_bytes_max);
    for (const iovec& part : parts) {
        const std::size_t n = std::min(part.iov_len, size_max - size);
        std::memcpy(scratch.data() + size, part.iov_base, n);
        size += n;
        if (size == size_max) {
            break;
        }
    }
    ERR_clear_error();
    std::size_t written = 0;
    const int returned = SSL_write_ex(ssl_.get(), scratch.data(), size, &written);
    return returned == 1 ? StreamResult{StreamState::done, written, false, 0} : result_of(returned);
}

bool TlsStream::has_pending() {
    return SSL_has_pending(ssl_.get()) == 1;
}

void TlsStream::finish() {
    if (!failed_ && SSL_is_init_finished(ssl_.get()) == 1) {
        ERR_clear_error();
        SSL_shutdown(ssl_.get());
    }
}

StreamResult TlsStream::result_of(int returned) {
    const int error = errno;
    switch (SSL_get_error(ssl_.get(), returned)) {
        case SSL_ERROR_WANT_READ:
            return {StreamState::want_read, 0, true, 0};
        case SSL_ERROR_WANT_WRITE:
            return {StreamState::want_write, 0, true, 0};
        case SSL_ERROR_ZERO_RETURN:
            return {StreamState::end, 0, true, 0};
        case SSL_ERROR_SYSCALL:
            failed_ = true;
            return {error == 0 ? StreamState::end : StreamState::failed, 0, true, error};
        default:
            failed_ = true;
            return {StreamState::failed, 0, true, 0};
    }
}

}  // namespace mq::broker
