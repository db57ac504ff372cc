#pragma once

#include "broker/store/batch.hpp"
#include "broker/store/database.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>

namespace mq::broker {

/// `removals` leaves out queue entries and retained messages that are new, and so what takes room;
/// the same batch as a whole may follow, and does not care.
enum class BatchPart { all, removals };

/// Writes a batch in one transaction: all of it is in the database afterwards, or nothing. The
/// batch is only read; no message's count is touched.
std::optional<SqlError> write_batch(Database& database, const Batch& batch,
                                    BatchPart part = BatchPart::all);

/// Merges the write-ahead log into the file and gives free pages back to the file system, so that
/// the file alone is complete and small.
std::optional<SqlError> merge_log(Database& database);

/// Bytes that the database takes with its log; nothing where SQLite cannot tell.
std::optional<std::uint64_t> store_size(Database& database, const std::filesystem::path& path);

}  // namespace mq::broker
