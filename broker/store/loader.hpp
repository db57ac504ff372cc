#pragma once

#include "broker/core/journal.hpp"
#include "broker/store/damage.hpp"
#include "broker/store/database.hpp"

#include <optional>
#include <vector>

namespace mq::broker {

/// All that a store holds. Messages belong to the thread that loads; one that waits for many
/// sessions is one block.
struct StoredState {
    std::vector<StoredSession> sessions;
    std::vector<MessageRef> retained;
    std::vector<AcceptedMessage> accepted;  ///< of a snapshot only; the database has none
    EntryNumber next_entry = 1;             ///< above all that are stored
};

struct Loaded {
    StoredState state;
    Damage damage;  ///< what has been passed over
};

/// Reads the whole database, and changes nothing. Rows that are not valid are passed over, and so
/// are rows that refer to one.
Result<Loaded, SqlError> load_state(Database& database);

}  // namespace mq::broker
