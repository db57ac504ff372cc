#pragma once

#include "broker/core/neighbours.hpp"

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

namespace mq::broker {

class Shard;

/// One shard's door to the other shards of this process. What it sends within a turn is gathered
/// and handed over when the turn ends: a batch for each receiver, which is woken only when it has
/// taken all batches before. Messages of one shard to another arrive in the order of sending, but
/// for acknowledgements: they are handed over when everything else of the turn has been, to all
/// shards. Who gets one and then asks a third shard about what came before it, finds it there.
///
/// A receiver that does not keep up holds the sender back: above `lane_bytes_max` the sender reads
/// from no client until the receiver has taken what waits. Both go on taking what others send them,
/// so they never wait for each other.
///
/// `take` and `released` come as turns of the own shard; everything else is called within its
/// turns, or while no thread runs.
class ShardLink final : public Neighbours {
 public:
    static constexpr std::size_t lane_bytes_max = std::size_t{16} << 20;

    explicit ShardLink(Shard& shard) : shard_(shard) {}
    /// Once, before anything is sent: the links of all shards by index, this one at `self`.
    void connect(std::span<const std::unique_ptr<ShardLink>> all, ShardIndex self);

    void send(ShardIndex to, ShardMessage message) override;
    [[nodiscard]] Sums others() const override;
    void note_retained(ShardIndex shard, FirstLevels level) override;
    [[nodiscard]] FirstLevels retained_in(ShardIndex shard) const override {
        return links_[shard]->retained_;
    }
    /// What this shard holds is seen by the others; before its clients hear of it.
    void show();
    /// The turn has ended.
    void flush();
    /// Clients must wait.
    [[nodiscard]] bool held() const { return lanes_held_ > 0; }
    /// What has come from all others; false when there was nothing.
    bool take_all();

 private:
    /// On the way from one other shard to this one.
    struct Lane {
        std::mutex mutex;  ///< guards all below but `room`
        std::vector<ShardMessage> messages;
        std::size_t bytes = 0;
        bool sender_held = false;
        std::vector<ShardMessage>
            room;  ///< of the last batch, for the next one; the receiver's alone
    };
    struct Batch {
        std::vector<ShardMessage> messages;
        std::size_t bytes = 0;
    };

    /// What this shard holds, for the others to see.
    struct Held {
        std::atomic<std::size_t> sessions = 0;
        std::atomic<std::size_t> subscriptions = 0;
        std::atomic<std::size_t> queued_messages = 0;
        std::atomic<std::size_t> queued_bytes = 0;
        std::atomic<std::size_t> retained_messages = 0;
        std::atomic<std::size_t> retained_bytes = 0;
    };

    void hand_over(std::span<Batch> batches);
    void hand_over(ShardIndex to, Batch& batch);
    bool take(ShardIndex from);
    void released();

    Shard& shard_;
    ShardIndex self_ = 0;
    std::vector<ShardLink*> links_;
    std::vector<Batch> gathered_;               ///< by receiver
    std::vector<Batch> acknowledgements_;       ///< the same
    std::vector<std::unique_ptr<Lane>> lanes_;  ///< by sender
    std::size_t lanes_held_ = 0;                ///< of those to others
    bool gathers_ = false;
    Held held_;
    std::atomic<FirstLevels> retained_ = 0;
};

}  // namespace mq::broker
