#pragma once

#include "base/problem.hpp"
#include "broker/core/log.hpp"
#include "broker/store/database.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace mq::broker {

/// Rows that hold what no broker has written, found while loading.
class Damage {
 public:
    /// `table` is a literal, `id` the row's.
    void add(const char* table, std::int64_t id, std::string what);

    [[nodiscard]] bool empty() const { return rows_.empty(); }

    /// Says what is damaged, copies the whole database to `path`.damaged-TIME, and only then
    /// removes the rows. Where the copy fails they stay, and are reported again at the next start.
    void set_aside(Database& database, const std::filesystem::path& path, Log& log) const;

 private:
    struct Row {
        const char* table;
        std::int64_t id;
        std::string what;
    };
    void report(const std::filesystem::path& path, Log& log) const;
    void remove_rows(Database& database) const;

    /// More than these are counted, not named.
    static constexpr std::size_t named_rows_max = 20;

    std::vector<Row> rows_;
};

}  // namespace mq::broker
