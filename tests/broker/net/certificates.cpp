#include "tests/broker/net/certificates.hpp"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <fstream>
#include <stdexcept>

namespace mq::broker::test {
namespace {

using Bio = std::unique_ptr<BIO, FreeBy<BIO_free_all>>;
using Crl = std::unique_ptr<X509_CRL, FreeBy<X509_CRL_free>>;

void expect(bool good) {
    if (!good) {
        throw std::runtime_error("OpenSSL refused to make what a test needs");
    }
}

std::string text_of(const Bio& bio) {
    char* text = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

void add_name(X509_NAME* name, const char* field, const std::string& value) {
    expect(X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8,
                                      reinterpret_cast<const unsigned char*>(value.data()),
                                      static_cast<int>(value.size()), -1, 0) == 1);
}

using Extension = std::unique_ptr<X509_EXTENSION, FreeBy<X509_EXTENSION_free>>;

Extension make_extension(int nid, const char* value, X509* issuer = nullptr,
                         X509* subject = nullptr) {
    X509V3_CTX context{};
    X509V3_set_ctx(&context, issuer, subject, nullptr, nullptr, 0);
    Extension made(X509V3_EXT_nconf_nid(nullptr, &context, nid, value));
    expect(made != nullptr);
    return made;
}

void add_extension(X509* certificate, const Extension& extension) {
    expect(X509_add_ext(certificate, extension.get(), -1) == 1);
}

long next_serial() {
    static long last = 1;
    return ++last;
}

}  // namespace

std::string Signed::certificate_pem() const {
    const Bio bio(BIO_new(BIO_s_mem()));
    expect(PEM_write_bio_X509(bio.get(), certificate.get()) == 1);
    return text_of(bio);
}

std::string Signed::key_pem(const std::string& password) const {
    const Bio bio(BIO_new(BIO_s_mem()));
    const auto* text = reinterpret_cast<const unsigned char*>(password.data());
    expect(PEM_write_bio_PrivateKey(bio.get(), key.get(),
                                    password.empty() ? nullptr : EVP_aes_128_cbc(), text,
                                    static_cast<int>(password.size()), nullptr, nullptr) == 1);
    return text_of(bio);
}

Signed make_certificate(const CertificateWish& wish, const Signed* issuer) {
    Signed made{Key(EVP_EC_gen("P-256")), Certificate(X509_new())};
    X509* certificate = made.certificate.get();
    expect(X509_set_version(certificate, X509_VERSION_3) == 1);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), next_serial());
    X509_gmtime_adj(X509_getm_notBefore(certificate), wish.valid_from_s);
    X509_gmtime_adj(X509_getm_notAfter(certificate), wish.valid_to_s);
    X509_NAME* name = X509_get_subject_name(certificate);
    if (!wish.organization.empty()) {
        add_name(name, "O", wish.organization);
    }
    for (const std::string& common_name : wish.common_names) {
        add_name(name, "CN", common_name);
    }
    X509_set_pubkey(certificate, made.key.get());
    add_extension(certificate,
                  make_extension(NID_basic_constraints,
                                 wish.authority ? "critical,CA:TRUE" : "critical,CA:FALSE"));
    add_extension(certificate,
                  make_extension(NID_subject_key_identifier, "hash", nullptr, certificate));
    const Signed& signer = issuer != nullptr ? *issuer : made;
    add_extension(certificate, make_extension(NID_authority_key_identifier, "keyid",
                                              signer.certificate.get(), certificate));
    X509_set_issuer_name(certificate, X509_get_subject_name(signer.certificate.get()));
    expect(X509_sign(certificate, signer.key.get(), EVP_sha256()) > 0);
    return made;
}

std::shared_ptr<const ClientCertificate> shown(std::initializer_list<const Signed*> chain) {
    std::vector<X509Ptr> all;
    for (const Signed* one : chain) {
        X509_up_ref(one->certificate.get());
        all.emplace_back(one->certificate.get());
    }
    return std::make_shared<ClientCertificate>(std::move(all));
}

std::string revocation_pem(const Signed& issuer, std::initializer_list<const Signed*> revoked,
                           int valid_to_s) {
    const Crl list(X509_CRL_new());
    X509_CRL_set_version(list.get(), X509_CRL_VERSION_2);
    X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(issuer.certificate.get()));
    const std::unique_ptr<ASN1_TIME, FreeBy<ASN1_TIME_free>> time(ASN1_TIME_new());
    X509_gmtime_adj(time.get(), -60);
    X509_CRL_set1_lastUpdate(list.get(), time.get());
    for (const Signed* one : revoked) {
        std::unique_ptr<X509_REVOKED, FreeBy<X509_REVOKED_free>> entry(X509_REVOKED_new());
        X509_REVOKED_set_serialNumber(entry.get(), X509_get_serialNumber(one->certificate.get()));
        X509_REVOKED_set_revocationDate(entry.get(), time.get());
        expect(X509_CRL_add0_revoked(list.get(), entry.release()) == 1);
    }
    X509_gmtime_adj(time.get(), valid_to_s);
    X509_CRL_set1_nextUpdate(list.get(), time.get());
    const Extension key =
        make_extension(NID_authority_key_identifier, "keyid", issuer.certificate.get());
    expect(X509_CRL_add_ext(list.get(), key.get(), -1) == 1);
    expect(X509_CRL_sign(list.get(), issuer.key.get(), EVP_sha256()) > 0);
    const Bio bio(BIO_new(BIO_s_mem()));
    expect(PEM_write_bio_X509_CRL(bio.get(), list.get()) == 1);
    return text_of(bio);
}

std::string dh_parameters_pem() {
    const std::unique_ptr<EVP_PKEY_CTX, FreeBy<EVP_PKEY_CTX_free>> maker(
        EVP_PKEY_CTX_new_from_name(nullptr, "DH", nullptr));
    EVP_PKEY* made = nullptr;
    expect(EVP_PKEY_paramgen_init(maker.get()) == 1 &&
           EVP_PKEY_CTX_set_group_name(maker.get(), "ffdhe2048") == 1 &&
           EVP_PKEY_paramgen(maker.get(), &made) == 1);
    const Key parameters(made);
    const Bio bio(BIO_new(BIO_s_mem()));
    expect(PEM_write_bio_Parameters(bio.get(), parameters.get()) == 1);
    return text_of(bio);
}

Folder::Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "mqtls-XXXXXX").string();
    expect(::mkdtemp(name.data()) != nullptr);
    path_ = name;
}

Folder::~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::string Folder::write(std::string_view name, std::string_view content) const {
    const std::string target = path(name);
    std::ofstream(target + ".new") << content;
    std::filesystem::rename(target + ".new", target);
    return target;
}

}  // namespace mq::broker::test
