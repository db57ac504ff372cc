#pragma once

#include "base/problem.hpp"
#include "broker/auth/file_finding.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mq::broker {

/// Limits of an ACL file. They bound the memory of the compiled rules to about 50 MB.
constexpr std::size_t acl_file_bytes_max = std::size_t{16} << 20;
constexpr std::size_t acl_rules_max = 250'000;
constexpr std::size_t acl_levels_max = 1'000'000;  ///< topic levels of all rules together

/// What a rule says about the topics that its filter matches. A set of bits.
using AclAccess = std::uint8_t;
constexpr AclAccess acl_read = 1;
constexpr AclAccess acl_write = 2;
constexpr AclAccess acl_deny = 4;

/// A `topic` or `pattern` line.
struct AclRule {
    std::size_t line = 0;  ///< from 1
    AclAccess access = 0;
    std::string filter;  ///< as it stands in the file, with %c and %u

    friend bool operator==(const AclRule&, const AclRule&) = default;
};

/// A file of access rules, read. In Mosquitto's format:
///
///     # comment, only where the line begins with #
///     topic [read|write|readwrite|deny] FILTER      before any user line: for clients without one
///     user NAME                                     the topic lines that follow are of this user
///     pattern [read|write|readwrite|deny] FILTER    for all clients; %c and %u are replaced
///
/// Spaces separate words; blanks at the end of a line do not count. Where one word follows `topic`
/// or `pattern` it is the filter, and reading and writing is allowed. Where more follow the first
/// must be the access, and the rest of the line is the filter, spaces included. A user may come
/// again; the rules add up.
struct AclFile {
    std::vector<AclRule> anonymous;  ///< of clients without a user name, in file order
    std::map<std::string, std::vector<AclRule>, std::less<>> users;  ///< each in file order
    std::vector<AclRule> patterns;                                   ///< in file order
    FileFindings findings;

    static AclFile parse(std::string_view text);
};

/// The word for an access: `read`, `write`, `readwrite` or `deny`.
std::string_view acl_access_name(AclAccess access);

/// Reads an ACL file. The problem's exit code is that of a start: 13 when it cannot be read, 3 for
/// mistakes, which are told all at once.
Outcome<AclFile> read_acl_file(const std::filesystem::path& path);

}  // namespace mq::broker
