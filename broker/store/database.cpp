#include "broker/store/database.hpp"

#include <cerrno>
#include <system_error>

namespace mq::broker {
namespace {

bool is_system_error(int code) {
    switch (code & 0xFF) {
        case SQLITE_IOERR:
        case SQLITE_FULL:
        case SQLITE_CANTOPEN:
            return true;
        default:
            return false;
    }
}

/// The system's error behind one of SQLite's. SQLite forgets it when it goes on to clean up, but
/// its files keep theirs.
int system_error_of(sqlite3* handle) {
    if (const int error = sqlite3_system_errno(handle); error != 0) {
        return error;
    }
    int error = 0;
    sqlite3_file_control(handle, "main", SQLITE_FCNTL_LAST_ERRNO, &error);
    sqlite3_file* log = nullptr;
    if (error == 0) {
        sqlite3_file_control(handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
    }
    if (log != nullptr && log->pMethods != nullptr) {
        log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &error);
    }
    return error;
}

SqlError error_of(sqlite3* handle, int code) {
    if (handle == nullptr) {
        return {code, sqlite3_errstr(code), 0};
    }
    SqlError error{code, sqlite3_errmsg(handle), 0};
    if (is_system_error(code)) {
        error.system_error = system_error_of(handle);
    }
    if (error.system_error != 0) {
        error.text += " (" + std::system_category().message(error.system_error) + ')';
    }
    return error;
}

}  // namespace

bool SqlError::full() const {
    return (code & 0xFF) == SQLITE_FULL || system_error == ENOSPC || system_error == EDQUOT ||
           system_error == EFBIG;
}

Result<std::unique_ptr<Database>, SqlError> Database::open(const std::string& path) {
    std::unique_ptr<Database> database(new Database);
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    const int code = sqlite3_open_v2(path.c_str(), &database->handle_, flags, nullptr);
    if (code != SQLITE_OK) {
        return error_of(database->handle_, code);
    }
    database->allow_merge_on_close(false);
    sqlite3_db_config(database->handle_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(database->handle_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    database->run("PRAGMA locking_mode = EXCLUSIVE");
    if (auto error = database->take_error()) {
        return std::move(*error);
    }
    return database;
}

Database::~Database() {
    sqlite3_close_v2(handle_);
}

void Database::allow_merge_on_close(bool allowed) {
    sqlite3_db_config(handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, allowed ? 0 : 1, nullptr);
}

void Database::run(const char* sql) {
    if (!failed()) {
        note(sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr));
    }
}

std::int64_t Database::number(const char* sql) {
    Statement statement(*this, sql);
    return statement.row() ? statement.number(0) : 0;
}

std::string Database::text(const char* sql) {
    Statement statement(*this, sql);
    return statement.row() ? std::string(statement.text(0)) : std::string();
}

void Database::copy_to(const std::string& path) {
    if (failed()) {
        return;
    }
    sqlite3* copy = nullptr;
    int code =
        sqlite3_open_v2(path.c_str(), &copy, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
    if (code == SQLITE_OK) {
        sqlite3_backup* backup = sqlite3_backup_init(copy, "main", handle_, "main");
        if (backup != nullptr) {
            sqlite3_backup_step(backup, -1);
            sqlite3_backup_finish(backup);
        }
        code = sqlite3_errcode(copy);
    }
    if (code != SQLITE_OK) {
        error_ = error_of(copy, code);
    }
    sqlite3_close_v2(copy);
}

void Database::release_memory() {
    sqlite3_db_release_memory(handle_);
}

std::optional<SqlError> Database::take_error() {
    std::optional<SqlError> error;
    error.swap(error_);
    return error;
}

void Database::note(int code) {
    if (code != SQLITE_OK && code != SQLITE_ROW && code != SQLITE_DONE && !failed()) {
        error_ = error_of(handle_, code);
    }
}

Statement::Statement(Database& database, const char* sql) : database_(database) {
    if (!database_.failed()) {
        database_.note(sqlite3_prepare_v2(database_.handle_, sql, -1, &handle_, nullptr));
    }
}

Statement::~Statement() {
    sqlite3_finalize(handle_);
}

bool Statement::row() {
    if (database_.failed()) {
        return false;
    }
    const int code = sqlite3_step(handle_);
    database_.note(code);
    return code == SQLITE_ROW;
}

std::int64_t Statement::number(int column) const {
    return sqlite3_column_int64(handle_, column);
}

std::string_view Statement::text(int column) const {
    const auto* start = reinterpret_cast<const char*>(sqlite3_column_text(handle_, column));
    const int size = sqlite3_column_bytes(handle_, column);
    return start == nullptr ? std::string_view()
                            : std::string_view(start, static_cast<std::size_t>(size));
}

mqtt::Bytes Statement::blob(int column) const {
    const auto* start = static_cast<const std::uint8_t*>(sqlite3_column_blob(handle_, column));
    const int size = sqlite3_column_bytes(handle_, column);
    return start == nullptr ? mqtt::Bytes() : mqtt::Bytes(start, static_cast<std::size_t>(size));
}

void Statement::reset() {
    // The code that reset returns is that of the last step, which has been noted.
    sqlite3_reset(handle_);
}

void Statement::bind(int index, std::int64_t value) {
    if (!database_.failed()) {
        database_.note(sqlite3_bind_int64(handle_, index, value));
    }
}

void Statement::bind(int index, std::string_view value) {
    if (!database_.failed()) {
        const char* start = value.empty() ? "" : value.data();
        database_.note(
            sqlite3_bind_text64(handle_, index, start, value.size(), SQLITE_STATIC, SQLITE_UTF8));
    }
}

void Statement::bind(int index, mqtt::Bytes value) {
    if (!database_.failed()) {
        const void* start = value.empty() ? static_cast<const void*>("") : value.data();
        database_.note(sqlite3_bind_blob64(handle_, index, start, value.size(), SQLITE_STATIC));
    }
}

}  // namespace mq::broker
