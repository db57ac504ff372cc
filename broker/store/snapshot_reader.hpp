#pragma once

#include "broker/store/loader.hpp"
#include "broker/store/snapshot_chunks.hpp"

#include <cstddef>
#include <string>

namespace mq::broker {

/// What a snapshot of Mosquitto holds, in our terms.
struct Snapshot {
    StoredState state;
    int version = 0;
    SnapshotLosses losses;
    std::size_t subscriptions = 0;
    std::size_t queued = 0;  ///< of all sessions, in flight included
    std::size_t ended = 0;   ///< sessions that end with their connection: passed over
};

/// Reads a snapshot of Mosquitto, formats 3 to 6 (see snapshot_records.hpp); `name` is its path.
/// Records that are damaged or contradict others are passed over and counted. A problem means that
/// the file is no snapshot, of a format or a machine whose records cannot be told apart, or cannot
/// be read by the system.
///
/// What a delivery in Mosquitto's hands becomes:
///   to the client: queued              queued
///   to the client: sent, to be sent    sent with its packet identifier, to be sent again
///   to the client: PUBREC has come     PUBREL with its packet identifier is sent again
///   from the client, awaiting PUBREL   accepted: its identifier is known, and its message goes to
///                                      the subscribers now; Mosquitto waits for PUBREL with that
///
/// Mosquitto 2.0 gives a client without user name that of another one, with rubbish of its memory
/// behind it. A user name that holds U+0000 is therefore none.
Outcome<Snapshot> read_snapshot(int fd, const std::string& name);

}  // namespace mq::broker
