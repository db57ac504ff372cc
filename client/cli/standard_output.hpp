#pragma once

namespace mq::cli {

/// Writes what was printed and is still in memory. False when that, or something before it, could
/// not be written: it is lost, and so will be what follows.
bool flush_output();

/// Why flush_output has failed first, as errno; 0: it has not.
int output_error();

}  // namespace mq::cli
