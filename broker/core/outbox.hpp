#pragma once

#include "broker/core/message.hpp"
#include "mqtt/encode.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <sys/uio.h>
#include <vector>

namespace mq::broker {

/// Bytes that wait to be written to one connection: encoded packets in one buffer, with large
/// payloads referenced where they stand in their message. An empty outbox owns no memory once
/// `release` was called. The core appends, the transport gathers and consumes; both on the shard's
/// thread.
class Outbox {
 public:
    /// Payloads from this size on are referenced, smaller ones copied.
    static constexpr std::size_t reference_bytes_min = 1024;

    [[nodiscard]] bool empty() const { return size_ == 0; }
    /// Bytes that have not been consumed.
    [[nodiscard]] std::size_t size() const { return size_; }
    /// Packets of which something has not been consumed.
    [[nodiscard]] std::size_t packets() const { return packets_; }

    /// Where encoders append one packet; call `appended` behind it and its payload.
    mqtt::Buffer& buffer() { return bytes_; }
    void appended() {
        size_ = bytes_.size() - consumed_bytes_ + reference_bytes_;
        ++packets_;
    }
    /// The message's payload, as a reference; the message stays alive until it is consumed.
    void append_payload(const MessageRef& message);

    /// Fills in what is next to be written, in order; returns the number of vectors used.
    std::size_t gather(std::span<iovec> vectors) const;
    /// Takes `n` bytes off the front; n is at most `size()`.
    void consume(std::size_t n);

    /// Takes copies of the payloads, so that the messages are not shared with anybody.
    void copy_references();

    /// Exchanges the buffer of an empty outbox, so that a shard can lend one buffer to all that are
    /// busy.
    void swap_buffer(mqtt::Buffer& other) { bytes_.swap(other); }

    /// Gives the memory of an empty outbox back.
    void release() {
        if (empty()) {
            mqtt::Buffer().swap(bytes_);
            std::vector<Reference>().swap(references_);
        }
    }

 private:
    void compact();
    void count_off(std::size_t n);
    [[nodiscard]] std::size_t packet_size() const;

    struct Reference {
        std::size_t position;  ///< in bytes_, where the payload comes
        std::size_t consumed;  ///< bytes of the payload that are written
        MessageRef message;
    };

    mqtt::Buffer bytes_;
    std::vector<Reference> references_;
    std::size_t first_reference_ = 0;
    std::size_t consumed_bytes_ = 0;   ///< of bytes_
    std::size_t reference_bytes_ = 0;  ///< not yet consumed
    std::size_t size_ = 0;
    std::size_t packets_ = 0;
    // Kept up only while something is left of what was given to the peer:
    std::size_t front_left_ = 0;      ///< bytes of the packet that is partly consumed
    std::size_t next_packet_ = 0;     ///< in bytes_, where the one behind it begins
    std::size_t next_reference_ = 0;  ///< in references_, of that one or one behind it
};

}  // namespace mq::broker
