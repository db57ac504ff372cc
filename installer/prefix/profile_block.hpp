#pragma once

#include "base/problem.hpp"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mq::installer {

/// The language of a start-up file.
enum class ShellSyntax { posix, fish, csh };

/// A start-up file of a shell that gets our block.
struct ProfileFile {
    std::filesystem::path path;
    ShellSyntax syntax = ShellSyntax::posix;
};

/// What decides which start-up files an account has use for.
struct ProfileOptions {
    std::filesystem::path home;
    std::filesystem::path zdotdir;      ///< $ZDOTDIR; empty: home
    std::filesystem::path config_home;  ///< $XDG_CONFIG_HOME; empty: home/.config
    /// Whether a shell ("bash", "zsh", "fish") is on this host.
    std::function<bool(std::string_view)> has_shell;
};

/// The options of the running program: $ZDOTDIR, $XDG_CONFIG_HOME, and shells looked for in $PATH,
/// /bin, /usr/bin and /usr/local/bin.
ProfileOptions profile_options_of_host(const std::filesystem::path& home);

/// The files that get a block, in the order of writing:
///  - the login file: `.bash_profile`, else `.bash_login`, else `.profile` (made when none is
///  there);
///  - `.bashrc`, where it exists or bash is on this host;
///  - `.zshenv`, where it exists or zsh is on this host;
///  - `fish/conf.d/mqhome.fish`, where it exists or fish is on this host;
///  - `.tcshrc`, only where it exists.
std::vector<ProfileFile> profile_files(const ProfileOptions& options);

/// Puts the block that sources `env.sh` (or its sister) of `prefix` at the end of the file, or
/// brings an older block up to date where it stands. Makes the file (0644), and fish's directories,
/// when missing. Mode, line endings and symbolic links stay as they are. True when the file
/// changed. On a problem the file is as it was.
///
/// The block is
///
///     # >>> mqhome >>>
///     # Added by mqinstall, which also removes it (file: kept, line ends: 1, directories: 0).
///     if [ -r '…/env.sh' ]; then . '…/env.sh'; fi
///     # <<< mqhome <<<
///
/// Its second line records what removal needs to give the file back byte for byte: whether the file
/// was `made` by us or `kept`, how many line ends were put before the block (the last line had
/// none, or ended in a backslash), and how many directories above it were made. In a file with CR
/// LF line ends the block has them too, with the carriage return inside a comment.
///
/// Problem with exit code 12 when an older block has lost its end, 6 when the file is not a regular
/// one.
Outcome<bool> add_profile_block(const ProfileFile& file, const std::filesystem::path& prefix);

/// Takes the block out again. A file that was made for the block and holds nothing else goes, and
/// with it the directories that were made for it, when empty. Text that was added after the block
/// stays. True when something changed. Problem with exit code 12 when the end of the block is gone:
/// the file is left alone then.
Outcome<bool> remove_profile_block(const std::filesystem::path& file);

/// Whether the file holds a block that sources this prefix.
bool has_profile_block(const ProfileFile& file, const std::filesystem::path& prefix);

/// The same on text alone. `content` is empty and `existed` false for a missing file.
Outcome<std::string> with_profile_block(std::string_view content, bool existed,
                                        int directories_made, ShellSyntax syntax,
                                        const std::filesystem::path& prefix);
struct WithoutBlock {
    std::string content;
    bool changed = false;
    bool file_was_made = false;  ///< the file goes when `content` is empty
    int directories_made = 0;
};
Outcome<WithoutBlock> without_profile_block(std::string_view content);

}  // namespace mq::installer
