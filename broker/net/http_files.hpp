#pragma once

#include "base/unique_fd.hpp"

#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>

namespace mq::broker {

/// A file to be served, open for reading.
struct HttpFile {
    UniqueFd fd;
    std::uint64_t size = 0;  ///< when it was opened
    std::time_t modified = 0;
    std::string tag;  ///< ETag, with its quotes
    std::string_view content_type;
};

/// The files below one directory, as `http_dir` names it.
///
/// A path leads to a regular file below the directory or to nothing: `..` leads to nothing, and so
/// do names that begin with a dot, device files and pipes. Symbolic links are followed as long as
/// they stay below; the check and the opening cannot be driven apart by somebody who changes links
/// meanwhile, since what was checked is opened step by step without following any. The directory is
/// looked up anew with each request, so that it can be replaced as a whole.
///
/// A directory yields its `index.html`; nothing lists files. Lookups block, on the shard's thread,
/// as long as a local disk takes.
class HttpFiles {
 public:
    /// Empty: there are no files.
    explicit HttpFiles(std::string directory) : directory_(std::move(directory)) {}

    struct Found {
        std::optional<HttpFile> file;
        /// The path is that of a directory without the slash at its end: links in its page only
        /// lead somewhere when the browser asks again, with the slash.
        bool wants_slash = false;
    };
    /// `path` is decoded and begins with a slash.
    [[nodiscard]] Found find(std::string_view path) const;

 private:
    std::string directory_;
};

/// The type that a file's name stands for, by its ending.
std::string_view content_type_of(std::string_view name);

/// A time as HTTP writes it: `Sun, 06 Nov 1994 08:49:37 GMT`.
std::string http_date(std::time_t time);

}  // namespace mq::broker
