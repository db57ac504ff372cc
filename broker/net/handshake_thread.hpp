#pragma once

#include "base/small_thread.hpp"
#include "broker/net/stream.hpp"
#include "broker/net/tls.hpp"

#include <boost/intrusive/list.hpp>

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

namespace mq::broker {

class Shard;

/// A TLS stream in its handshake, and how the last step of that has ended. A step goes as far as
/// the bytes that have come let it.
class HandshakeStep : public boost::intrusive::list_base_hook<
                          boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
    /// Who waits for a step that is done elsewhere.
    class Owner {
     public:
        /// Within a turn of the shard's; the stream is the owner's again.
        virtual void step_done() = 0;

     protected:
        ~Owner() = default;
    };

    HandshakeStep(TlsStream tls, Owner& told) : stream(std::move(tls)), owner(told) {}
    /// With `pauses` as in TlsStream.
    void run(bool pauses = false);

    TlsStream stream;
    Owner& owner;
    StreamState state = StreamState::want_read;
    std::string failure;  ///< why, once `state` is `failed`
};

/// Where one shard has the costly steps of TLS handshakes done: a signature takes as long as some
/// hundred messages, and nobody who is connected already shall wait for it.
///
/// The thread starts with the first step, has the priority of the shard, and sleeps while
/// there is nothing to do. Steps are done in the order in which they came, each connection has one
/// at most, and between `begin` and `step_done` nobody else touches its stream. Owned by the shard;
/// called on its thread, but for `cpu_clock`.
class HandshakeThread {
 public:
    explicit HandshakeThread(Shard& shard) : shard_(shard) {}
    /// Finishes the step that runs; nobody waits for one any more.
    ~HandshakeThread();
    HandshakeThread(const HandshakeThread&) = delete;
    HandshakeThread& operator=(const HandshakeThread&) = delete;

    /// False when there is no thread and none can be had: then nothing has begun.
    bool begin(HandshakeStep& step);
    /// Instead of waiting for `step_done`: ends the stream, at once or with the step that runs.
    void give_up(std::unique_ptr<HandshakeStep> step);

    /// Of the thread's CPU time; none before it has started.
    [[nodiscard]] bool cpu_clock(clockid_t& clock) const;

 private:
    using Steps =
        boost::intrusive::list<HandshakeStep, boost::intrusive::constant_time_size<false>>;
    static constexpr std::size_t stack_bytes = std::size_t{256} << 10U;

    bool start();
    void work();
    void finished(HandshakeStep& step);
    void deliver();

    Shard& shard_;
    std::unique_ptr<SmallThread> thread_;
    std::atomic<bool> has_clock_ = false;
    std::atomic<clockid_t> clock_ = 0;

    std::mutex mutex_;  ///< guards all below
    std::condition_variable wake_;
    Steps waiting_;
    Steps finished_;  ///< until the shard takes them
    HandshakeStep* running_ = nullptr;
    std::unique_ptr<HandshakeStep> given_up_;  ///< the one that runs, when nobody waits for it
    bool stopping_ = false;
};

}  // namespace mq::broker
