#include "broker/auth/password_file.hpp"

#include "base/secret.hpp"

#include <algorithm>
#include <unordered_map>

namespace mq::broker {
namespace {

constexpr std::string_view blanks = " \t\r\v\f";

std::string_view trimmed(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(blanks);
    if (begin == std::string_view::npos) {
        return {};
    }
    return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

bool is_control(char letter) {
    const auto value = static_cast<unsigned char>(letter);
    return value < 0x20 || value == 0x7F;
}

/// The parts of a line that is an entry.
struct Fields {
    std::string_view name;
    std::string_view hash;
    bool more;  ///< a second colon follows
};

std::optional<Fields> fields_of(std::string_view line) {
    if (line.starts_with('#')) {
        return std::nullopt;
    }
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) {
        return std::nullopt;
    }
    const std::string_view rest = line.substr(colon + 1);
    const std::size_t end = rest.find(':');
    return Fields{trimmed(line.substr(0, colon)), trimmed(rest.substr(0, end)),
                  end != std::string_view::npos};
}

std::string entry_text(std::string_view name, const PasswordHash& hash) {
    return std::string(name) + ':' + hash.text();
}

std::string at_line(std::size_t line) {
    return "line " + std::to_string(line) + ": ";
}

/// What keeps the user of an entry from logging in.
std::optional<PasswordFile::Finding> flaw_of(const Fields& fields, std::size_t line) {
    using Flaw = PasswordFile::Flaw;
    if (const auto name = check_user_name(fields.name); !name) {
        return PasswordFile::Finding{line, Flaw::bad_name, at_line(line) + name.error().what};
    }
    const std::string user = at_line(line) + "user " + printable(fields.name) + ": ";
    if (fields.hash.empty()) {
        return PasswordFile::Finding{line, Flaw::no_hash, user + "no password hash"};
    }
    if (!looks_hashed(fields.hash)) {
        return PasswordFile::Finding{line, Flaw::plain_text,
                                     user + "a password in plain text cannot be used"};
    }
    if (fields.hash.size() > password_field_bytes_max) {
        return PasswordFile::Finding{line, Flaw::bad_hash,
                                     user + "the hash is longer than 65535 bytes"};
    }
    if (const auto hash = PasswordHash::parse(fields.hash); !hash) {
        return PasswordFile::Finding{line, Flaw::bad_hash, user + hash.error().what};
    }
    return std::nullopt;
}

}  // namespace

Outcome<void> check_user_name(std::string_view name) {
    const auto broken = [name](const char* rule) {
        return Problem{"user name '" + printable(name) + "': " + rule, ""};
    };
    if (name.empty()) {
        return broken("it must not be empty");
    }
    if (name.size() > password_field_bytes_max) {
        return broken("it must not be longer than 65535 bytes");
    }
    if (name.find(':') != std::string_view::npos) {
        return broken("it must not contain a colon");
    }
    if (std::any_of(name.begin(), name.end(), is_control)) {
        return broken("it must not contain control characters");
    }
    if (name.front() == '#') {
        return broken("it must not begin with #, which begins a comment");
    }
    if (trimmed(name) != name) {
        return broken("it must not begin or end with a blank");
    }
    return {};
}

std::string printable(std::string_view text) {
    constexpr std::size_t shown_bytes_max = 64;
    std::string shown(text.substr(0, shown_bytes_max));
    std::replace_if(shown.begin(), shown.end(), is_control, '?');
    if (text.size() > shown_bytes_max) {
        shown += "...";
    }
    return shown;
}

PasswordFile PasswordFile::parse(std::string_view text) {
    PasswordFile file;
    while (!text.empty()) {
        const std::size_t newline = text.find('\n');
        if (newline == std::string_view::npos) {
            file.lines_.push_back({std::string(text), ""});
            break;
        }
        const bool carriage_return = newline > 0 && text[newline - 1] == '\r';
        const std::size_t end = carriage_return ? newline - 1 : newline;
        file.lines_.push_back({std::string(text.substr(0, end)), carriage_return ? "\r\n" : "\n"});
        text.remove_prefix(newline + 1);
    }
    return file;
}

std::string PasswordFile::text() const {
    std::string all;
    for (const Line& line : lines_) {
        all += line.text;
        all += line.end;
    }
    return all;
}

std::vector<PasswordFile::Finding> PasswordFile::findings() const {
    std::vector<Finding> found;
    std::unordered_map<std::string_view, std::size_t> last_line;
    for (std::size_t number = 1; number <= lines_.size(); ++number) {
        const std::string_view text = lines_[number - 1].text;
        const auto fields = fields_of(text);
        if (!fields) {
            if (!text.starts_with('#') && !trimmed(text).empty()) {
                found.push_back({number, Flaw::no_colon, at_line(number) + "no colon, skipped"});
            }
            continue;
        }
        if (auto flaw = flaw_of(*fields, number)) {
            found.push_back(std::move(*flaw));
        }
        const auto [earlier, first] = last_line.try_emplace(fields->name, number);
        if (!first) {
            found.push_back({earlier->second, Flaw::duplicate,
                             at_line(earlier->second) + "user " + printable(fields->name) +
                                 " stands again in line " + std::to_string(number) +
                                 ", which counts"});
            earlier->second = number;
        }
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const Finding& a, const Finding& b) { return a.line < b.line; });
    return found;
}

std::vector<PasswordFile::Entry> PasswordFile::list() const {
    std::vector<Entry> entries;
    for (std::size_t number = 1; number <= lines_.size(); ++number) {
        if (const auto fields = fields_of(lines_[number - 1].text)) {
            entries.push_back({number, std::string(fields->name), std::string(fields->hash)});
        }
    }
    return entries;
}

std::optional<PasswordFile::Entry> PasswordFile::find(std::string_view name) const {
    for (std::size_t number = lines_.size(); number > 0; --number) {
        const auto fields = fields_of(lines_[number - 1].text);
        if (fields && fields->name == name) {
            return Entry{number, std::string(name), std::string(fields->hash)};
        }
    }
    return std::nullopt;
}

HashRecipe PasswordFile::recipe_for(std::string_view name) const {
    HashRecipe recipe;
    const auto entry = find(name);
    const auto hash = PasswordHash::parse(entry ? entry->hash : "");
    if (hash && hash->kind() == HashKind::scram_sha256) {
        recipe.kind = hash->kind();
        recipe.iterations = hash->iterations();
    }
    return recipe;
}

Outcome<PasswordFile::Change> PasswordFile::set(std::string_view name, const PasswordHash& hash) {
    if (const auto valid = check_user_name(name); !valid) {
        return valid.error();
    }
    const auto counting = find(name);
    if (!counting) {
        append(entry_text(name, hash));
        return Change::added;
    }
    lines_[counting->line - 1].text = entry_text(name, hash);
    std::size_t number = 0;
    std::erase_if(lines_, [&](const Line& line) {
        const auto fields = fields_of(line.text);
        return ++number != counting->line && fields && fields->name == name;
    });
    return Change::replaced;
}

bool PasswordFile::remove(std::string_view name) {
    return std::erase_if(lines_, [name](const Line& line) {
               const auto fields = fields_of(line.text);
               return fields && fields->name == name;
           }) > 0;
}

Outcome<std::size_t> PasswordFile::hash_plain_text(const HashRecipe& recipe) {
    std::size_t changed = 0;
    for (Line& line : lines_) {
        const auto fields = fields_of(line.text);
        if (!fields || fields->hash.empty() || looks_hashed(fields->hash) || fields->more ||
            !check_user_name(fields->name)) {
            continue;
        }
        const auto hash = PasswordHash::make(fields->hash, recipe);
        if (!hash) {
            return hash.error();
        }
        std::string text = entry_text(fields->name, *hash);
        Secret::wipe(line.text);
        line.text = std::move(text);
        ++changed;
    }
    return changed;
}

bool PasswordFile::blank() const {
    return std::all_of(lines_.begin(), lines_.end(),
                       [](const Line& line) { return trimmed(line.text).empty(); });
}

void PasswordFile::append(std::string text) {
    const std::string end =
        lines_.empty() || lines_.front().end.empty() ? "\n" : lines_.front().end;
    if (!lines_.empty() && lines_.back().end.empty()) {
        lines_.back().end = end;
    }
    lines_.push_back({std::move(text), end});
}

}  // namespace mq::broker
