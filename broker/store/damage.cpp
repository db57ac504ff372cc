#include "broker/store/damage.hpp"

#include "base/unique_fd.hpp"

#include <array>
#include <cerrno>
#include <ctime>
#include <fcntl.h>
#include <utility>

namespace mq::broker {
namespace {

/// PATH.damaged-20240131T235959Z, with a number behind it where that exists.
Outcome<std::string> create_copy_file(const std::filesystem::path& path) {
    constexpr int attempts_max = 100;
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    std::array<char, 32> stamp{};
    std::strftime(stamp.data(), stamp.size(), ".damaged-%Y%m%dT%H%M%SZ", &parts);
    const std::string first = path.string() + stamp.data();
    std::string name = first;
    for (int attempt = 1; attempt <= attempts_max; ++attempt) {
        const UniqueFd fd(::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
        if (fd) {
            return name;
        }
        if (errno != EEXIST) {
            break;
        }
        name = first + '-' + std::to_string(attempt);
    }
    return system_problem("cannot create " + name, errno);
}

}  // namespace

void Damage::add(const char* table, std::int64_t id, std::string what) {
    rows_.push_back({table, id, std::move(what)});
}

void Damage::set_aside(Database& database, const std::filesystem::path& path, Log& log) const {
    report(path, log);
    const auto copy = create_copy_file(path);
    std::string failure;
    if (copy) {
        database.copy_to(*copy);
        if (auto error = database.take_error()) {
            failure = "cannot copy it to " + *copy + ": " + error->text;
        }
    } else {
        failure = copy.error().what;
    }
    if (!failure.empty()) {
        log.line(LogType::error, "Error: " + failure + ". The damaged rows stay where they are.");
        return;
    }
    remove_rows(database);
    if (auto error = database.take_error()) {
        log.line(LogType::error,
                 "Error: cannot remove the damaged rows of " + path.string() + ": " + error->text);
        return;
    }
    log.line(LogType::warning, "Warning: the file as it was is kept in " + *copy + ".");
}

void Damage::report(const std::filesystem::path& path, Log& log) const {
    log.line(LogType::error, "Error: the persistence file " + path.string() + " has " +
                                 std::to_string(rows_.size()) +
                                 " damaged rows, which are passed over:");
    for (std::size_t i = 0; i < rows_.size() && i < named_rows_max; ++i) {
        const Row& row = rows_[i];
        log.line(LogType::error,
                 "\t" + std::string(row.table) + ' ' + std::to_string(row.id) + ": " + row.what);
    }
    if (rows_.size() > named_rows_max) {
        log.line(LogType::error,
                 "\tand " + std::to_string(rows_.size() - named_rows_max) + " more.");
    }
}

void Damage::remove_rows(Database& database) const {
    database.run("BEGIN IMMEDIATE");
    for (const Row& row : rows_) {
        Statement remove(database,
                         ("DELETE FROM " + std::string(row.table) + " WHERE id = ?").c_str());
        remove.run(row.id);
    }
    database.run("COMMIT");
}

}  // namespace mq::broker
