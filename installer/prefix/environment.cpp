#include "installer/prefix/environment.hpp"

#include "base/quote.hpp"
#include "mqtt/utf8.hpp"
#include "templates/templates.hpp"

namespace mq::installer {
namespace {

std::string quote_with(const std::string& text, const char* escaped) {
    std::string quoted = "'";
    for (const char c : text) {
        if (std::string_view(escaped).find(c) != std::string_view::npos) {
            quoted += '\\';
        }
        quoted += c;
    }
    return quoted + "'";
}

bool writable_everywhere(const std::string& path) {
    char before = '/';
    for (const char c : path) {
        const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
        const bool comment = (c == ';' || c == '#') && before == ' ';
        if (control || comment || c == ':' || c == '"' || c == '\'' || c == '\\') {
            return false;
        }
        before = c;
    }
    return before != ' ';
}

}  // namespace

std::map<std::string, std::string> environment_files(const std::filesystem::path& prefix) {
    const std::string bin = (prefix / "current" / "bin").string();
    const std::string lib = (prefix / "current" / "lib").string();
    const std::string share = (prefix / "current" / "share").string();
    const auto text = [&](const char* name, auto quote, bool completes) {
        std::map<std::string, std::string> values{{"BIN", quote(bin)}, {"LIB", quote(lib)}};
        if (completes) {
            values.emplace("SHARE", quote(share));
        }
        return templates::render(name, values);
    };
    return {{"env.sh", text("env.sh", quote_posix, true)},
            {"env.fish", text("env.fish", quote_fish, true)},
            {"env.csh", text("env.csh", quote_csh, false)}};
}

Outcome<void> check_prefix_path(const std::filesystem::path& prefix) {
    const std::string path = prefix.string();
    if (prefix.is_absolute() && mqtt::is_valid_utf8(path) && writable_everywhere(path)) {
        return {};
    }
    return Problem{
        "the prefix " + path + " cannot be used", "nothing was done",
        "It must be an absolute path in UTF-8 without colons, quotes, backslashes, control "
        "characters, blanks at the end and blanks before ; or #.",
        6};
}

std::string quote_fish(const std::string& text) {
    return quote_with(text, "'\\");
}

std::string quote_csh(const std::string& text) {
    // History is substituted inside quotes too. A quote within quotes cannot be written, and no
    // prefix has one.
    return quote_with(text, "!");
}

}  // namespace mq::installer
