#include "broker/net/tls.hpp"

#include "broker/net/client_certificate.hpp"
#include "broker/net/openssl_error.hpp"
#include "broker/net/tls_identity.hpp"
#include "broker/net/tls_psk.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>
#include <string>
#include <utility>

namespace mq::broker {
namespace {

/// The user name that the client's certificate or PSK identity stands for; empty for none.
std::string name_of(const SSL* ssl, TlsNameSource source) {
    if (const std::string* identity = psk_identity_of(ssl)) {
        return user_name_of(*identity);
    }
    const X509* certificate = SSL_get0_peer_certificate(ssl);
    if (certificate == nullptr) {
        return {};
    }
    return source == TlsNameSource::identity ? common_name_of(certificate)
                                             : subject_of(certificate);
}

}  // namespace

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

void TlsStream::note_keys() {
    note_psk_keys(ssl_.get());
}

StreamState TlsStream::handshake(bool pauses) {
    ERR_clear_error();
    pause_before_certificates(pauses);
    const int returned = SSL_accept(ssl_.get());
    forget_psk_keys(ssl_.get());
    return returned == 1 ? StreamState::done : result_of(returned).state;
}

bool TlsStream::paused() const {
    return SSL_want_x509_lookup(ssl_.get());
}

/// Once a server has sent its Finished, in TLS 1.3 or when it resumes a session, only the client's
/// is to come, and its certificate.
bool TlsStream::handshake_is_light() const {
    std::uint8_t own = 0;
    return SSL_get_finished(ssl_.get(), &own, sizeof own) > 0 &&
           SSL_get_verify_mode(ssl_.get()) == SSL_VERIFY_NONE;
}

void TlsStream::describe(Peer& peer) const {
    TlsProof& proof = peer.proof();
    proof.negotiated = std::string(SSL_get_version(ssl_.get())) + " cipher " +
                       SSL_CIPHER_get_name(SSL_get_current_cipher(ssl_.get()));
    if (const std::string* identity = psk_identity_of(ssl_.get())) {
        proof.psk_identity = *identity;
    }
    proof.certificate = ClientCertificate::of(ssl_.get());
    if (const auto source = name_source_of(SSL_get_SSL_CTX(ssl_.get()));
        source != TlsNameSource::none) {
        proof.identity = name_of(ssl_.get(), source);
    }
}

bool TlsStream::key_holds() const {
    return psk_key_holds(ssl_.get());
}

std::string TlsStream::failure() const {
    const unsigned long error = ERR_peek_error();
    if (psk_identity_unknown(ssl_.get())) {
        ERR_clear_error();
        return "unknown PSK identity";
    }
    std::string reason = take_openssl_reason();
    if (ERR_GET_LIB(error) == ERR_LIB_SSL &&
        ERR_GET_REASON(error) == SSL_R_CERTIFICATE_VERIFY_FAILED) {
        reason +=
            std::string(": ") + X509_verify_cert_error_string(SSL_get_verify_result(ssl_.get()));
    }
    return reason;
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
        case SSL_ERROR_WANT_X509_LOOKUP:
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
