#pragma once

#include "base/problem.hpp"
#include "broker/store/database.hpp"

#include <filesystem>
#include <memory>

namespace mq::broker {

/// Version of the tables, in `PRAGMA user_version`. A program reads its own version and refuses
/// newer ones.
inline constexpr int schema_version = 1;

/// Opens the store's database, which is created when it is missing or empty, and leaves it locked
/// for this program. A file that is anything else than a whole database of this program's is
/// refused, and stays as it is: damaged, of a newer version, of another program, in use, a snapshot
/// of Mosquitto (that is for TakeOver).
Outcome<std::unique_ptr<Database>> open_database(const std::filesystem::path& path);

}  // namespace mq::broker
