#include "broker/store/store.hpp"

#include "broker/store/schema.hpp"
#include "broker/store/writer.hpp"

#include <cassert>
#include <utility>

namespace mq::broker {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t thread_stack_bytes = std::size_t{256} << 10;
constexpr auto retry_interval = 10s;
constexpr auto report_interval = 60s;
/// How long changes wait that may take the files beyond their limit.
constexpr auto measure_interval = 1s;

bool report_due(std::chrono::steady_clock::time_point& said) {
    const auto now = std::chrono::steady_clock::now();
    if (said != std::chrono::steady_clock::time_point::min() && now - said < report_interval) {
        return false;
    }
    said = now;
    return true;
}

}  // namespace

Outcome<std::unique_ptr<Store>> Store::open(const StoreSettings& settings, Log& log) {
    // Absolute, since SQLite takes names that begin with "file:" for something else.
    std::error_code error;
    const auto path = std::filesystem::absolute(settings.directory / settings.file, error);
    if (error) {
        return system_problem("persistence_location cannot be used", error.value());
    }
    std::unique_ptr<Store> store(new Store(settings, path, log));
    auto snapshot = TakeOver::begin(path);
    if (!snapshot) {
        return snapshot.error();
    }
    if (*snapshot) {
        store->take_over_ = std::move(*snapshot);
        return store;
    }
    auto database = open_database(path);
    if (!database) {
        return database.error();
    }
    store->database_ = std::move(*database);
    return store;
}

Store::Store(StoreSettings settings, std::filesystem::path path, Log& log)
    : settings_(std::move(settings)), path_(std::move(path)), log_(log) {}

Store::~Store() {
    if (!closed_) {
        if (const auto done = close(); !done) {
            log_.line(LogType::error, "Error: " + done.error().text());
        }
    }
}

Outcome<StoredState> Store::load() {
    assert(!thread_ && batch_.empty());
    if (take_over_) {
        return read_snapshot();
    }
    auto loaded = load_state(*database_);
    if (!loaded) {
        return Problem{
            "cannot read the persistence file " + path_.string() + ": " + loaded.error().text,
            "The file was left as it is.", "Restore a backup of it, or move it away."};
    }
    if (!loaded->damage.empty()) {
        loaded->damage.set_aside(*database_, path_, log_);
    }
    next_entry_ = loaded->state.next_entry;
    batch_ = Batch(next_entry_);
    database_->release_memory();
    return std::move(loaded->state);
}

void Store::set_autosave(std::uint32_t interval, bool on_changes) {
    {
        const std::lock_guard lock(mutex_);
        settings_.autosave_interval = interval;
        settings_.autosave_on_changes = on_changes;
    }
    wake_.notify_all();
}

void Store::set_limit(std::uint64_t store_bytes_max) {
    const std::lock_guard lock(mutex_);
    if (std::exchange(settings_.store_bytes_max, store_bytes_max) != store_bytes_max) {
        save_wanted_ = true;
        wake_.notify_one();
    }
}

Outcome<StoredState> Store::read_snapshot() {
    auto state = take_over_->read(log_);
    if (!state) {
        return state.error();
    }
    next_entry_ = state->next_entry;
    add_all(*state, batch_);
    return state;
}

Outcome<void> Store::start() {
    assert(!thread_);
    if (take_over_) {
        if (auto replaced = replace_snapshot(); !replaced) {
            return replaced;
        }
    }
    note_size(measure(settings_.store_bytes_max));
    return start_thread();
}

Outcome<void> Store::replace_snapshot() {
    if (auto finished = take_over_->finish(batch_, log_); !finished) {
        return finished;
    }
    batch_ = Batch(next_entry_);
    take_over_.reset();
    auto database = open_database(path_);
    if (!database) {
        return database.error();
    }
    database_ = std::move(*database);
    return {};
}

void Store::save() {
    const std::lock_guard lock(mutex_);
    save_wanted_ = true;
    wake_.notify_one();
}

Outcome<void> Store::close() {
    assert(!closed_);
    closed_ = true;
    if (thread_) {
        {
            const std::lock_guard lock(mutex_);
            closing_ = true;
            wake_.notify_one();
        }
        thread_.reset();
    } else {
        batch_ = Batch(next_entry_);  // never started: the next start finds the same file
    }
    written_.clear();
    if (writing_ || !batch_.empty()) {
        const std::string waiting = waiting_text();
        database_.reset();
        return Problem{"cannot write " + path_.string() + ": " + last_error_.text + ". " + waiting +
                           " could not be stored",
                       "The file holds what was stored before.",
                       "Check space and quota where persistence_location points to."};
    }
    database_.reset();
    return {};
}

// --- limits ---

JournalStats Store::stats() const {
    const std::lock_guard lock(mutex_);
    return {size_, given_up_};
}

void Store::give_up_message() {
    ++given_up_;
    if (report_due(limit_said_)) {
        log_.line(LogType::error, "Error: " + path_.string() + " takes " + std::to_string(size_) +
                                      " bytes, more than global_max_store_bytes " +
                                      std::to_string(settings_.store_bytes_max) + "; " +
                                      std::to_string(given_up_) +
                                      " queued or retained messages will not survive a restart.");
    }
}

/// Keeps the size of the files, and whether that is too much.
void Store::note_size(std::optional<std::uint64_t> measured) {
    size_ = measured.value_or(size_);
    const bool over = settings_.store_bytes_max > 0 && size_ > settings_.store_bytes_max;
    if (std::exchange(over_limit_, over) && !over) {
        limit_said_ = SteadyClock::time_point::min();
        log_.line(LogType::notice, path_.string() + " takes " + std::to_string(size_) +
                                       " bytes, no longer more than global_max_store_bytes.");
    }
}

void Store::limit_waiting() {
    const std::size_t writing = writing_ ? writing_->overhead() : 0;
    if (batch_.overhead() + writing <= settings_.waiting_bytes_max) {
        return;
    }
    // Down to half, so that the search for the largest sessions is rare.
    const std::size_t given_up = batch_.give_up_entries(settings_.waiting_bytes_max / 2);
    given_up_ += given_up;
    if (given_up > 0 && report_due(given_up_said_)) {
        log_.line(LogType::error, "Error: too many changes wait to be written to " +
                                      path_.string() + "; " + std::to_string(given_up_) +
                                      " queued messages will not survive a restart.");
    }
}

// --- the store's thread ---

Outcome<void> Store::start_thread() {
    auto started = SmallThread::start(thread_stack_bytes, [this] { work(); });
    if (!started) {
        return started.error();
    }
    thread_ = std::move(*started);
    return {};
}

void Store::work() {
    std::unique_lock lock(mutex_);
    for (;;) {
        if (const auto next = due(); next > SteadyClock::now()) {
            sleeps_until_ = next;
            if (next == SteadyClock::time_point::max()) {
                wake_.wait(lock);
            } else {
                wake_.wait_until(lock, next);
            }
            sleeps_until_ = SteadyClock::time_point::min();
            continue;
        }
        const bool closing = closing_;
        merge_wanted_ |= std::exchange(save_wanted_, false) || closing;
        if (write_all(lock) && merge_wanted_) {
            merge(lock);
        }
        if (closing) {
            return;
        }
    }
}

Store::SteadyClock::time_point Store::due() const {
    constexpr auto now = SteadyClock::time_point::min();
    constexpr auto not_yet = SteadyClock::time_point::max();
    if (closing_ || save_wanted_) {
        return now;
    }
    if (writing_) {
        return retry_at_;
    }
    if (batch_.empty()) {
        return not_yet;
    }
    if (batch_.bytes() >= settings_.batch_bytes_max) {
        return now;
    }
    return std::min(due_by_limit(), due_by_autosave());
}

Store::SteadyClock::time_point Store::due_by_autosave() const {
    constexpr auto not_yet = SteadyClock::time_point::max();
    if (settings_.autosave_interval == 0) {
        return not_yet;
    }
    if (settings_.autosave_on_changes) {
        return batch_.changes() >= settings_.autosave_interval ? SteadyClock::time_point::min()
                                                               : not_yet;
    }
    return first_change_ + std::chrono::seconds(settings_.autosave_interval);
}

/// Near the limit changes are written soon, so that the files are measured.
Store::SteadyClock::time_point Store::due_by_limit() const {
    const std::uint64_t max = settings_.store_bytes_max;
    if (max == 0 || size_ + batch_.bytes() <= max) {
        return SteadyClock::time_point::max();
    }
    return first_change_ + (over_limit_ ? retry_interval : measure_interval);
}

void Store::take_batch() {
    writing_ = std::make_unique<Batch>(std::move(batch_));
    batch_ = Batch(next_entry_);
}

/// What a failed write has left, then what has come since.
bool Store::write_all(std::unique_lock<std::mutex>& lock) {
    if (writing_ && !write(lock)) {
        return false;
    }
    if (batch_.empty()) {
        return true;
    }
    take_batch();
    return write(lock);
}

bool Store::write(std::unique_lock<std::mutex>& lock) {
    const std::uint64_t bytes_max = settings_.store_bytes_max;
    lock.unlock();
    auto error = write_or_make_room();
    const auto size = error ? std::nullopt : measure(bytes_max);
    lock.lock();
    if (error) {
        last_error_ = std::move(*error);
        retry_at_ = SteadyClock::now() + retry_interval;
        report_failure(last_error_);
        return false;
    }
    if (std::exchange(failing_, false)) {
        failure_said_ = SteadyClock::time_point::min();
        log_.line(LogType::notice, "The persistence file " + path_.string() + " is written again.");
    }
    note_size(size);
    if (log_.wants(LogType::debug)) {
        log_.line(LogType::debug, "Stored " + std::to_string(writing_->changes()) + " changes in " +
                                      path_.string() + '.');
    }
    written_.push_back(std::move(writing_));
    return true;
}

/// Where there is no room for the batch, what it removes goes first, and the files are made as
/// small as that allows.
std::optional<SqlError> Store::write_or_make_room() {
    auto error = write_batch(*database_, *writing_);
    if (error && error->full() && !write_batch(*database_, *writing_, BatchPart::removals)) {
        if (!merge_log(*database_)) {
            error = write_batch(*database_, *writing_);
        }
    }
    return error;
}

/// Above the limit, only after what is free has been given back.
std::optional<std::uint64_t> Store::measure(std::uint64_t bytes_max) {
    auto size = store_size(*database_, path_);
    if (bytes_max > 0 && size > bytes_max && !merge_log(*database_)) {
        size = store_size(*database_, path_);
    }
    return size;
}

void Store::merge(std::unique_lock<std::mutex>& lock) {
    lock.unlock();
    const auto error = merge_log(*database_);
    const auto size = store_size(*database_, path_);
    lock.lock();
    note_size(size);
    merge_wanted_ = false;
    if (error) {
        // Nothing is lost: what is committed stands in the log, which the next start reads.
        log_.line(LogType::warning,
                  "Warning: cannot merge " + path_.string() + "-wal into its file: " + error->text);
    }
}

void Store::report_failure(const SqlError& error) {
    failing_ = true;
    if (report_due(failure_said_)) {
        log_.line(LogType::error, "Error: cannot write " + path_.string() + ": " + error.text +
                                      ". " + waiting_text() + " wait in memory.");
    }
}

/// "12 changes (3456 bytes)".
std::string Store::waiting_text() const {
    const std::size_t changes = batch_.changes() + (writing_ ? writing_->changes() : 0);
    const std::size_t bytes = batch_.bytes() + (writing_ ? writing_->bytes() : 0);
    return std::to_string(changes) + " changes (" + std::to_string(bytes) + " bytes)";
}

}  // namespace mq::broker
