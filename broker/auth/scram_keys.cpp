#include "broker/auth/scram_keys.hpp"

#include "base/secret.hpp"
#include "mqtt/utf8.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace mq::broker {
namespace {

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* bytes_of(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

/// Whether there are control characters of ASCII or of the Latin-1 block (U+0080 to U+009F).
bool has_control(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto value = static_cast<unsigned char>(text[i]);
        const auto next = static_cast<unsigned char>(i + 1 < text.size() ? text[i + 1] : 0);
        if (value < 0x20 || value == 0x7F || (value == 0xC2 && next < 0xA0)) {
            return true;
        }
    }
    return false;
}

}  // namespace

Outcome<std::string> sha256(std::string_view bytes) {
    std::string digest(scram_key_bytes, '\0');
    if (EVP_Digest(bytes.data(), bytes.size(), bytes_of(digest), nullptr, EVP_sha256(), nullptr) !=
        1) {
        return Problem{"cannot compute SHA-256", ""};
    }
    return digest;
}

Outcome<std::string> hmac_sha256(std::string_view key, std::string_view bytes) {
    std::string digest(scram_key_bytes, '\0');
    if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_of(bytes), bytes.size(),
             bytes_of(digest), nullptr) == nullptr) {
        return Problem{"cannot compute HMAC-SHA-256", ""};
    }
    return digest;
}

Outcome<ScramKeys> scram_keys(std::string_view password, std::string_view salt,
                              std::uint32_t iterations) {
    std::string salted(scram_key_bytes, '\0');
    if (PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), bytes_of(salt),
                          static_cast<int>(salt.size()), static_cast<int>(iterations), EVP_sha256(),
                          static_cast<int>(salted.size()), bytes_of(salted)) != 1) {
        return Problem{"cannot compute PBKDF2", ""};
    }
    const Secret salted_password(std::move(salted));
    auto client = hmac_sha256(salted_password.view(), "Client Key");
    if (!client) {
        return client.error();
    }
    const Secret client_key(std::move(*client));
    auto stored = sha256(client_key.view());
    auto server = hmac_sha256(salted_password.view(), "Server Key");
    if (!stored || !server) {
        return stored ? server.error() : stored.error();
    }
    return ScramKeys{std::move(*stored), std::move(*server)};
}

Outcome<void> check_scram_text(std::string_view text, const char* name) {
    if (text.empty()) {
        return Problem{std::string(name) + " must not be empty", ""};
    }
    if (!mqtt::is_valid_utf8(text)) {
        return Problem{std::string(name) + " must be UTF-8", ""};
    }
    if (has_control(text)) {
        return Problem{std::string(name) + " must not contain control characters", ""};
    }
    return {};
}

}  // namespace mq::broker
