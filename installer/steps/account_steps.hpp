#pragma once

#include "installer/steps/change.hpp"

/// Steps on the account that an installation prepares and an uninstallation clears: folders, the
/// first user, the configuration, the environment of the shells.
namespace mq::installer {

/// Names of `Change::creates`, beside "version": what was not there before an installation.
namespace created {
inline constexpr const char* password_file = "pwfile";
inline constexpr const char* configuration = "mosquitto.conf";
inline constexpr const char* database = "mqhome.db";
}  // namespace created

/// The folders of a prefix, relative to it, outermost first.
std::vector<std::string> prefix_folders();

Step directories_step(const SharedWork& work);
/// Creates the first user, or gives an existing one the new password.
Step password_file_step(const SharedWork& work);
/// Writes etc/mosquitto.conf from its template; never over one that is there.
Step configuration_step(const SharedWork& work);
/// env.sh and its sisters.
Step environment_step(const SharedWork& work);
/// The marked block in the start-up files of the shells.
Step profile_step(const SharedWork& work);

/// The start-up files that hold, or would hold, a block of this prefix.
std::vector<std::filesystem::path> profile_paths(const std::filesystem::path& home);

/// Takes the blocks out again.
Outcome<void> remove_profile(const Work& work);
Outcome<void> remove_environment(const Work& work);

}  // namespace mq::installer
