#pragma once

#include "base/problem.hpp"
#include "broker/auth/psk_table.hpp"
#include "broker/core/block_pool.hpp"
#include "broker/core/broker.hpp"
#include "broker/net/certificate_review.hpp"
#include "broker/net/heap_trim.hpp"
#include "broker/net/mailbox.hpp"
#include "broker/net/poller.hpp"
#include "broker/net/resident.hpp"
#include "broker/net/transport.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace mq::broker {

class HandshakeThread;
class ShardLink;
class TlsKeylog;

/// Something of the net room with a deadline, beside the core's own timers.
class Timed {
 public:
    /// When `run_timer` is due; `never` when there is nothing to wait for.
    [[nodiscard]] virtual Time next_deadline() const = 0;
    virtual void run_timer(Time now) = 0;

 protected:
    ~Timed() = default;
};

/// One thread's share of the broker: its event loop, its core, its connections and their buffers.
///
/// All of it belongs to the thread that calls `run`; only `post` and `stop` may be called from
/// others. Work comes in turns: what is ready at once, or one posted function, or what is due.
/// Within a turn transports are only noted; at its end, and each time that much has been read, each
/// touched connection is flushed once and those to be closed are closed; at the end the dead are
/// deleted. While nothing happens the thread sleeps until something is due.
class Shard {
 public:
    /// One turn reads at most this often, and about `read_buffer_bytes`, from one connection: a
    /// flood does not starve others, and what it brings about still fits into caches and socket
    /// buffers.
    static constexpr std::size_t reads_per_turn_max = 4;
    static constexpr std::size_t read_buffer_bytes = std::size_t{64} * 1024;
    /// What is read in a turn before it is written to whom it is for: little enough to be in the
    /// cache still.
    static constexpr std::size_t bytes_before_flush = std::size_t{96} * 1024;
    /// How long a closed connection waits for its peer to take the last bytes.
    static constexpr Duration linger_max = std::chrono::seconds(2);

    static Outcome<std::unique_ptr<Shard>> create(Log& log);
    ~Shard();
    Shard(const Shard&) = delete;
    Shard& operator=(const Shard&) = delete;

    /// Once, before anything else is done with the shard.
    void make_broker(const BrokerSetup& setup);
    /// Once, after `make_broker`, where there are other shards; null: there are none any more.
    void set_link(ShardLink* link) { link_ = link; }
    /// No other shards are there.
    [[nodiscard]] bool alone() const { return link_ == nullptr; }
    [[nodiscard]] Broker& broker() { return *broker_; }
    [[nodiscard]] Log& log() { return log_; }
    [[nodiscard]] Poller& poller() { return poller_; }

    /// Serves until `stop`, which may come before.
    void run();
    /// In place of `run`: what is ready at once, but no deadlines. False when nothing was.
    bool poll();
    void stop();
    /// Calls `look` at the end of a turn when this much time has passed since the last call; wakes
    /// nobody for it. On the shard's thread or before `run`.
    void look_each(Duration interval, std::function<void()> look);
    /// Runs `work` on the shard's thread, as a turn.
    void post(std::function<void()> work);
    /// Runs `work` as a turn, on the shard's thread or before `run`.
    template <class Work>
    void turn(Work&& work) {
        refresh_now();
        work();
        end_turn();
    }
    /// Within a turn: ends `run` once the last connection is gone. Those that the core does not
    /// know of, as a browser's, are closed.
    void stop_when_empty();
    /// Deletes all residents without telling the core; after `run`, before the listeners go.
    void drop_transports();

    /// Where the keys of TLS-PSK come from, by realm; before the listeners that need it are opened.
    using PskKeys = std::function<std::shared_ptr<const PskTable>(std::size_t realm)>;
    void set_psk_keys(PskKeys keys) { psk_keys_ = std::move(keys); }
    [[nodiscard]] const PskKeys& psk_keys() const { return psk_keys_; }

    /// Where secrets of TLS are written to, while debugging; null for nowhere. Before the listeners
    /// that it is about are opened; outlives the shard.
    void set_tls_keylog(TlsKeylog* keylog) { tls_keylog_ = keylog; }
    [[nodiscard]] TlsKeylog* tls_keylog() const { return tls_keylog_; }

    /// Whether the certificates of clients are still good.
    [[nodiscard]] CertificateReview& certificates() { return certificates_; }
    /// Ends the connections of clients whose certificate is not.
    void review_certificates();

    /// Where costly steps of TLS handshakes are done.
    [[nodiscard]] HandshakeThread& handshakes() { return *handshakes_; }

    /// The time of this turn.
    [[nodiscard]] Time now() const { return now_; }
    /// Within a turn, once something has been taken that another thread has dated: it is not of the
    /// future then.
    void refresh_now();

    // For residents.

    /// A buffer that every transport reads into; its content does not outlive the call.
    [[nodiscard]] std::span<std::uint8_t> read_buffer() { return read_buffer_; }
    /// The same for writing where bytes must lie in one piece.
    [[nodiscard]] std::span<std::uint8_t> write_buffer() { return write_buffer_; }

    void adopt(Resident& resident) { residents_.push_back(resident); }
    /// Deletes the resident at the end of the turn.
    void bury(Resident& resident) { dead_.push_back(&resident); }
    /// Calls `Resident::abandon` at that time, in place of a time set before; `never` for not.
    void set_deadline(Resident& resident, Time deadline);
    /// The same after `linger_max`, unless there is a deadline already.
    void linger(Resident& resident);

    // For transports.

    void note(Transport& transport) { noted_.push_back(&transport); }
    /// So much was read from a connection.
    void note_read(std::size_t bytes) { bytes_read_ += bytes; }
    /// Calls `Transport::finish_turn` in the turn to come, without anything becoming ready.
    void note_next_turn(Transport& transport) { noted_next_.push_back(&transport); }
    /// Before it is buried: nothing is kept of it any more.
    void forget(Transport& transport);

    /// The outbox has been emptied: its buffer stays with it while it is one of the connections
    /// that wrote last, so that a busy connection allocates nothing and an idle one owns nothing.
    void lend_buffer(Transport& transport);

    /// `timed` is asked for its deadline at the end of each turn, until `forget`.
    void watch(Timed& timed) { timed_.push_back(&timed); }
    void forget(Timed& timed);

 private:
    static constexpr std::size_t events_per_turn_max = 256;
    static constexpr std::size_t buffers_lent_max = 128;
    static constexpr std::size_t buffer_kept_bytes_max = std::size_t{256} * 1024;
    /// One that has held no more than this, an answer to a ping, need not be taken back in time.
    static constexpr std::size_t small_buffer_bytes_max = 64;
    static constexpr Duration buffers_kept_max = std::chrono::seconds(5);

    Shard(Log& log, Poller poller);
    void end_turn();
    void finish_noted();
    void bury_dead();
    bool serve_until(Time due);
    [[nodiscard]] std::span<epoll_event> wait(Time due);
    void serve(std::span<const epoll_event> events);
    void run_posted();
    void take_buffers_back();
    void run_timers();
    void run_deadlines();
    [[nodiscard]] Time next_deadline() const;

    Log& log_;
    PskKeys psk_keys_;
    TlsKeylog* tls_keylog_ = nullptr;
    CertificateReview certificates_;
    BlockPool blocks_;
    Poller poller_;
    std::unique_ptr<Mailbox> mailbox_;
    std::vector<Mailbox::Work> works_;  ///< taken, being run
    Time now_{};
    std::size_t bytes_read_ = 0;  ///< since transports were flushed
    bool stopped_ = false;
    bool stop_when_empty_ = false;
    std::unique_ptr<Broker> broker_;
    ShardLink* link_ = nullptr;

    std::function<void()> look_;
    Duration look_interval_{};
    Time look_due_ = never;

    std::unique_ptr<HandshakeThread> handshakes_;
    ResidentList residents_;
    std::vector<Transport*> noted_;
    std::vector<Transport*> noted_next_;
    std::vector<Resident*> dead_;
    std::multimap<Time, Resident*> deadlines_;
    std::vector<Timed*> timed_;
    std::array<Transport*, buffers_lent_max> borrowers_{};
    std::size_t next_borrower_ = 0;
    Time buffers_due_ = never;
    HeapTrim heap_trim_;
    std::vector<std::uint8_t> read_buffer_;
    std::vector<std::uint8_t> write_buffer_;
    std::array<epoll_event, events_per_turn_max> events_{};
};

}  // namespace mq::broker
