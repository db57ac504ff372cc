#include "broker/net/tls_files.hpp"

#include "base/file.hpp"
#include "broker/net/openssl_error.hpp"
#include "broker/net/openssl_objects.hpp"

#include <openssl/decoder.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <filesystem>
#include <limits>
#include <string_view>

namespace mq::broker {
namespace {

Problem cannot_load(const char* directive, const std::string& path, const std::string& reason,
                    std::string next = {}) {
    ERR_clear_error();
    return {std::string("Error: cannot load ") + directive + " " + path + ": " + reason, "",
            std::move(next)};
}

Outcome<std::string> read(const char* directive, const std::string& path) {
    if (path.empty()) {
        return std::string();
    }
    auto text = read_file(path, TlsFiles::file_bytes_max);
    if (!text) {
        return Problem{"Error: " + std::string(directive) + ": " + text.error().what, "", ""};
    }
    return text;
}

BioPtr reader_of(std::string_view text) {
    static_assert(TlsFiles::file_bytes_max < std::numeric_limits<int>::max());
    return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

/// Reading one more item has failed because there is none.
bool at_end() {
    const unsigned long error = ERR_peek_last_error();
    const bool end =
        ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
    if (end) {
        ERR_clear_error();
    }
    return end;
}

/// Calls `take` with each certificate of a PEM text. The number of them, or -1 when one is broken
/// or refused.
template <class Take>
int each_certificate(std::string_view text, const Take& take) {
    const BioPtr bio = reader_of(text);
    int count = 0;
    while (X509Ptr certificate{PEM_read_bio_X509_AUX(bio.get(), nullptr, nullptr, nullptr)}) {
        if (!take(std::move(certificate), count++)) {
            return -1;
        }
    }
    return at_end() ? count : -1;
}

/// Nobody is asked for a password; that one was wanted is noted.
int note_password_wanted(char*, int, int, void* wanted) {
    *static_cast<bool*>(wanted) = true;
    return -1;
}

std::string reason_or_none(int count, const char* what) {
    return count == 0 ? std::string("there is no ") + what + " in it" : take_openssl_reason();
}

}  // namespace

Outcome<TlsFiles> TlsFiles::read(const ListenerConfig& config) {
    TlsFiles files(config);
    const auto read_into = [](std::string& target, const char* directive,
                              const std::string& path) -> Outcome<void> {
        auto text = broker::read(directive, path);
        if (!text) {
            return text.error();
        }
        target = std::move(*text);
        return {};
    };
    std::string key;
    const struct {
        std::string& target;
        const char* directive;
        const std::string& path;
    } all[] = {
        {files.certificate_, "certfile", config.certfile},
        {key, "keyfile", config.keyfile},
        {files.authorities_, "cafile", config.cafile},
        {files.revocations_, "crlfile", config.crlfile},
        {files.dh_parameters_, "dhparamfile", config.dhparamfile},
    };
    for (const auto& one : all) {
        if (auto done = read_into(one.target, one.directive, one.path); !done) {
            return done.error();
        }
    }
    files.key_ = Secret(std::move(key));
    return files;
}

Outcome<void> TlsFiles::load_certificate(ssl_ctx_st* context) const {
    const int count = each_certificate(certificate_, [&](X509Ptr certificate, int index) {
        if (index == 0) {
            return SSL_CTX_use_certificate(context, certificate.get()) == 1;
        }
        if (SSL_CTX_add0_chain_cert(context, certificate.get()) != 1) {
            return false;
        }
        certificate.release();  // the context's from now on
        return true;
    });
    if (count <= 0) {
        return cannot_load("certfile", config_.certfile, reason_or_none(count, "PEM certificate"));
    }
    return load_key(context);
}

Outcome<void> TlsFiles::load_key(ssl_ctx_st* context) const {
    bool password_wanted = false;
    const BioPtr bio = reader_of(key_.view());
    const KeyPtr key(
        PEM_read_bio_PrivateKey(bio.get(), nullptr, note_password_wanted, &password_wanted));
    if (password_wanted) {
        return cannot_load(
            "keyfile", config_.keyfile, "it needs a password, which nobody is there to type",
            "Type 'openssl pkey -in " + config_.keyfile + " -out NEWFILE' for a copy without one.");
    }
    if (key == nullptr) {
        return cannot_load("keyfile", config_.keyfile, "there is no good PEM private key in it");
    }
    if (SSL_CTX_use_PrivateKey(context, key.get()) != 1) {
        const unsigned long error = ERR_peek_error();
        const bool other = ERR_GET_LIB(error) == ERR_LIB_X509 &&
                           (ERR_GET_REASON(error) == X509_R_KEY_VALUES_MISMATCH ||
                            ERR_GET_REASON(error) == X509_R_KEY_TYPE_MISMATCH);
        return cannot_load(
            "keyfile", config_.keyfile,
            other ? "it does not belong to certfile " + config_.certfile : take_openssl_reason());
    }
    return {};
}

Outcome<void> TlsFiles::load_authorities(ssl_ctx_st* context) const {
    X509_STORE* store = SSL_CTX_get_cert_store(context);
    if (!config_.cafile.empty()) {
        const int count = each_certificate(authorities_, [&](const X509Ptr& certificate, int) {
            return X509_STORE_add_cert(store, certificate.get()) == 1 &&
                   SSL_CTX_add_client_CA(context, certificate.get()) == 1;
        });
        if (count <= 0) {
            return cannot_load("cafile", config_.cafile, reason_or_none(count, "PEM certificate"));
        }
    }
    if (!config_.capath.empty()) {
        std::error_code unreadable;
        // OpenSSL looks into the folder only when a client comes.
        if (!std::filesystem::is_directory(config_.capath, unreadable)) {
            return cannot_load("capath", config_.capath, "there is no such folder");
        }
        X509_STORE_load_path(store, config_.capath.c_str());
    }
    return load_revocations(context);
}

Outcome<void> TlsFiles::load_revocations(ssl_ctx_st* context) const {
    if (config_.crlfile.empty()) {
        return {};
    }
    X509_STORE* store = SSL_CTX_get_cert_store(context);
    const BioPtr bio = reader_of(revocations_);
    int count = 0;
    while (const CrlPtr list{PEM_read_bio_X509_CRL(bio.get(), nullptr, nullptr, nullptr)}) {
        if (X509_STORE_add_crl(store, list.get()) != 1) {
            return cannot_load("crlfile", config_.crlfile, take_openssl_reason());
        }
        ++count;
    }
    if (!at_end() || count == 0) {
        return cannot_load("crlfile", config_.crlfile,
                           reason_or_none(count, "PEM revocation list"));
    }
    X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
    return {};
}

Outcome<void> TlsFiles::load_dh_parameters(ssl_ctx_st* context) const {
    if (config_.dhparamfile.empty()) {
        SSL_CTX_set_dh_auto(context, 1);
        return {};
    }
    EVP_PKEY* decoded = nullptr;
    const DecoderPtr decoder(OSSL_DECODER_CTX_new_for_pkey(&decoded, "PEM", nullptr, nullptr,
                                                           OSSL_KEYMGMT_SELECT_DOMAIN_PARAMETERS,
                                                           nullptr, nullptr));
    const BioPtr bio = reader_of(dh_parameters_);
    const bool good = decoder && OSSL_DECODER_from_bio(decoder.get(), bio.get()) == 1;
    KeyPtr parameters(decoded);
    if (!good || !(EVP_PKEY_is_a(decoded, "DH") == 1 || EVP_PKEY_is_a(decoded, "DHX") == 1)) {
        return cannot_load("dhparamfile", config_.dhparamfile,
                           "there are no PEM Diffie-Hellman parameters in it");
    }
    if (SSL_CTX_set0_tmp_dh_pkey(context, parameters.get()) != 1) {
        return cannot_load("dhparamfile", config_.dhparamfile, take_openssl_reason());
    }
    parameters.release();  // the context's from now on
    return {};
}

}  // namespace mq::broker
