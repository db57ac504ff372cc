#include "broker/auth/file_permissions.hpp"

#include "base/quote.hpp"

#include <sys/stat.h>
#include <unistd.h>

namespace mq::broker {

std::vector<std::string> permission_warnings(const std::filesystem::path& path,
                                             std::string_view kind) {
    struct stat facts {};
    if (::stat(path.c_str(), &facts) != 0) {
        return {};
    }
    std::vector<std::string> warnings;
    const std::string file = std::string(kind) + ' ' + path.string();
    if ((facts.st_mode & S_IRWXO) != 0) {
        warnings.push_back(file + " is open to every account of this host; type: chmod 0600 " +
                           quote_posix(path.string()));
    }
    if (facts.st_uid != ::geteuid()) {
        warnings.push_back(file + " belongs to user " + std::to_string(facts.st_uid) +
                           ", not to user " + std::to_string(::geteuid()) + " who reads it");
    }
    if (facts.st_gid != ::getegid() && (facts.st_mode & S_IRWXG) != 0) {
        warnings.push_back(file + " is open to group " + std::to_string(facts.st_gid) +
                           ", which is not the group of who reads it");
    }
    return warnings;
}

}  // namespace mq::broker
