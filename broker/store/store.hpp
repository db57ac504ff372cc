#pragma once

#include "base/problem.hpp"
#include "base/small_thread.hpp"
#include "broker/core/journal.hpp"
#include "broker/core/log.hpp"
#include "broker/store/batch.hpp"
#include "broker/store/database.hpp"
#include "broker/store/loader.hpp"
#include "broker/store/take_over.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace mq::broker {

/// What the configuration says about persistence.
struct StoreSettings {
    std::filesystem::path directory;         ///< persistence_location; empty: the working directory
    std::string file = "mosquitto.db";       ///< persistence_file
    std::uint32_t autosave_interval = 1800;  ///< seconds, or changes; 0: at exit and by `save` only
    bool autosave_on_changes = false;        ///< whether the interval counts changes

    /// Changes are written before the interval ends when they keep this many bytes in memory.
    std::size_t batch_bytes_max = std::size_t{8} << 20;
    /// What waiting changes may take beside the messages that the core's queues hold anyway.
    std::size_t waiting_bytes_max = std::size_t{128} << 20;
    /// global_max_store_bytes: what the files may take on the disk; 0: no limit.
    std::uint64_t store_bytes_max = 0;
};

/// Sessions, queued and retained messages in a SQLite database. `main` owns it; it outlives the
/// broker that reports to it.
///
/// Threads: all members are called on the shard's thread. Journal calls return at once: they add to
/// a batch in memory (see Batch), which a thread of its own writes, each batch in one transaction.
/// That thread sleeps while there is nothing to do.
///
/// Promise: what is on disk is always the state after some prefix of the journal's calls, whenever
/// the program or the machine ends. After `close` without a problem it is the state after all of
/// them. Between two writes (`autosave_interval`, `batch_bytes_max`) a kill loses what came since.
///
/// A write that fails (disk full, quota, I/O) is said once a minute and tried again every ten
/// seconds; the changes wait in memory. Memory stays bounded: messages are shared with the core's
/// queues, which have their limits, and beyond `waiting_bytes_max` new queue entries of the session
/// with most of them are given up, which is said and counted. They are delivered as long as this
/// program runs, but not after a restart.
///
/// After each write the files are measured, with their log. Above `store_bytes_max`, queue entries
/// and retained messages that come are given up in the same way, which is said once a minute; what
/// is removed, sessions and subscriptions go on to be written, at the latest every ten seconds, and
/// the limit is no longer felt as soon as the files are below it. They may grow beyond the limit by
/// what one write holds (`batch_bytes_max`). Nothing else is ever given up.
///
/// Where the disk is full, what is removed is written first, apart from the rest, which may then
/// find room.
///
/// File (database.hpp, schema.cpp): SQLite, mode 0600, write-ahead log beside it (FILE-wal),
/// synchronous = FULL, locked for one program. `application_id` is "mqhd", `user_version` the
/// version of the tables:
///   sessions       client id, user, protocol version, expiry interval in s, end in Unix ms, name
///                  of the realm (not in old files)
///   wills          session; message, delay and message expiry in s (-1: none), time when it is due
///                  if the client is away, checksum (not in old files)
///   subscriptions  filter, options as bits of MQTT 5.0 §3.8.3.1, identifier (0: none)
///   messages       topic, encoded properties, payload, QoS, RETAIN, expiry in Unix ms, checksum;
///                  stored once for all sessions of a batch; triggers delete what nobody refers to
///   entries        id = EntryNumber; session, message, how far delivery has come
///   received       QoS 2 packet identifiers not yet released
///   retained       topic, message; client id, user and realm of who has published it (not in old
///                  files)
/// "Never" is the largest time. After `save` and `close` the file is complete without its log.
class Store final : public Journal {
 public:
    /// Opens or creates the file, or finds that it is a snapshot of Mosquitto. The log outlives the
    /// store; its `line` is called from the store's thread, too.
    static Outcome<std::unique_ptr<Store>> open(const StoreSettings& settings, Log& log);
    /// Closes; what `close` would return is logged.
    ~Store() override;
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;

    /// What is stored, to be fed to `Broker::restore`. Once, before the first journal call.
    /// Damaged rows are passed over, reported and kept in a copy of the file. A snapshot of
    /// Mosquitto is read, but not touched yet.
    Outcome<StoredState> load();
    /// Begins to write, when all has been restored and nothing else can fail any more: takes over
    /// a snapshot of Mosquitto (see TakeOver), what the journal was told meanwhile included, and
    /// starts the thread. Without it, `close` leaves the file as it is.
    Outcome<void> start();

    /// Where one of several shards reports. The core counts its messages without atomics, so those
    /// that are kept are copied, once for the entries of the same message that follow each other.
    /// On the thread of its shard.
    class Door final : public Journal {
     public:
        explicit Door(Store& store) : store_(store) {}
        ~Door() override;

        void session_stored(const SessionRecord& session) override;
        void session_removed(std::string_view client_id) override {
            store_.session_removed(client_id);
        }
        void subscription_stored(std::string_view client_id,
                                 const SubscriptionRecord& subscription) override {
            store_.subscription_stored(client_id, subscription);
        }
        void subscription_removed(std::string_view client_id, std::string_view filter) override {
            store_.subscription_removed(client_id, filter);
        }
        EntryNumber next_entry() override { return store_.next_entry(); }
        void entry_stored(std::string_view client_id, const EntryRecord& entry) override;
        void entry_state(std::string_view client_id, EntryNumber number, EntryState state,
                         mqtt::PacketId packet_id) override {
            store_.entry_state(client_id, number, state, packet_id);
        }
        void entry_removed(std::string_view client_id, EntryNumber number) override {
            store_.entry_removed(client_id, number);
        }
        void received_stored(std::string_view client_id, mqtt::PacketId packet_id) override {
            store_.received_stored(client_id, packet_id);
        }
        void received_removed(std::string_view client_id, mqtt::PacketId packet_id) override {
            store_.received_removed(client_id, packet_id);
        }
        void retained_stored(const MessageRef& message) override;
        void retained_removed(std::string_view topic) override { store_.retained_removed(topic); }
        [[nodiscard]] JournalStats stats() const override { return store_.stats(); }

     private:
        Store& store_;
        MessageRef copied_;  ///< the shard's
        MessageRef copy_;    ///< the store's, counted with its mutex held only
    };

    /// Other settings of the same name from now on.
    void set_autosave(std::uint32_t interval, bool on_changes);
    /// Another `store_bytes_max`; the files are written and measured at once.
    void set_limit(std::uint64_t store_bytes_max);
    /// Has everything so far written, as SIGUSR1 asks; returns at once.
    void save();
    /// Writes everything and ends the thread. On a problem, which says how much could not be
    /// written, the file is as after the last write that succeeded. Nothing may be called after it.
    Outcome<void> close();

    void session_stored(const SessionRecord& session) override;
    void session_removed(std::string_view client_id) override;
    void subscription_stored(std::string_view client_id,
                             const SubscriptionRecord& subscription) override;
    void subscription_removed(std::string_view client_id, std::string_view filter) override;
    EntryNumber next_entry() override {
        return next_entry_.fetch_add(1, std::memory_order_relaxed);
    }
    void entry_stored(std::string_view client_id, const EntryRecord& entry) override;
    void entry_state(std::string_view client_id, EntryNumber number, EntryState state,
                     mqtt::PacketId packet_id) override;
    void entry_removed(std::string_view client_id, EntryNumber number) override;
    void received_stored(std::string_view client_id, mqtt::PacketId packet_id) override;
    void received_removed(std::string_view client_id, mqtt::PacketId packet_id) override;
    void retained_stored(const MessageRef& message) override;
    void retained_removed(std::string_view topic) override;
    [[nodiscard]] JournalStats stats() const override;

 private:
    using SteadyClock = std::chrono::steady_clock;

    Store(StoreSettings settings, std::filesystem::path path, Log& log);

    Outcome<StoredState> read_snapshot();
    Outcome<void> replace_snapshot();
    Outcome<void> start_thread();
    template <class Operation>
    void change(Operation operation);

    // With the mutex held.
    void store_retained(Batch& batch, const MessageRef& message);
    void store_entry(Batch& batch, std::string_view client_id, const EntryRecord& entry);
    void limit_waiting();
    void give_up_message();
    void note_size(std::optional<std::uint64_t> measured);
    void take_batch();
    [[nodiscard]] SteadyClock::time_point due() const;
    [[nodiscard]] SteadyClock::time_point due_by_autosave() const;
    [[nodiscard]] SteadyClock::time_point due_by_limit() const;
    [[nodiscard]] std::string waiting_text() const;

    // On the store's thread.
    void work();
    bool write_all(std::unique_lock<std::mutex>& lock);
    bool write(std::unique_lock<std::mutex>& lock);
    [[nodiscard]] std::optional<SqlError> write_or_make_room();
    std::optional<std::uint64_t> measure(std::uint64_t bytes_max);
    void merge(std::unique_lock<std::mutex>& lock);
    void report_failure(const SqlError& error);

    StoreSettings settings_;  ///< the autosave part is guarded by the mutex
    const std::filesystem::path path_;
    Log& log_;
    std::unique_ptr<TakeOver> take_over_;  ///< until `start`, where the file is a snapshot
    std::unique_ptr<Database> database_;   ///< of the store's thread while that runs
    std::atomic<EntryNumber> next_entry_ = 1;
    std::unique_ptr<SmallThread> thread_;  ///< null before `start` and after `close`
    bool closed_ = false;

    mutable std::mutex mutex_;  ///< guards all below
    std::condition_variable wake_;
    Batch batch_{1};                               ///< collects changes
    std::unique_ptr<Batch> writing_;               ///< is being written, or waits to be tried again
    std::vector<std::unique_ptr<Batch>> written_;  ///< for the shard's thread to destroy
    SteadyClock::time_point first_change_;
    SteadyClock::time_point retry_at_;
    /// When the store's thread wakes up by itself; the smallest time while it is awake.
    SteadyClock::time_point sleeps_until_ = SteadyClock::time_point::min();
    bool save_wanted_ = false;
    bool closing_ = false;
    std::uint64_t size_ = 0;  ///< of the files, as last measured
    bool over_limit_ = false;
    SteadyClock::time_point limit_said_ = SteadyClock::time_point::min();
    std::size_t given_up_ = 0;
    SteadyClock::time_point given_up_said_ = SteadyClock::time_point::min();

    // Of the store's thread while that runs.
    bool merge_wanted_ = false;
    bool failing_ = false;
    SqlError last_error_;
    SteadyClock::time_point failure_said_ = SteadyClock::time_point::min();
};

}  // namespace mq::broker
