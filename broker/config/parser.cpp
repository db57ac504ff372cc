#include "broker/config/parser.hpp"

#include "broker/config/nearest.hpp"
#include "broker/config/words.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace mq::broker::config {
namespace {

constexpr std::size_t diagnostics_max = 100;

char lower(char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

/// Order of included files: as in a dictionary, and then upper before lower case.
bool comes_first(const std::string& left, const std::string& right) {
    std::string left_lower = left;
    std::string right_lower = right;
    std::transform(left.begin(), left.end(), left_lower.begin(), lower);
    std::transform(right.begin(), right.end(), right_lower.begin(), lower);
    return std::tie(left_lower, left) < std::tie(right_lower, right);
}

std::string available_later(std::string_view what) {
    return "'" + std::string(what) +
           "' is not available in this version. Take the line out, or put a # in front of it.";
}

/// With a full stop, unless it ends as a question.
std::string sentence(std::string text) {
    return text.ends_with('?') ? text : std::move(text) + '.';
}

}  // namespace

void Parser::text(std::string_view text, const std::string& name) {
    files_.push_back(Context{name});
    const auto outer = std::exchange(draft_.current, std::nullopt);
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    if (text.starts_with(byte_order_mark)) {
        text.remove_prefix(byte_order_mark.size());
    }
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        ++files_.back().line;
        line(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    draft_.current = outer;
    files_.pop_back();
}

void Parser::file(const std::string& path) {
    if (auto content = source_.read(path)) {
        text(*content, path);
    } else {
        say(Severity::error, "Unable to open configuration file: " + content.error().what + ".");
    }
}

ParseResult Parser::finish() {
    Config config = complete(std::move(draft_), circumstances_, diagnostics_);
    return {std::move(config), std::move(diagnostics_)};
}

void Parser::line(std::string_view line) {
    if (line.ends_with('\r')) {
        line.remove_suffix(1);
    }
    if (line.starts_with('#')) {
        return;
    }
    if (line.find('\0') != std::string_view::npos) {
        say(Severity::error, "The line has a NUL byte. Is this a text file?");
        return;
    }
    const auto name = take_word(line);
    if (name.empty()) {
        return;
    }
    if (const Directive* known = find_directive(name)) {
        directive(*known, name, line);
    } else {
        unknown(name);
    }
}

void Parser::directive(const Directive& directive, std::string_view name, std::string_view rest) {
    auto& context = files_.back();
    context.in_bridge = context.in_bridge || directive.opens == Opens::bridge;
    context.in_plugin = context.in_plugin || directive.opens == Opens::plugin;
    if (rest.find_first_not_of(" \t") == std::string_view::npos) {
        say(Severity::error, "Empty " + quoted(name) + " value in configuration.");
        return;
    }
    const ValueResult value = directive.argument.read(directive.argument, rest);
    if (!value) {
        say(Severity::error, sentence("Invalid " + quoted(name) + " value" + value.error().text));
        return;
    }
    if (value->surplus) {
        say(Severity::warning, "What follows the value of " + quoted(name) + " is ignored.");
    }
    if (may_stand_here(directive, name) && !is_duplicate(directive, name)) {
        take(directive, name, *value);
    }
}

bool Parser::may_stand_here(const Directive& directive, std::string_view name) {
    const auto& context = files_.back();
    const char* missing = nullptr;
    if (directive.scope == Scope::explicit_listener && !draft_.current) {
        missing = "listener";
    } else if (directive.scope == Scope::bridge && !context.in_bridge) {
        missing = "connection";
    } else if (directive.scope == Scope::plugin && !context.in_plugin) {
        missing = "plugin";
    }
    if (missing != nullptr) {
        say(Severity::error, quoted(name) + " needs a '" + missing +
                                 "' line above it in the same file, to which it applies.");
    }
    return missing == nullptr;
}

bool Parser::is_duplicate(const Directive& directive, std::string_view name) {
    // A bridge is refused as a whole, so that its lines have no object to be counted for.
    if (!directive.argument.once || directive.scope == Scope::bridge) {
        return false;
    }
    const Seen& seen = seen_by(directive);
    const auto before = seen.find(directive.name);
    if (before == seen.end()) {
        return false;
    }
    const Place& first = before->second.front();
    say(Severity::error,
        "Duplicate " + quoted(name) + " value in configuration. It stands in line " +
            std::to_string(first.line) + " of " + first.file + " too; take one of them out.");
    return true;
}

void Parser::take(const Directive& directive, std::string_view name, const Value& value) {
    if (directive.apply == nullptr) {
        refuse(directive, name, value);
        return;
    }
    if (const std::string complaint = directive.apply(draft_, value); !complaint.empty()) {
        say(Severity::error, sentence(complaint));
    }
    for (std::string& notice : std::exchange(draft_.notices, {})) {
        say(Severity::warning, sentence(std::move(notice)));
    }
    seen_by(directive)[directive.name] = here();
    if (directive.opens == Opens::directory) {
        include(value.text);
    }
}

void Parser::refuse(const Directive& directive, std::string_view name, const Value& value) {
    const bool in_refused_block =
        directive.scope == Scope::bridge || directive.scope == Scope::plugin;
    const bool off = directive.means_off != nullptr && directive.means_off(value);
    if (!in_refused_block && !off) {
        say(Severity::error, available_later(name));
    }
}

void Parser::unknown(std::string_view name) {
    if (diagnostics_.size() > diagnostics_max) {
        return;  // no search for names that nobody will read
    }
    std::string text = "Unknown configuration variable " + quoted(name) + ".";
    const auto before_tab = name.substr(0, name.find('\t'));
    if (before_tab.size() < name.size() && find_directive(before_tab) != nullptr) {
        text += " Put a space, not a tab, behind " + quoted(before_tab) + ".";
    } else if (name.starts_with('#')) {
        text += " A comment has its # at the very beginning of the line.";
    } else if (const auto near = nearest_name(name, directive_names()); !near.empty()) {
        text += " Did you mean " + quoted(near) + "?";
    }
    say(Severity::error, text);
}

void Parser::include(const std::string& directory) {
    if (files_.size() > 1) {
        say(Severity::error, "'include_dir' works in the main configuration file only.");
        return;
    }
    auto names = source_.list(directory);
    if (!names) {
        say(Severity::error, "Unable to read 'include_dir': " + names.error().what + ".");
        return;
    }
    std::erase_if(*names, [](const std::string& name) { return !name.ends_with(".conf"); });
    std::sort(names->begin(), names->end(), comes_first);
    const std::string stem = directory.ends_with('/') ? directory : directory + '/';
    for (const std::string& name : *names) {
        std::string path = stem;
        path += name;
        included_file(path);
    }
}

void Parser::included_file(const std::string& path) {
    if (++files_read_ > config_files_max) {
        say(Severity::error, "More than " + std::to_string(config_files_max) +
                                 " files are included; " + quoted(path) + " is not read.");
        return;
    }
    file(path);
}

Seen& Parser::seen_by(const Directive& directive) {
    if (directive.scope == Scope::default_listener) {
        return draft_.default_listener.seen;
    }
    const bool own = directive.scope == Scope::security && draft_.config.per_listener_settings;
    const bool of_listener = own || directive.scope == Scope::listener ||
                             directive.scope == Scope::explicit_listener ||
                             directive.name == "listener";
    return of_listener ? draft_.listener().seen : draft_.seen;
}

Places Parser::here() const {
    Places places;
    for (auto context = files_.rbegin(); context != files_.rend(); ++context) {
        places.push_back({context->file, context->line});
    }
    return places;
}

void Parser::say(Severity severity, std::string text, Places places) {
    if (diagnostics_.size() < diagnostics_max) {
        diagnostics_.push_back({severity, std::move(text), std::move(places)});
    } else if (diagnostics_.size() == diagnostics_max) {
        diagnostics_.push_back({severity, "There are more problems, which are not listed.", {}});
    }
}

}  // namespace mq::broker::config
