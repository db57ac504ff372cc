#include "broker/auth/password_hash.hpp"

#include "broker/auth/base64.hpp"
#include "broker/auth/scram_keys.hpp"

#include <argon2.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <charconv>
#include <memory>
#include <optional>

namespace mq::broker {
namespace {

constexpr std::string_view sha512_tag = "$6$";
constexpr std::string_view pbkdf2_tag = "$7$";
constexpr std::string_view argon2id_tag = "$argon2id$";
constexpr std::string_view scram_tag = "$scram-sha-256$";

// What Mosquitto 2.1 writes.
constexpr std::uint32_t argon2_memory_default_kib = 47104;
constexpr std::uint32_t argon2_passes_default = 1;
constexpr std::uint32_t argon2_lanes_default = 1;

// Sizes of argon2id salts and hashes that are taken: the algorithm's own least salt, a hash too
// long to be met by chance, and ends to both.
constexpr std::size_t argon2_salt_bytes_min = 8;
constexpr std::size_t argon2_digest_bytes_min = 16;
constexpr std::size_t argon2_field_bytes_max = 128;

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* bytes_of(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

Problem bad(std::string what) {
    return {std::move(what), ""};
}

/// Takes the text up to the next `separator`, or all of it.
std::string_view take_field(std::string_view& rest, char separator) {
    const std::size_t end = rest.find(separator);
    const std::string_view field = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    return field;
}

std::optional<std::uint32_t> number_of(std::string_view text) {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return value;
}

/// A number within bounds; the problem names the field.
Outcome<std::uint32_t> bounded(std::string_view text, const char* name, std::uint32_t least,
                               std::uint32_t most) {
    const auto value = number_of(text);
    if (!value || *value < least || *value > most) {
        return bad(std::string(name) + " must be a number from " + std::to_string(least) + " to " +
                   std::to_string(most));
    }
    return *value;
}

/// The value of a `name=number` field of argon2.
Outcome<std::uint32_t> argon2_cost(std::string_view& rest, std::string_view name, const char* label,
                                   std::uint32_t least, std::uint32_t most) {
    std::string_view field = take_field(rest, ',');
    if (!field.starts_with(name)) {
        return bad("argon2id costs must read m=KIB,t=PASSES,p=LANES");
    }
    field.remove_prefix(name.size());
    return bounded(field, label, least, most);
}

Outcome<std::string> random_bytes(std::size_t count) {
    std::string bytes(count, '\0');
    if (RAND_bytes(bytes_of(bytes), static_cast<int>(count)) != 1) {
        return bad("the system gave no random bytes");
    }
    return bytes;
}

Outcome<std::string> sha512_digest(std::string_view password, std::string_view salt) {
    const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(),
                                                                     EVP_MD_CTX_free);
    std::string digest(hash_bytes, '\0');
    if (!context || EVP_DigestInit_ex(context.get(), EVP_sha512(), nullptr) != 1 ||
        EVP_DigestUpdate(context.get(), password.data(), password.size()) != 1 ||
        EVP_DigestUpdate(context.get(), salt.data(), salt.size()) != 1 ||
        EVP_DigestFinal_ex(context.get(), bytes_of(digest), nullptr) != 1) {
        return bad("cannot compute SHA-512");
    }
    return digest;
}

Outcome<std::string> pbkdf2_digest(std::string_view password, std::string_view salt,
                                   std::uint32_t iterations) {
    std::string digest(hash_bytes, '\0');
    if (PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), bytes_of(salt),
                          static_cast<int>(salt.size()), static_cast<int>(iterations), EVP_sha512(),
                          static_cast<int>(digest.size()), bytes_of(digest)) != 1) {
        return bad("cannot compute PBKDF2");
    }
    return digest;
}

}  // namespace

bool looks_hashed(std::string_view text) {
    return text.starts_with(sha512_tag) || text.starts_with(pbkdf2_tag) ||
           text.starts_with(argon2id_tag) || text.starts_with(scram_tag);
}

Outcome<PasswordHash> PasswordHash::parse(std::string_view text) {
    if (text.starts_with(sha512_tag)) {
        return parse_sha512(text.substr(sha512_tag.size()));
    }
    if (text.starts_with(pbkdf2_tag)) {
        return parse_pbkdf2(text.substr(pbkdf2_tag.size()));
    }
    if (text.starts_with(argon2id_tag)) {
        return parse_argon2id(text.substr(argon2id_tag.size()));
    }
    if (text.starts_with(scram_tag)) {
        return parse_scram(text.substr(scram_tag.size()));
    }
    return bad("the hash begins with none of $6$, $7$, $argon2id$, $scram-sha-256$");
}

Outcome<PasswordHash> PasswordHash::parse_sha512(std::string_view fields) {
    PasswordHash hash;
    hash.kind_ = HashKind::sha512;
    if (auto rest = hash.parse_salt_and_digest(fields); !rest) {
        return rest.error();
    }
    return hash;
}

Outcome<PasswordHash> PasswordHash::parse_pbkdf2(std::string_view fields) {
    PasswordHash hash;
    hash.kind_ = HashKind::pbkdf2_sha512;
    const auto iterations =
        bounded(take_field(fields, '$'), "the iterations", 1, pbkdf2_iterations_max);
    if (!iterations) {
        return iterations.error();
    }
    hash.iterations_ = *iterations;
    if (auto rest = hash.parse_salt_and_digest(fields); !rest) {
        return rest.error();
    }
    return hash;
}

Outcome<PasswordHash> PasswordHash::parse_argon2id(std::string_view fields) {
    PasswordHash hash;
    hash.kind_ = HashKind::argon2id;
    hash.version_ = ARGON2_VERSION_10;  // the encoded form says so by leaving the field out
    if (fields.starts_with("v=")) {
        const auto version = number_of(take_field(fields, '$').substr(2));
        if (version != ARGON2_VERSION_10 && version != ARGON2_VERSION_13) {
            return bad("the argon2id version must be 16 or 19");
        }
        hash.version_ = *version;
    }
    if (auto costs = hash.parse_argon2_costs(take_field(fields, '$')); !costs) {
        return costs.error();
    }
    if (auto rest = hash.parse_salt_and_digest(fields); !rest) {
        return rest.error();
    }
    return hash;
}

Outcome<PasswordHash> PasswordHash::parse_scram(std::string_view fields) {
    const auto iterations = bounded(take_field(fields, '$'), "the iterations", scram_iterations_min,
                                    pbkdf2_iterations_max);
    if (!iterations) {
        return iterations.error();
    }
    auto salt = base64_decode(take_field(fields, '$'), Padding::with);
    auto stored = base64_decode(take_field(fields, '$'), Padding::with);
    auto server = base64_decode(fields, Padding::with);
    if (!salt || !stored || !server) {
        return bad(std::string("the ") +
                   (!salt     ? "salt"
                    : !stored ? "stored key"
                              : "server key") +
                   " is not base64");
    }
    if (salt->size() < scram_salt_bytes || salt->size() > scram_salt_bytes_max) {
        return bad("a salt of " + std::to_string(salt->size()) + " bytes; 16 to 64 are possible");
    }
    for (const auto& key : {*stored, *server}) {
        if (key.size() != scram_key_bytes) {
            return bad("a key of " + std::to_string(key.size()) + " bytes; 32 are needed");
        }
    }
    PasswordHash hash;
    hash.kind_ = HashKind::scram_sha256;
    hash.iterations_ = *iterations;
    hash.salt_ = std::move(*salt);
    hash.digest_ = std::move(*stored);
    hash.server_key_ = std::move(*server);
    return hash;
}

Outcome<void> PasswordHash::parse_argon2_costs(std::string_view costs) {
    const auto memory = argon2_cost(costs, "m=", "the argon2id memory (m, KiB)", ARGON2_MIN_MEMORY,
                                    argon2_memory_max_kib);
    if (!memory) {
        return memory.error();
    }
    const auto passes = argon2_cost(costs, "t=", "the argon2id passes (t)", 1, argon2_passes_max);
    if (!passes) {
        return passes.error();
    }
    const auto lanes = argon2_cost(costs, "p=", "the argon2id lanes (p)", 1, argon2_lanes_max);
    if (!lanes) {
        return lanes.error();
    }
    if (!costs.empty()) {
        return bad("argon2id costs must read m=KIB,t=PASSES,p=LANES");
    }
    if (*memory < 8 * *lanes) {
        return bad("the argon2id memory must be at least 8 KiB a lane");
    }
    memory_kib_ = *memory;
    passes_ = *passes;
    lanes_ = *lanes;
    return {};
}

Outcome<void> PasswordHash::parse_salt_and_digest(std::string_view fields) {
    const bool argon2 = kind_ == HashKind::argon2id;
    const Padding padding = argon2 ? Padding::without : Padding::with;
    const auto salt = base64_decode(take_field(fields, '$'), padding);
    const auto digest = base64_decode(fields, padding);
    if (!salt || !digest) {
        return bad(std::string("the ") + (salt ? "hash" : "salt") + " is not base64");
    }
    const bool salt_fits =
        argon2 ? salt->size() >= argon2_salt_bytes_min && salt->size() <= argon2_field_bytes_max
               : salt->size() == salt_bytes_short || salt->size() == salt_bytes_long;
    if (!salt_fits) {
        return bad("a salt of " + std::to_string(salt->size()) + " bytes; " +
                   (argon2 ? "8 to 128 are possible" : "12 or 64 are possible"));
    }
    const bool digest_fits = argon2 ? digest->size() >= argon2_digest_bytes_min &&
                                          digest->size() <= argon2_field_bytes_max
                                    : digest->size() == hash_bytes;
    if (!digest_fits) {
        return bad("a hash of " + std::to_string(digest->size()) + " bytes; " +
                   (argon2 ? "16 to 128 are possible" : "64 are needed"));
    }
    salt_ = *salt;
    digest_ = *digest;
    return {};
}

Outcome<PasswordHash> PasswordHash::make(std::string_view password, const HashRecipe& recipe) {
    if (recipe.kind == HashKind::scram_sha256) {
        return make_scram(password, recipe);
    }
    PasswordHash hash;
    hash.kind_ = recipe.kind;
    hash.iterations_ = recipe.kind == HashKind::pbkdf2_sha512
                           ? recipe.iterations.value_or(pbkdf2_iterations_default)
                           : 1;
    if (hash.iterations_ < 1 || hash.iterations_ > pbkdf2_iterations_max) {
        return bad("the iterations must be a number from 1 to " +
                   std::to_string(pbkdf2_iterations_max));
    }
    if (recipe.kind == HashKind::argon2id) {
        hash.memory_kib_ = argon2_memory_default_kib;
        hash.passes_ = argon2_passes_default;
        hash.lanes_ = argon2_lanes_default;
        hash.version_ = ARGON2_VERSION_13;
    }
    const auto salt =
        random_bytes(recipe.kind == HashKind::argon2id ? salt_bytes_long : recipe.salt_bytes);
    if (!salt) {
        return salt.error();
    }
    hash.salt_ = *salt;
    hash.digest_.assign(hash_bytes, '\0');
    const auto digest = hash.digest_of(password);
    if (!digest) {
        return digest.error();
    }
    hash.digest_ = *digest;
    return hash;
}

Outcome<PasswordHash> PasswordHash::make_scram(std::string_view password,
                                               const HashRecipe& recipe) {
    if (auto usable = check_scram_text(password, "a password for SCRAM"); !usable) {
        return usable.error();
    }
    PasswordHash hash;
    hash.kind_ = HashKind::scram_sha256;
    hash.iterations_ = recipe.iterations.value_or(scram_iterations_min);
    if (hash.iterations_ < scram_iterations_min || hash.iterations_ > pbkdf2_iterations_max) {
        return bad("the iterations must be a number from " + std::to_string(scram_iterations_min) +
                   " to " + std::to_string(pbkdf2_iterations_max));
    }
    auto salt = random_bytes(scram_salt_bytes);
    if (!salt) {
        return salt.error();
    }
    auto keys = scram_keys(password, *salt, hash.iterations_);
    if (!keys) {
        return keys.error();
    }
    hash.salt_ = std::move(*salt);
    hash.digest_ = std::move(keys->stored);
    hash.server_key_ = std::move(keys->server);
    return hash;
}

std::string PasswordHash::text() const {
    switch (kind_) {
        case HashKind::sha512:
            return std::string(sha512_tag) + base64_encode(salt_, Padding::with) + '$' +
                   base64_encode(digest_, Padding::with);
        case HashKind::pbkdf2_sha512:
            return std::string(pbkdf2_tag) + std::to_string(iterations_) + '$' +
                   base64_encode(salt_, Padding::with) + '$' +
                   base64_encode(digest_, Padding::with);
        case HashKind::scram_sha256:
            return std::string(scram_tag) + std::to_string(iterations_) + '$' +
                   base64_encode(salt_, Padding::with) + '$' +
                   base64_encode(digest_, Padding::with) + '$' +
                   base64_encode(server_key_, Padding::with);
        case HashKind::argon2id:
            break;
    }
    const std::string version =
        version_ == ARGON2_VERSION_10 ? "" : "v=" + std::to_string(version_) + '$';
    return std::string(argon2id_tag) + version + "m=" + std::to_string(memory_kib_) +
           ",t=" + std::to_string(passes_) + ",p=" + std::to_string(lanes_) + '$' +
           base64_encode(salt_, Padding::without) + '$' + base64_encode(digest_, Padding::without);
}

Outcome<bool> PasswordHash::matches(std::string_view password) const {
    const auto digest = digest_of(password);
    if (!digest) {
        return digest.error();
    }
    return CRYPTO_memcmp(digest->data(), digest_.data(), digest_.size()) == 0;
}

Outcome<PasswordHash> PasswordHash::decoy() const {
    PasswordHash hash = *this;
    auto salt = random_bytes(salt_.size());
    auto digest = random_bytes(digest_.size());
    auto server_key = random_bytes(server_key_.size());
    if (!salt || !digest || !server_key) {
        return bad("the system gave no random bytes");
    }
    hash.salt_ = std::move(*salt);
    hash.digest_ = std::move(*digest);
    hash.server_key_ = std::move(*server_key);
    return hash;
}

bool PasswordHash::same_cost(const PasswordHash& other) const {
    return kind_ == other.kind_ && iterations_ == other.iterations_ &&
           memory_kib_ == other.memory_kib_ && passes_ == other.passes_ && lanes_ == other.lanes_;
}

Outcome<std::string> PasswordHash::digest_of(std::string_view password) const {
    if (kind_ == HashKind::sha512) {
        return sha512_digest(password, salt_);
    }
    if (kind_ == HashKind::pbkdf2_sha512) {
        return pbkdf2_digest(password, salt_, iterations_);
    }
    if (kind_ == HashKind::scram_sha256) {
        auto keys = scram_keys(password, salt_, iterations_);
        return keys ? Outcome<std::string>(std::move(keys->stored)) : keys.error();
    }
    std::string digest(digest_.size(), '\0');
    argon2_context context{};
    context.out = bytes_of(digest);
    context.outlen = static_cast<std::uint32_t>(digest.size());
    // The library only reads both, unless told to wipe them by a flag that is not set here.
    context.pwd = const_cast<std::uint8_t*>(bytes_of(password));
    context.pwdlen = static_cast<std::uint32_t>(password.size());
    context.salt = const_cast<std::uint8_t*>(bytes_of(std::string_view(salt_)));
    context.saltlen = static_cast<std::uint32_t>(salt_.size());
    context.t_cost = passes_;
    context.m_cost = memory_kib_;
    context.lanes = lanes_;
    context.threads = 1;  // the result depends on the lanes only; we never start threads for it
    context.version = version_;
    context.flags = ARGON2_DEFAULT_FLAGS;
    if (const int code = argon2_ctx(&context, Argon2_id); code != ARGON2_OK) {
        return bad(std::string("cannot compute argon2id: ") + argon2_error_message(code));
    }
    return digest;
}

}  // namespace mq::broker
