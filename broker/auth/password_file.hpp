#pragma once

#include "base/problem.hpp"
#include "broker/auth/password_hash.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mq::broker {

/// Longest user name, as MQTT has it; the same for the text of a hash.
constexpr std::size_t password_field_bytes_max = 65535;

/// Whether a name can stand in a password file: not empty, at most 65535 bytes, no colon, no
/// control character, no blank at an end, no `#` at the beginning. The problem says which rule is
/// broken.
Outcome<void> check_user_name(std::string_view name);

/// A text for a message: control characters shown as `?`, cut after 64 bytes.
std::string printable(std::string_view text);

/// A password file in memory, for editing without loss: lines that an edit does not touch keep
/// every byte, their order and their line ends, whatever stands in them.
///
/// A line is `name:hash` with LF or CR LF. Blanks around both are not part of them, and a further
/// colon ends the hash. Lines that begin with `#`, empty lines and lines without a colon are no
/// entries. Names are compared byte by byte. Where a name stands twice the later line counts; an
/// entry whose hash is missing, in plain text or broken makes its user unable to log in.
class PasswordFile {
 public:
    /// One entry, as it stands in the file.
    struct Entry {
        std::size_t line;  ///< from 1
        std::string name;
        std::string hash;  ///< perhaps no valid hash

        friend bool operator==(const Entry&, const Entry&) = default;
    };

    enum class Flaw {
        no_colon,    ///< neither comment nor entry
        bad_name,    ///< nobody can have this name
        no_hash,     ///< `name:`
        plain_text,  ///< a password instead of a hash
        bad_hash,    ///< claims to be a hash, and is none or too costly
        duplicate,   ///< a later line for the same name; this line counts no more
    };

    /// What is wrong with a line.
    struct Finding {
        std::size_t line;  ///< from 1
        Flaw flaw;
        std::string text;  ///< "line 3: user bob: …", printable, without hash or password
    };

    enum class Change { added, replaced };

    PasswordFile() = default;

    /// Takes any bytes: what cannot be understood is kept and told by `findings`.
    static PasswordFile parse(std::string_view text);

    /// The file's bytes.
    [[nodiscard]] std::string text() const;

    /// What a reader should know about the file, by line.
    [[nodiscard]] std::vector<Finding> findings() const;

    /// Every entry, also unusable ones and duplicates, by line.
    [[nodiscard]] std::vector<Entry> list() const;

    /// The entry that counts for this name.
    [[nodiscard]] std::optional<Entry> find(std::string_view name) const;

    /// How to hash a new password where nobody says how: a SCRAM entry stays one with as many
    /// iterations, so that its user can log in as before; all others get the default.
    [[nodiscard]] HashRecipe recipe_for(std::string_view name) const;

    /// Writes the hash into the entry that counts for this name and removes its other entries, or
    /// adds a line at the end. A line end that was missing there is added first.
    Outcome<Change> set(std::string_view name, const PasswordHash& hash);

    /// Removes every entry of this name. False when there was none.
    bool remove(std::string_view name);

    /// Replaces each password in plain text by its hash; the number of lines changed. Lines with a
    /// hash, also a broken one, stay as they are, and so does a password with a colon, since
    /// readers do not agree where it ends. After a problem the file is partly changed and should be
    /// dropped.
    Outcome<std::size_t> hash_plain_text(const HashRecipe& recipe);

    /// Whether there is nothing but blanks, or nothing at all.
    [[nodiscard]] bool blank() const;

 private:
    struct Line {
        std::string text;
        std::string end;  ///< "\n", "\r\n" or, on the last line only, ""
    };

    void append(std::string text);

    std::vector<Line> lines_;
};

}  // namespace mq::broker
