#pragma once

#include "base/problem.hpp"

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace mq::broker {

/// Exit codes of a broker that cannot start because of a file of rules or secrets.
constexpr int bad_file_exit_code = 3;          ///< it can be read, but holds mistakes
constexpr int unreadable_file_exit_code = 13;  ///< it cannot be read

/// What is wrong with a line of a file of rules or secrets.
struct FileFinding {
    std::size_t line = 0;  ///< from 1
    std::string text;      ///< printable, without a secret

    friend bool operator==(const FileFinding&, const FileFinding&) = default;
};

/// Everything that is wrong with one file. Errors forbid to use it; a line with a warning is read
/// as the warning says. Of each kind `told_max` are kept, further ones are only counted, so that a
/// large file of another kind does not fill the memory.
class FileFindings {
 public:
    static constexpr std::size_t told_max = 100;

    void error(std::size_t line, std::string text) { add(errors_, line, std::move(text)); }
    void warn(std::size_t line, std::string text) { add(warnings_, line, std::move(text)); }

    [[nodiscard]] bool good() const { return errors_.told.empty(); }
    [[nodiscard]] const std::vector<FileFinding>& errors() const { return errors_.told; }
    [[nodiscard]] const std::vector<FileFinding>& warnings() const { return warnings_.told; }

    /// All errors as one problem, a line each: `Error: FILE:LINE: TEXT`. Its exit code is
    /// `bad_file_exit_code`.
    [[nodiscard]] Problem problem(const std::filesystem::path& path) const;

    /// The warnings, each as `FILE:LINE: TEXT`, for a log.
    [[nodiscard]] std::vector<std::string> warning_lines(const std::filesystem::path& path) const;

 private:
    struct List {
        std::vector<FileFinding> told;
        std::size_t more = 0;
    };

    static void add(List& list, std::size_t line, std::string text);
    static std::vector<std::string> lines(const List& list, const std::filesystem::path& path);

    List errors_;
    List warnings_;
};

}  // namespace mq::broker
