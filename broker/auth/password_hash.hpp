#pragma once

#include "base/problem.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mq::broker {

/// How a password is hashed, as the first field of the hash's text says.
enum class HashKind {
    sha512,  ///< `$6$SALT$HASH`: one SHA-512 over password and salt; written by 1.6 and older
    pbkdf2_sha512,  ///< `$7$ITERATIONS$SALT$HASH`: PBKDF2 with HMAC-SHA-512
    argon2id,       ///< `$argon2id$v=19$m=KIB,t=PASSES,p=LANES$SALT$HASH`
    /// `$scram-sha-256$ITERATIONS$SALT$STOREDKEY$SERVERKEY`, base64 with padding: RFC 5802 and
    /// 7677. The only kind with which a client can log in without showing the password.
    scram_sha256,
};

/// Most PBKDF2 iterations that we use; more in a file is an error, since one login would occupy a
/// core for longer than about a second.
constexpr std::uint32_t pbkdf2_iterations_max = 1'000'000;

/// What new entries get: about 0.7 ms a login, the value that Mosquitto 2.1 writes. More slows a
/// reconnect storm down in proportion: 10 000 iterations cost about 10 ms each.
constexpr std::uint32_t pbkdf2_iterations_default = 1000;

/// The least that RFC 7677 allows for SCRAM-SHA-256, and what new entries get: here the client pays
/// at each login, and the server only where the password itself is sent. At most as above.
constexpr std::uint32_t scram_iterations_min = 4096;

/// Most memory and passes of one argon2id check that a file may ask for. Typical accounts have
/// 1.5 GB and end what uses more; Mosquitto 2.1 writes 46 MiB and one pass.
constexpr std::uint32_t argon2_memory_max_kib = 128 * 1024;
constexpr std::uint32_t argon2_passes_max = 16;
constexpr std::uint32_t argon2_lanes_max = 16;

/// Salt sizes of `$6$` and `$7$`. Mosquitto 2.0 and older read 12 bytes only, 2.1 reads both.
constexpr std::size_t salt_bytes_short = 12;
constexpr std::size_t salt_bytes_long = 64;

/// Salt size of the SCRAM entries that we write, and the largest that is read.
constexpr std::size_t scram_salt_bytes = 16;
constexpr std::size_t scram_salt_bytes_max = 64;

/// Size of every hash that we write, except the two keys of SCRAM.
constexpr std::size_t hash_bytes = 64;

/// How a new hash is made.
///
/// The default is `$7$` with a 12 byte salt: every Mosquitto since 2.0 reads it, so whoever comes
/// from such a broker can also go back with the same file. A 64 byte salt would be unreadable for
/// 2.0 and adds nothing, since 96 random bits do not repeat. argon2id resists guessing better, but
/// takes 46 MiB a login and is read by 2.1 only; so it is for those who ask for it.
struct HashRecipe {
    HashKind kind = HashKind::pbkdf2_sha512;
    /// PBKDF2 from 1, SCRAM from 4096; empty: what is usual for the kind.
    std::optional<std::uint32_t> iterations = {};
    std::size_t salt_bytes = salt_bytes_short;  ///< `$6$` and `$7$` only, 12 or 64
};

/// One stored hash: kind, costs, salt and digest. A value; never holds a password.
class PasswordHash {
 public:
    /// Reads one of the five formats. The problem says which field is wrong, without place.
    static Outcome<PasswordHash> parse(std::string_view text);

    /// Hashes a password with a new random salt.
    static Outcome<PasswordHash> make(std::string_view password, const HashRecipe& recipe = {});

    /// The form for a file.
    [[nodiscard]] std::string text() const;

    /// Whether this is the hash of `password`; takes the same time wherever the difference lies.
    /// A problem when the check could not be made, for want of memory.
    [[nodiscard]] Outcome<bool> matches(std::string_view password) const;

    /// A hash of the same cost that belongs to no password.
    [[nodiscard]] Outcome<PasswordHash> decoy() const;

    [[nodiscard]] HashKind kind() const { return kind_; }

    /// What a SCRAM exchange needs. Only for an entry of that kind.
    [[nodiscard]] std::uint32_t iterations() const { return iterations_; }
    [[nodiscard]] const std::string& salt() const { return salt_; }
    [[nodiscard]] const std::string& stored_key() const { return digest_; }
    [[nodiscard]] const std::string& server_key() const { return server_key_; }

    /// Whether a check against both costs the same.
    [[nodiscard]] bool same_cost(const PasswordHash& other) const;

    friend bool operator==(const PasswordHash&, const PasswordHash&) = default;

 private:
    PasswordHash() = default;

    static Outcome<PasswordHash> parse_sha512(std::string_view fields);
    static Outcome<PasswordHash> parse_pbkdf2(std::string_view fields);
    static Outcome<PasswordHash> parse_argon2id(std::string_view fields);
    static Outcome<PasswordHash> parse_scram(std::string_view fields);
    Outcome<void> parse_argon2_costs(std::string_view costs);
    Outcome<void> parse_salt_and_digest(std::string_view fields);
    static Outcome<PasswordHash> make_scram(std::string_view password, const HashRecipe& recipe);
    [[nodiscard]] Outcome<std::string> digest_of(std::string_view password) const;

    HashKind kind_ = HashKind::pbkdf2_sha512;
    std::uint32_t iterations_ = 1;  ///< PBKDF2 and SCRAM
    std::uint32_t memory_kib_ = 0;  ///< argon2id, as the three below
    std::uint32_t passes_ = 0;
    std::uint32_t lanes_ = 0;
    std::uint32_t version_ = 0;
    std::string salt_;
    std::string digest_;      ///< SCRAM: StoredKey
    std::string server_key_;  ///< SCRAM
};

/// Whether a text claims to be a hash, right or broken; anything else in its place is a password in
/// plain text.
bool looks_hashed(std::string_view text);

}  // namespace mq::broker
