#include "installer/prefix/profile_block.hpp"

#include "base/directories.hpp"
#include "base/file.hpp"
#include "base/quote.hpp"
#include "installer/prefix/environment.hpp"
#include "templates/templates.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <unistd.h>

namespace mq::installer {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view begin_marker = "# >>> mqhome >>>";
constexpr std::string_view end_marker = "# <<< mqhome <<<";

/// What the second line of a block says.
struct Record {
    bool file_was_made = false;
    int line_ends = 0;
    int directories = 0;
};

/// Where a block stands in a text: the first byte, and the one behind its last line end.
struct Block {
    std::size_t begin = 0;
    std::size_t end = 0;
    Record record;
};

std::string to_text(const Record& record) {
    return std::string("file: ") + (record.file_was_made ? "made" : "kept") +
           ", line ends: " + std::to_string(record.line_ends) +
           ", directories: " + std::to_string(record.directories);
}

int number_after(std::string_view text, std::string_view word) {
    int number = 0;
    const auto at = text.find(word);
    if (at != std::string_view::npos) {
        std::from_chars(text.data() + at + word.size(), text.data() + text.size(), number);
    }
    return number;
}

Record read_record(std::string_view block) {
    return {block.find("(file: made") != std::string_view::npos, number_after(block, "line ends: "),
            number_after(block, "directories: ")};
}

/// The place of a line that is `wanted` and nothing else, from `from` on.
std::size_t find_line(std::string_view text, std::string_view wanted, std::size_t from) {
    for (auto at = text.find(wanted, from); at != std::string_view::npos;
         at = text.find(wanted, at + 1)) {
        const auto end = at + wanted.size();
        const bool starts = at == 0 || text[at - 1] == '\n';
        const bool ends = end == text.size() || text[end] == '\n' || text[end] == '\r';
        if (starts && ends) {
            return at;
        }
    }
    return std::string_view::npos;
}

Outcome<std::optional<Block>> find_block(std::string_view text) {
    const auto begin = find_line(text, begin_marker, 0);
    if (begin == std::string_view::npos) {
        return std::optional<Block>();
    }
    const auto last_line = find_line(text, end_marker, begin);
    if (last_line == std::string_view::npos) {
        return Problem{"the line \"" + std::string(end_marker) + "\" is missing", "",
                       "Remove the lines from \"" + std::string(begin_marker) +
                           "\" on by hand as far as they are ours.",
                       12};
    }
    const auto line_end = text.find('\n', last_line);
    const auto end = line_end == std::string_view::npos ? text.size() : line_end + 1;
    return std::optional<Block>(Block{begin, end, read_record(text.substr(begin, end - begin))});
}

bool has_crlf(std::string_view text) {
    const auto first = text.find('\n');
    return first != std::string_view::npos && first > 0 && text[first - 1] == '\r';
}

std::string block_text(ShellSyntax syntax, const fs::path& prefix, const Record& record,
                       bool crlf) {
    const auto render = [&](const char* block, const std::string& env) {
        return templates::render(
            block, {{"ENV", env}, {"RECORD", to_text(record)}, {"END", crlf ? " #" : ""}});
    };
    std::string text;
    switch (syntax) {
        case ShellSyntax::posix:
            text = render("profile_block.sh", quote_posix((prefix / "env.sh").string()));
            break;
        case ShellSyntax::fish:
            text = render("profile_block.fish", quote_fish((prefix / "env.fish").string()));
            break;
        case ShellSyntax::csh:
            text = render("profile_block.csh", quote_csh((prefix / "env.csh").string()));
            break;
    }
    if (!crlf) {
        return text;
    }
    std::string converted;
    for (const char c : text) {
        converted += c == '\n' ? "\r\n" : std::string(1, c);
    }
    return converted;
}

/// Line ends that must stand between `content` and a block, so that the block's first line is one.
int line_ends_needed(std::string_view content) {
    int needed = 0;
    if (!content.empty() && content.back() != '\n') {
        needed = 1;
    }
    content.remove_suffix(content.size() - (content.find_last_not_of("\r\n") + 1));
    return needed + (!content.empty() && content.back() == '\\' ? 1 : 0);
}

Outcome<std::string> read_profile(const fs::path& file) {
    std::error_code ignored;
    const auto status = fs::status(file, ignored);
    if (!fs::exists(status)) {
        return std::string();
    }
    if (!fs::is_regular_file(status)) {
        return Problem{file.string() + " is not a regular file", "it was left as it was", "", 6};
    }
    return read_file(file);
}

Problem about(const fs::path& file, Problem problem) {
    problem.what = file.string() + ": " + problem.what;
    problem.left = "it was left as it was";
    return problem;
}

bool is_there(const fs::path& path) {
    std::error_code ignored;
    return fs::exists(fs::symlink_status(path, ignored));
}

bool shell_on_host(std::string_view shell) {
    const char* path = std::getenv("PATH");
    std::string all = path == nullptr ? "" : path;
    all += ":/bin:/usr/bin:/usr/local/bin";
    for (std::size_t begin = 0; begin < all.size();) {
        const auto end = std::min(all.find(':', begin), all.size());
        const fs::path file = fs::path(all.substr(begin, end - begin)) / shell;
        if (end > begin && ::access(file.c_str(), X_OK) == 0) {
            return true;
        }
        begin = end + 1;
    }
    return false;
}

fs::path from_environment(const char* name) {
    const char* value = std::getenv(name);
    const fs::path path = value == nullptr ? "" : value;
    return path.is_absolute() ? path : fs::path();
}

}  // namespace

ProfileOptions profile_options_of_host(const fs::path& home) {
    return {home, from_environment("ZDOTDIR"), from_environment("XDG_CONFIG_HOME"), shell_on_host};
}

std::vector<ProfileFile> profile_files(const ProfileOptions& options) {
    std::vector<ProfileFile> files;
    fs::path login = options.home / ".profile";
    for (const char* name : {".bash_login", ".bash_profile"}) {
        if (is_there(options.home / name)) {
            login = options.home / name;
        }
    }
    files.push_back({login, ShellSyntax::posix});

    const auto add = [&](const fs::path& file, ShellSyntax syntax, bool anyway) {
        if (anyway || is_there(file)) {
            files.push_back({file, syntax});
        }
    };
    const fs::path zsh = options.zdotdir.empty() ? options.home : options.zdotdir;
    const fs::path config =
        options.config_home.empty() ? options.home / ".config" : options.config_home;
    add(options.home / ".bashrc", ShellSyntax::posix, options.has_shell("bash"));
    add(zsh / ".zshenv", ShellSyntax::posix, options.has_shell("zsh"));
    add(config / "fish" / "conf.d" / "mqhome.fish", ShellSyntax::fish, options.has_shell("fish"));
    add(options.home / ".tcshrc", ShellSyntax::csh, false);
    return files;
}

Outcome<std::string> with_profile_block(std::string_view content, bool existed,
                                        int directories_made, ShellSyntax syntax,
                                        const fs::path& prefix) {
    const auto old = find_block(content);
    if (!old) {
        return old.error();
    }
    const bool crlf = has_crlf(content);
    if (*old) {
        const Block& block = **old;
        return std::string(content.substr(0, block.begin)) +
               block_text(syntax, prefix, block.record, crlf) +
               std::string(content.substr(block.end));
    }
    const Record record{!existed, line_ends_needed(content), directories_made};
    std::string all(content);
    for (int i = 0; i < record.line_ends; ++i) {
        all += crlf ? "\r\n" : "\n";
    }
    return all + block_text(syntax, prefix, record, crlf);
}

Outcome<WithoutBlock> without_profile_block(std::string_view content) {
    WithoutBlock result;
    result.content = content;
    for (;;) {
        const auto found = find_block(result.content);
        if (!found) {
            return found.error();
        }
        if (!*found) {
            return result;
        }
        const Block& block = **found;
        const std::size_t line_end = has_crlf(result.content) ? 2 : 1;
        const std::size_t added = line_end * static_cast<std::size_t>(block.record.line_ends);
        // Text that came after the block needs the line end before it.
        const bool last = block.end == result.content.size();
        const std::size_t begin = last && added <= block.begin ? block.begin - added : block.begin;
        result.content.erase(begin, block.end - begin);
        result.changed = true;
        result.file_was_made = result.file_was_made || block.record.file_was_made;
        result.directories_made += block.record.directories;
    }
}

Outcome<bool> add_profile_block(const ProfileFile& file, const fs::path& prefix) {
    const auto old = read_profile(file.path);
    if (!old) {
        return old.error();
    }
    const bool existed = fs::exists(file.path);
    const auto made = make_directories(file.path.parent_path());
    if (!made) {
        return made.error();
    }
    const auto text = with_profile_block(*old, existed, *made, file.syntax, prefix);
    if (!text) {
        return about(file.path, text.error());
    }
    if (existed && *text == *old) {
        return false;
    }
    const auto written = replace_file(file.path, *text, 0644);
    if (!written) {
        remove_directories(file.path.parent_path(), *made);
        return written.error();
    }
    return true;
}

Outcome<bool> remove_profile_block(const fs::path& file) {
    const auto old = read_profile(file);
    if (!old) {
        return old.error();
    }
    const auto without = without_profile_block(*old);
    if (!without) {
        return about(file, without.error());
    }
    if (!without->changed) {
        return false;
    }
    if (without->file_was_made && without->content.empty()) {
        if (::unlink(link_target(file).c_str()) != 0) {
            return system_problem("cannot remove " + file.string(), errno);
        }
        remove_directories(file.parent_path(), without->directories_made);
        return true;
    }
    const auto written = replace_file(file, without->content);
    return written ? Outcome<bool>(true) : Outcome<bool>(written.error());
}

bool has_profile_block(const ProfileFile& file, const fs::path& prefix) {
    const auto content = read_profile(file.path);
    if (!content || content->empty()) {
        return false;
    }
    const auto found = find_block(*content);
    const auto same = with_profile_block(*content, true, 0, file.syntax, prefix);
    return found && *found && same && *same == *content;
}

}  // namespace mq::installer
