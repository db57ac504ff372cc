#include "installer/archive/file_list.hpp"

#include "base/sha256.hpp"
#include "installer/archive/digest.hpp"
#include "installer/exit_code.hpp"
#include "installer/words.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <optional>
#include <set>
#include <sys/stat.h>

namespace mq::installer {
namespace {

constexpr std::size_t list_bytes_max = std::size_t{16} << 20;

Problem damaged(const std::string& what) {
    return {what, "Nothing was changed.", "Fetch the file again and compare its SHA-256.",
            to_int(ExitCode::bad_checksum)};
}

std::string octal(mode_t mode) {
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), "%04o", static_cast<unsigned>(mode & 07777U));
    return text.data();
}

std::optional<mode_t> from_octal(std::string_view word) {
    if (word.size() != 4 || word.find_first_not_of("01234567") != std::string_view::npos) {
        return std::nullopt;
    }
    mode_t mode = 0;
    for (const char c : word) {
        mode = mode * 8 + static_cast<mode_t>(c - '0');
    }
    return mode;
}

bool is_digest(std::string_view word) {
    return word.size() == 64 &&
           word.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// Takes one line of facts, files or links into the list.
bool take_line(FileList& list, std::string_view line) {
    const auto words = split_words(line);
    if (words.size() == 3 && words[0] == "fact") {
        const auto value = unescape_word(words[2]);
        return value && list.facts.emplace(words[1], *value).second;
    }
    if (words.size() == 4 && words[0] == "file") {
        const auto mode = from_octal(words[1]);
        const auto name = unescape_word(words[3]);
        return mode && is_digest(words[2]) && name && archive::is_safe_name(*name) &&
               list.files.emplace(*name, FileList::File{*mode, std::string(words[2])}).second;
    }
    if (words.size() == 3 && words[0] == "link") {
        const auto target = unescape_word(words[1]);
        const auto name = unescape_word(words[2]);
        return target && name && archive::is_safe_name(*name) &&
               archive::is_safe_target(*name, *target) && list.links.emplace(*name, *target).second;
    }
    return false;
}

Outcome<std::string> whole_content(const archive::Content& content) {
    std::string all;
    for (;;) {
        const auto part = content();
        if (!part) {
            return part.error();
        }
        if (part->empty()) {
            return all;
        }
        all += *part;
        if (all.size() > list_bytes_max) {
            return damaged("the list of files is too long");
        }
    }
}

Outcome<std::string> digest_of_content(const archive::Content& content) {
    Digest digest;
    for (;;) {
        const auto part = content();
        if (!part) {
            return part.error();
        }
        if (part->empty()) {
            return digest.hex();
        }
        digest.add(*part);
    }
}

Outcome<void> compare(const FileList& list, const archive::Member& member,
                      const archive::Content& content) {
    if (!member.target.empty()) {
        const auto link = list.links.find(member.name);
        if (link == list.links.end() || link->second != member.target) {
            return damaged("the link " + member.name + " is not what its list says");
        }
        return {};
    }
    const auto file = list.files.find(member.name);
    if (file == list.files.end()) {
        return damaged(member.name + " is in the archive, but not in its list");
    }
    const auto digest = digest_of_content(content);
    if (!digest) {
        return digest.error();
    }
    if (*digest != file->second.digest || (member.mode & 07777U) != file->second.mode) {
        return damaged(member.name + " is not what its list says");
    }
    return {};
}

/// The item for one directory entry, or nothing for what cannot be packed.
std::optional<archive::Item> item_of(const std::filesystem::path& path,
                                     const std::filesystem::path& root, const std::string& prefix) {
    const auto below = path.lexically_relative(root).generic_string();
    archive::Item item;
    item.name = prefix.empty() ? below : prefix + "/" + below;
    std::error_code error;
    struct stat facts {};
    if (std::filesystem::is_symlink(path, error)) {
        const auto target = std::filesystem::read_symlink(path, error).string();
        if (archive::is_safe_target(below, target)) {
            item.target = target;
            return item;
        }
    }
    if (::stat(path.c_str(), &facts) != 0 || !S_ISREG(facts.st_mode)) {
        return std::nullopt;
    }
    item.source = path;
    item.mode = facts.st_mode & 07777U;
    item.modified = facts.st_mtim.tv_sec;
    return item;
}

}  // namespace

std::string FileList::text() const {
    std::string all = "mqhome " + kind + " 1\n";
    for (const auto& [name, value] : facts) {
        all += "fact " + name + " " + escape_word(value) + "\n";
    }
    for (const auto& [name, file] : files) {
        all += "file " + octal(file.mode) + " " + file.digest + " " + escape_word(name) + "\n";
    }
    for (const auto& [name, target] : links) {
        all += "link " + escape_word(target) + " " + escape_word(name) + "\n";
    }
    return all + "end " + sha256_hex(all) + "\n";
}

Outcome<FileList> FileList::parse(std::string_view text, std::string_view kind) {
    const Problem broken = damaged("the list of files in the archive is damaged");
    const auto end = text.rfind("\nend ");
    if (end == std::string_view::npos ||
        text.substr(end + 1) != "end " + sha256_hex(text.substr(0, end + 1)) + "\n") {
        return broken;
    }
    text = text.substr(0, end + 1);
    FileList list;
    list.kind = kind;
    const std::string head = "mqhome " + list.kind + " 1\n";
    if (!text.starts_with(head)) {
        return damaged("this is no " + list.kind + " that this mqinstall knows");
    }
    text.remove_prefix(head.size());
    while (!text.empty()) {
        const auto newline = text.find('\n');
        if (newline == std::string_view::npos || !take_line(list, text.substr(0, newline))) {
            return broken;
        }
        text.remove_prefix(newline + 1);
    }
    return list;
}

Outcome<FileList> pack_with_list(FileList list, const std::string& list_name,
                                 std::vector<archive::Item> items, int fd, int level) {
    for (const auto& item : items) {
        if (!item.target.empty()) {
            list.links.emplace(item.name, item.target);
            continue;
        }
        const auto digest = item.source.empty() ? Outcome<std::string>(sha256_hex(item.content))
                                                : digest_of_file(item.source);
        if (!digest) {
            return digest.error();
        }
        list.files.emplace(item.name, FileList::File{item.mode & 07777U, *digest});
    }
    archive::Item head;
    head.name = list_name;
    head.content = list.text();
    items.insert(items.begin(), std::move(head));
    if (auto packed = archive::pack(items, fd, level); !packed) {
        return packed.error();
    }
    return list;
}

Outcome<FileList> verify_list(const archive::Slice& slice, const std::string& list_name,
                              std::string_view kind) {
    std::optional<FileList> list;
    std::size_t members = 0;
    auto walked = archive::walk(
        slice,
        [&](const archive::Member& member, const archive::Content& content) -> Outcome<void> {
            if (list) {
                ++members;
                return compare(*list, member, content);
            }
            if (member.name != list_name) {
                return damaged("the archive does not begin with its list of files");
            }
            const auto text = whole_content(content);
            if (!text) {
                return text.error();
            }
            auto parsed = FileList::parse(*text, kind);
            if (!parsed) {
                return parsed.error();
            }
            list = std::move(*parsed);
            return {};
        });
    if (!walked) {
        return walked.error();
    }
    // Names are unique in a walk and each was found in the list, so equal counts mean equal sets.
    if (!list || members != list->files.size() + list->links.size()) {
        return damaged("the archive is not complete");
    }
    return *list;
}

Outcome<std::vector<archive::Item>> items_below(const std::filesystem::path& root,
                                                const std::string& prefix) {
    std::vector<archive::Item> items;
    std::error_code error;
    std::filesystem::recursive_directory_iterator walk(root, error);
    for (const std::filesystem::recursive_directory_iterator end; !error && walk != end;
         walk.increment(error)) {
        if (auto item = item_of(walk->path(), root, prefix)) {
            items.push_back(std::move(*item));
        }
    }
    if (error) {
        return system_problem("cannot read the folder " + root.string(), error.value());
    }
    std::sort(items.begin(), items.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    return items;
}

}  // namespace mq::installer
