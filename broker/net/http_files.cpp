#include "broker/net/http_files.hpp"

#include <algorithm>
#include <array>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>
#include <utility>
#include <vector>

namespace mq::broker {
namespace {

constexpr std::string_view index_name = "index.html";
constexpr std::string_view default_type = "application/octet-stream";

constexpr std::pair<std::string_view, std::string_view> types[] = {
    {"html", "text/html; charset=utf-8"},
    {"htm", "text/html; charset=utf-8"},
    {"css", "text/css; charset=utf-8"},
    {"js", "text/javascript; charset=utf-8"},
    {"mjs", "text/javascript; charset=utf-8"},
    {"json", "application/json"},
    {"map", "application/json"},
    {"webmanifest", "application/manifest+json"},
    {"xml", "application/xml"},
    {"txt", "text/plain; charset=utf-8"},
    {"md", "text/plain; charset=utf-8"},
    {"csv", "text/csv; charset=utf-8"},
    {"svg", "image/svg+xml"},
    {"png", "image/png"},
    {"jpg", "image/jpeg"},
    {"jpeg", "image/jpeg"},
    {"gif", "image/gif"},
    {"webp", "image/webp"},
    {"avif", "image/avif"},
    {"ico", "image/x-icon"},
    {"woff", "font/woff"},
    {"woff2", "font/woff2"},
    {"ttf", "font/ttf"},
    {"otf", "font/otf"},
    {"wasm", "application/wasm"},
    {"pdf", "application/pdf"},
    {"mp3", "audio/mpeg"},
    {"mp4", "video/mp4"},
    {"webm", "video/webm"},
    {"zip", "application/zip"},
    {"gz", "application/gzip"},
};

std::vector<std::string> parts_of(std::string_view path) {
    std::vector<std::string> parts;
    while (!path.empty()) {
        const std::size_t slash = path.find('/');
        if (slash != 0) {
            parts.emplace_back(path.substr(0, slash));
        }
        path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
    }
    return parts;
}

bool has_hidden(const std::vector<std::string>& parts) {
    return std::any_of(parts.begin(), parts.end(),
                       [](const std::string& part) { return part.starts_with('.'); });
}

/// Without links, dots and doubled slashes; empty when there is no such file.
std::string real_path(const std::string& path) {
    const std::unique_ptr<char, decltype(&std::free)> found(::realpath(path.c_str(), nullptr),
                                                            &std::free);
    return found == nullptr ? std::string() : std::string(found.get());
}

UniqueFd open_directory(int parent, const std::string& name) {
    return UniqueFd(::openat(parent, name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

/// Opens what the real path `root` + `parts` has been; nothing where a link has come into it since.
UniqueFd open_real(const std::string& root, const std::vector<std::string>& parts,
                   struct stat& state) {
    UniqueFd directory = open_directory(AT_FDCWD, root);
    for (std::size_t i = 0; directory && i + 1 < parts.size(); ++i) {
        directory = open_directory(directory.get(), parts[i]);
    }
    // What a device or a pipe does when it is opened nobody knows: look first.
    if (!directory ||
        ::fstatat(directory.get(), parts.back().c_str(), &state, AT_SYMLINK_NOFOLLOW) != 0 ||
        !S_ISREG(state.st_mode)) {
        return {};
    }
    UniqueFd file(::openat(directory.get(), parts.back().c_str(),
                           O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (file && (::fstat(file.get(), &state) != 0 || !S_ISREG(state.st_mode))) {
        return {};
    }
    return file;
}

std::string tag_of(const struct stat& state) {
    char text[64];
    const int n = std::snprintf(text, sizeof text, "\"%llx-%llx.%lx\"",
                                static_cast<unsigned long long>(state.st_size),
                                static_cast<unsigned long long>(state.st_mtim.tv_sec),
                                static_cast<unsigned long>(state.st_mtim.tv_nsec));
    return {text, static_cast<std::size_t>(n)};
}

bool is_directory(const std::string& real) {
    struct stat state {};
    return ::stat(real.c_str(), &state) == 0 && S_ISDIR(state.st_mode);
}

}  // namespace

HttpFiles::Found HttpFiles::find(std::string_view path) const {
    std::string wanted(path);
    if (wanted.ends_with('/')) {
        wanted += index_name;
    }
    if (directory_.empty() || wanted.size() >= PATH_MAX || has_hidden(parts_of(wanted))) {
        return {};
    }
    const std::string root = real_path(directory_);
    const std::string real = real_path(root + wanted);
    const std::string below = root == "/" ? root : root + "/";
    if (root.empty() || !real.starts_with(below)) {
        return {};
    }
    const std::vector<std::string> parts = parts_of(real.substr(below.size()));
    if (parts.empty() || has_hidden(parts)) {
        return {};
    }
    struct stat state {};
    UniqueFd fd = open_real(root, parts, state);
    if (!fd) {
        return {std::nullopt, !path.ends_with('/') && is_directory(real)};
    }
    HttpFile file;
    file.fd = std::move(fd);
    file.size = static_cast<std::uint64_t>(state.st_size);
    file.modified = state.st_mtim.tv_sec;
    file.tag = tag_of(state);
    file.content_type = content_type_of(wanted);
    return {std::move(file), false};
}

std::string_view content_type_of(std::string_view name) {
    const std::size_t dot = name.find_last_of("./");
    if (dot == std::string_view::npos || name[dot] != '.') {
        return default_type;
    }
    std::string ending(name.substr(dot + 1));
    std::transform(ending.begin(), ending.end(), ending.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    const auto found = std::find_if(std::begin(types), std::end(types),
                                    [&](const auto& entry) { return entry.first == ending; });
    return found == std::end(types) ? default_type : found->second;
}

std::string http_date(std::time_t time) {
    std::tm parts{};
    char text[40];
    ::gmtime_r(&time, &parts);
    // The names are English: nothing in this program sets a locale.
    const std::size_t n = std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
    return {text, n};
}

}  // namespace mq::broker
