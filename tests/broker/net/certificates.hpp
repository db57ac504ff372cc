#pragma once

#include "broker/net/client_certificate.hpp"

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <filesystem>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mq::broker::test {

template <auto Function>
struct FreeBy {
    template <class Object>
    void operator()(Object* object) const {
        Function(object);
    }
};
using Key = std::unique_ptr<EVP_PKEY, FreeBy<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, FreeBy<X509_free>>;

/// What a certificate of a test says.
struct CertificateWish {
    std::vector<std::string> common_names{"localhost"};
    std::string organization{};
    bool authority = false;              ///< may sign others
    int valid_from_s = -3600;            ///< from now
    int valid_to_s = 86400 * 30 + 3600;  ///< from now
};

/// A certificate with its key.
struct Signed {
    Key key;
    Certificate certificate;

    [[nodiscard]] std::string certificate_pem() const;
    /// With a password, encrypted by it.
    [[nodiscard]] std::string key_pem(const std::string& password = {}) const;
};

/// Signed by `issuer`, or by itself.
Signed make_certificate(const CertificateWish& wish, const Signed* issuer = nullptr);

/// As it is kept of a client that has shown these, its own first.
std::shared_ptr<const ClientCertificate> shown(std::initializer_list<const Signed*> chain);

/// A revocation list of `issuer` that names these certificates.
std::string revocation_pem(const Signed& issuer, std::initializer_list<const Signed*> revoked,
                           int valid_to_s = 86400);

std::string dh_parameters_pem();

/// A folder of files that goes with the object.
class Folder {
 public:
    Folder();
    ~Folder();
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    /// Writes a file anew, under another inode than before; returns its path.
    std::string write(std::string_view name, std::string_view content) const;
    [[nodiscard]] std::string path(std::string_view name) const { return path_ / name; }

 private:
    std::filesystem::path path_;
};

}  // namespace mq::broker::test
