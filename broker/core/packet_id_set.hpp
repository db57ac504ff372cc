#pragma once

#include "mqtt/packet.hpp"

#include <bitset>
#include <cstddef>
#include <memory>

namespace mq::broker {

/// Packet identifiers of QoS 2 messages that a client has sent and not yet released. 8 KiB once the
/// first one has come.
class PacketIdSet {
 public:
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] bool contains(mqtt::PacketId id) const { return bits_ && bits_->test(id); }

    void insert(mqtt::PacketId id) {
        if (!bits_) {
            bits_ = std::make_unique<std::bitset<65536>>();
        }
        size_ += bits_->test(id) ? 0U : 1U;
        bits_->set(id);
    }

    /// False when it was not there.
    bool erase(mqtt::PacketId id) {
        if (!contains(id)) {
            return false;
        }
        bits_->reset(id);
        --size_;
        return true;
    }

    template <class Visit>
    void for_each(Visit visit) const {
        for (std::size_t id = 1; size_ > 0 && id < 65536; ++id) {
            if (bits_->test(id)) {
                visit(static_cast<mqtt::PacketId>(id));
            }
        }
    }

    /// Gives the memory back when nothing is in it.
    void release() {
        if (size_ == 0) {
            bits_.reset();
        }
    }

 private:
    std::unique_ptr<std::bitset<65536>> bits_;
    std::size_t size_ = 0;
};

}  // namespace mq::broker
