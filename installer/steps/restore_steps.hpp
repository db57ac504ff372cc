#pragma once

#include "installer/steps/change.hpp"

/// Steps that put a backup in the place of what is there now.
namespace mq::installer {

/// Checks the backup that `change.source` names and unpacks it in `state/`.
Step unpack_backup_step(const SharedWork& work);

/// Puts etc/ and the database of the backup in their places; what was there is kept until the
/// clean-up. Undone: brings it back.
Step exchange_step(const SharedWork& work);

/// Starts the broker and waits until it listens. Undone: stops it.
Step listen_step(const SharedWork& work);

}  // namespace mq::installer
