/// Password hashes, by the code that reads and writes the broker's password file.

#include "broker/auth/password_hash.hpp"
#include "client/include/mosquitto/libcommon_password.h"
#include "client/lib/guarded.hpp"

#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

using mq::broker::HashKind;
using mq::broker::PasswordHash;

struct mosquitto_pw {
    mq::broker::HashRecipe recipe;
    std::optional<PasswordHash> hash;
    std::string encoded;  ///< the text of `hash`
    bool valid = false;
};

namespace {

using mq::client::guarded;

std::optional<HashKind> kind_of(int type) {
    switch (type) {
        case MOSQ_PW_SHA512:
            return HashKind::sha512;
        case MOSQ_PW_DEFAULT:
        case MOSQ_PW_SHA512_PBKDF2:
            return HashKind::pbkdf2_sha512;
        case MOSQ_PW_ARGON2ID:
            return HashKind::argon2id;
        default:
            return {};
    }
}

/// A hash in one of the three forms that the interface has numbers for.
bool is_of_known_kind(std::string_view encoded) {
    return encoded.starts_with("$6$") || encoded.starts_with("$7$") ||
           encoded.starts_with("$argon2id$");
}

int keep(mosquitto_pw& pw, const PasswordHash& hash) {
    pw.encoded = hash.text();
    pw.hash = hash;
    pw.recipe.kind = hash.kind();
    pw.valid = true;
    return MOSQ_ERR_SUCCESS;
}

}  // namespace

int mosquitto_pw_new(struct mosquitto_pw** pw, enum mosquitto_pwhash_type hashtype) {
    int type = 0;  // a C program may pass any number, which could not be read as the enum
    static_assert(sizeof(type) == sizeof(hashtype));
    std::memcpy(&type, &hashtype, sizeof(type));
    const auto kind = kind_of(type);
    if (pw == nullptr || !kind) {
        return MOSQ_ERR_INVAL;
    }
    *pw = nullptr;
    return guarded([&] {
        auto made = std::make_unique<mosquitto_pw>();
        made->recipe.kind = *kind;
        *pw = made.release();
        return MOSQ_ERR_SUCCESS;
    });
}

void mosquitto_pw_cleanup(struct mosquitto_pw* pw) {
    delete pw;
}

int mosquitto_pw_hash_encoded(struct mosquitto_pw* pw, const char* password) {
    if (pw == nullptr || password == nullptr) {
        return MOSQ_ERR_INVAL;
    }
    return guarded([&] {
        const auto hash = PasswordHash::make(password, pw->recipe);
        return hash ? keep(*pw, *hash) : static_cast<int>(MOSQ_ERR_UNKNOWN);
    });
}

const char* mosquitto_pw_get_encoded(struct mosquitto_pw* pw) {
    return pw == nullptr || !pw->hash ? nullptr : pw->encoded.c_str();
}

int mosquitto_pw_decode(struct mosquitto_pw* pw, const char* encoded_password) {
    if (pw == nullptr || encoded_password == nullptr) {
        return MOSQ_ERR_INVAL;
    }
    return guarded([&] {
        if (!is_of_known_kind(encoded_password)) {
            return static_cast<int>(MOSQ_ERR_NOT_SUPPORTED);
        }
        const auto hash = PasswordHash::parse(encoded_password);
        return hash ? keep(*pw, *hash) : static_cast<int>(MOSQ_ERR_INVAL);
    });
}

int mosquitto_pw_verify(struct mosquitto_pw* pw, const char* password) {
    if (pw == nullptr || password == nullptr || !pw->valid || !pw->hash) {
        return MOSQ_ERR_INVAL;
    }
    return guarded([&] {
        const auto same = pw->hash->matches(password);
        if (!same) {
            return MOSQ_ERR_NOMEM;
        }
        return *same ? MOSQ_ERR_SUCCESS : MOSQ_ERR_AUTH;
    });
}

int mosquitto_pw_set_param(struct mosquitto_pw* pw, int param, int value) {
    constexpr int iterations_max = mq::broker::pbkdf2_iterations_max;
    if (pw == nullptr || param != MOSQ_PW_PARAM_ITERATIONS ||
        pw->recipe.kind != HashKind::pbkdf2_sha512 || value < 1 || value > iterations_max) {
        return MOSQ_ERR_INVAL;
    }
    pw->recipe.iterations = static_cast<std::uint32_t>(value);
    return MOSQ_ERR_SUCCESS;
}

bool mosquitto_pw_is_valid(struct mosquitto_pw* pw) {
    return pw != nullptr && pw->valid;
}

void mosquitto_pw_set_valid(struct mosquitto_pw* pw, bool valid) {
    if (pw != nullptr) {
        pw->valid = valid;
    }
}
