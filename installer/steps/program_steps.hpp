#pragma once

#include "installer/steps/change.hpp"

/// Steps on the versions of the programs. Each is undone or done again from any half-way state.
namespace mq::installer {

/// Unpacks the payload to `versions/.tmp-V`, brings it to disk, renames it to `versions/V`. A
/// folder of that version that was there before stays, and must hold the same files.
Step unpack_step(const SharedWork& work);

/// Lets the broker of the new version check the user's configuration.
Step check_configuration_step(const SharedWork& work);

/// Points `current` to the new version; back to the old one, or away, when undone.
Step switch_step(const SharedWork& work);

/// Replaces the manifest: from here on the new state counts. The old manifest is kept until
/// `cleanup_step`, for a run that is cut off before this step is in the journal.
Step commit_step(const SharedWork& work, Manifest manifest);

/// Removes what was kept for going back.
Step cleanup_step(const SharedWork& work);

/// Where things are kept for going back while a run lasts.
std::filesystem::path kept_manifest(const Layout& layout);
std::filesystem::path kept_database(const Layout& layout);
std::filesystem::path kept_passwords(const Layout& layout);        ///< before the first user
std::filesystem::path kept_probe_passwords(const Layout& layout);  ///< before the throw-away user
std::filesystem::path kept_configuration(const Layout& layout);

}  // namespace mq::installer
