#include "broker/auth/psk_file.hpp"

#include "base/file.hpp"
#include "base/secret.hpp"
#include "broker/auth/file_permissions.hpp"
#include "broker/auth/password_file.hpp"

#include <algorithm>
#include <optional>
#include <utility>

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

std::optional<std::uint8_t> digit_value(char digit) {
    if (digit >= '0' && digit <= '9') {
        return static_cast<std::uint8_t>(digit - '0');
    }
    const char lower = static_cast<char>(digit | 0x20);
    if (lower >= 'a' && lower <= 'f') {
        return static_cast<std::uint8_t>(lower - 'a' + 10);
    }
    return std::nullopt;
}

/// Digits only. An odd number of them is read as Mosquitto does: pairs of zeros in front are bytes,
/// what follows is a number.
PskTable::Key bytes_of(std::string_view digits) {
    PskTable::Key key;
    if (digits.size() % 2 != 0) {
        while (digits.starts_with("00")) {
            key.push_back(0);
            digits.remove_prefix(2);
        }
        digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
    }
    unsigned byte = 0;
    bool half = digits.size() % 2 != 0;
    for (const char digit : digits) {
        byte = (byte << 4U) | digit_value(digit).value_or(0);
        if (half) {
            key.push_back(static_cast<std::uint8_t>(byte & 0xFFU));
        }
        half = !half;
    }
    return key;
}

/// Goes through the lines of a file.
class Parser {
 public:
    explicit Parser(PskFile& file) : file_(file) {}

    void parse(std::string_view text) {
        while (!text.empty()) {
            ++line_;
            const std::size_t end = std::min(text.find('\n'), text.size());
            take(text.substr(0, end));
            text.remove_prefix(std::min(end + 1, text.size()));
        }
    }

 private:
    void take(std::string_view text) {
        if (text.starts_with('#') || trimmed(text).empty()) {
            return;
        }
        const std::size_t colon = text.find(':');
        if (colon == std::string_view::npos) {
            // Not shown: it may be a key whose identity was forgotten.
            return warn("no colon, skipped; an entry is identity:key");
        }
        const std::string_view rest = text.substr(colon + 1);
        take(trimmed(text.substr(0, colon)), trimmed(rest.substr(0, rest.find(':'))));
    }

    void take(std::string_view identity, std::string_view digits) {
        const std::string name = "identity '" + printable(identity) + "': ";
        if (identity.empty()) {
            return error("the identity in front of the colon is missing");
        }
        if (identity.size() > psk_identity_bytes_max) {
            return error(name + "longer than 256 bytes, which TLS does not carry");
        }
        if (!std::all_of(digits.begin(), digits.end(), digit_value)) {
            return error(name + "the key has letters that are no hexadecimal digit");
        }
        auto key = bytes_of(digits);
        if (key.empty()) {
            return error(name + "the key is empty");
        }
        if (key.size() > psk_key_bytes_max) {
            return error(name + "the key is longer than 512 bytes");
        }
        if (digits.size() % 2 != 0) {
            warn(name + "the key has an odd number of digits; one may be missing");
        }
        if (file_.table.size() == psk_identities_max && file_.table.find(identity) == nullptr) {
            return error(name + "there are more than 100000 identities");
        }
        if (!file_.table.set(identity, std::move(key))) {
            warn(name + "stands above, too; this line counts");
        }
    }

    void error(std::string text) { file_.findings.error(line_, std::move(text)); }
    void warn(std::string text) { file_.findings.warn(line_, std::move(text)); }

    PskFile& file_;
    std::size_t line_ = 0;
};

}  // namespace

PskFile PskFile::parse(std::string_view text) {
    PskFile file;
    Parser(file).parse(text);
    return file;
}

Outcome<LoadedPsk> load_psk_file(const std::filesystem::path& path) {
    auto text = read_file(path, psk_file_bytes_max);
    if (!text) {
        Problem problem = text.error();
        problem.exit_code = unreadable_file_exit_code;
        return problem;
    }
    const Secret content(std::move(*text));
    PskFile file = PskFile::parse(content.view());
    if (!file.findings.good()) {
        return file.findings.problem(path);
    }
    LoadedPsk loaded;
    loaded.warnings = permission_warnings(path, "PSK file");
    for (std::string& warning : file.findings.warning_lines(path)) {
        loaded.warnings.push_back(std::move(warning));
    }
    loaded.table = std::make_shared<const PskTable>(std::move(file.table));
    return loaded;
}

}  // namespace mq::broker
