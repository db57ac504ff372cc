#include "broker/net/tls_identity.hpp"

#include "broker/net/openssl_objects.hpp"
#include "mqtt/utf8.hpp"

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/x509.h>

#include <algorithm>

namespace mq::broker {
namespace {

constexpr std::size_t user_name_bytes_max = 65535;

bool is_control(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F;
}

/// U+0080 to U+009F, in well-formed UTF-8.
bool has_high_control(std::string_view text) {
    for (std::size_t at = text.find('\xC2'); at != std::string_view::npos;
         at = text.find('\xC2', at + 1)) {
        if (static_cast<unsigned char>(text[at + 1]) < 0xA0) {
            return true;
        }
    }
    return false;
}

}  // namespace

std::string user_name_of(std::string_view text) {
    if (text.size() > user_name_bytes_max || std::any_of(text.begin(), text.end(), is_control) ||
        !mqtt::is_valid_utf8(text) || has_high_control(text)) {
        return {};
    }
    return std::string(text);
}

std::string common_name_of(const x509_st* certificate) {
    const X509_NAME* subject = X509_get_subject_name(certificate);
    const int index = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
    if (index < 0) {
        return {};
    }
    const ASN1_STRING* value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, index));
    unsigned char* text = nullptr;
    const int size = ASN1_STRING_to_UTF8(&text, value);
    if (size < 0) {
        ERR_clear_error();
        return {};
    }
    std::string name =
        user_name_of({reinterpret_cast<const char*>(text), static_cast<std::size_t>(size)});
    OPENSSL_free(text);
    return name;
}

std::string subject_of(const x509_st* certificate) {
    const BioPtr bio(BIO_new(BIO_s_mem()));
    if (X509_NAME_print_ex(bio.get(), X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253) < 0) {
        ERR_clear_error();
        return {};
    }
    char* text = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &text);
    return size <= 0 ? std::string() : user_name_of({text, static_cast<std::size_t>(size)});
}

}  // namespace mq::broker
