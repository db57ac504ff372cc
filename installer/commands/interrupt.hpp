#pragma once

namespace mq::installer {

/// From now on SIGINT and SIGTERM (and SIGHUP of a closed terminal) end no step in the middle: they
/// are noted, waiting system calls return, and the runner stops between two steps.
void note_interrupts();

/// Whether one of them has come.
bool interrupted();

}  // namespace mq::installer
