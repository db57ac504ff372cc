#pragma once

#include "mqtt/properties.hpp"
#include "mqtt/result.hpp"

#include <sqlite3.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace mq::broker {

/// Why SQLite could not do something.
struct SqlError {
    int code = 0;  ///< SQLite's extended result code
    std::string text;
    int system_error = 0;  ///< errno behind it, where known

    /// There is no room: the disk is full, or the account's quota is used up.
    [[nodiscard]] bool full() const;
    [[nodiscard]] bool busy() const { return (code & 0xFF) == SQLITE_BUSY; }
    /// The file's content is not what SQLite wrote.
    [[nodiscard]] bool damaged() const {
        return (code & 0xFF) == SQLITE_CORRUPT || (code & 0xFF) == SQLITE_NOTADB;
    }
};

/// An open SQLite database, the only door to the library. For one thread at a time.
///
/// An error sticks: the first one is kept, what follows does nothing until `take_error`. So a
/// transaction is a list of statements with one question at the end.
class Database {
 public:
    /// Opens a file that exists, for this program alone (exclusive locking; no shared memory file).
    /// Nothing is read or written yet.
    static Result<std::unique_ptr<Database>, SqlError> open(const std::string& path);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    /// Whether closing may merge the write-ahead log into the file. Off until the file has been
    /// found good, so that a file that is refused stays as it is.
    void allow_merge_on_close(bool allowed);

    void run(const char* sql);
    /// The first column of the first row; 0 or "" after an error.
    std::int64_t number(const char* sql);
    std::string text(const char* sql);

    /// Copies all pages, damaged ones included, into the empty file `path`.
    void copy_to(const std::string& path);
    void release_memory();

    [[nodiscard]] bool failed() const { return error_.has_value(); }
    std::optional<SqlError> take_error();

 private:
    friend class Statement;
    Database() = default;
    void note(int code);

    sqlite3* handle_ = nullptr;
    std::optional<SqlError> error_;
};

/// A prepared statement. Text and blobs that are bound are borrowed until the statement runs or is
/// bound again; columns are views that hold until the next `row`.
class Statement {
 public:
    Statement(Database& database, const char* sql);
    ~Statement();
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    /// Binds and runs to the end.
    template <class... Values>
    void run(const Values&... values) {
        start(values...);
        while (row()) {
        }
    }
    /// Binds; `row` then goes from row to row.
    template <class... Values>
    void start(const Values&... values) {
        reset();
        int index = 0;
        (bind(++index, values), ...);
    }
    /// Binds, runs to the end and returns the number in the first row, if there is one. (A
    /// statement left in its middle would make SQLite keep an undo journal that each further one
    /// walks.)
    template <class... Values>
    std::optional<std::int64_t> find_number(const Values&... values) {
        start(values...);
        if (!row()) {
            return std::nullopt;
        }
        const std::int64_t found = number(0);
        while (row()) {
        }
        return found;
    }
    /// The next row; false at the end or after an error.
    bool row();

    [[nodiscard]] std::int64_t number(int column) const;
    [[nodiscard]] std::string_view text(int column) const;
    [[nodiscard]] mqtt::Bytes blob(int column) const;

 private:
    void reset();
    void bind(int index, std::int64_t value);
    void bind(int index, std::string_view value);
    void bind(int index, mqtt::Bytes value);

    Database& database_;
    sqlite3_stmt* handle_ = nullptr;
};

}  // namespace mq::broker
