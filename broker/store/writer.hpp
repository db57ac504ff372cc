#pragma once

#include "broker/store/batch.hpp"
#include "broker/store/database.hpp"

#include <optional>

namespace mq::broker {

/// Writes a batch in one transaction: all of it is in the database afterwards, or nothing. The
/// batch is only read; no message's count is touched.
std::optional<SqlError> write_batch(Database& database, const Batch& batch);

/// Merges the write-ahead log into the file and gives free pages back to the file system, so that
/// the file alone is complete and small.
std::optional<SqlError> merge_log(Database& database);

}  // namespace mq::broker
