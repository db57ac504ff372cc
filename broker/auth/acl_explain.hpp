#pragma once

#include "broker/auth/acl_file.hpp"

#include <filesystem>
#include <optional>
#include <span>
#include <string>

namespace mq::broker {

/// Who wants to do what with which topic.
struct AclQuestion {
    std::optional<std::string> user_name;  ///< empty: a client without one
    std::optional<std::string> client_id;  ///< empty: not known
    std::string topic;                     ///< valid, mount point included
};

/// What the broker would do, and the line of the file that decides.
struct AclDecision {
    bool allowed = false;
    std::string why;  ///< behind "read: " or "write: "; further lines tell what was left open
};

/// Decides about one access, `acl_read` or `acl_write`, by going through the rules in the order in
/// which they count. For a person, and for tests: the broker itself asks an AclGrant, which says
/// the same. Patterns with %c are passed over while the client id is not known.
AclDecision decide_acl(const AclFile& file, const std::filesystem::path& path,
                       const AclQuestion& question, AclAccess wanted);

/// The lines for reading and for writing, each with a line end:
/// `read: allowed by line 12 of etc/acl: topic read pub/#`.
std::string explain_acl(const AclFile& file, const std::filesystem::path& path,
                        const AclQuestion& question);

/// Listeners that share an ACL file and a mount point.
struct AclPlace {
    std::string listeners;    ///< as in "port 1883, port 8080"
    std::string acl_file;     ///< empty: none, everything is allowed
    std::string mount_point;  ///< put in front of the topic

    bool operator==(const AclPlace&) const = default;
};

/// Explains for each place, with a heading where there is more than one. The problem's exit code is
/// 3: no valid topic, or a file that cannot be used.
Outcome<std::string> explain_acl(std::span<const AclPlace> places, const AclQuestion& question);

}  // namespace mq::broker
