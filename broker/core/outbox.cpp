#include "broker/core/outbox.hpp"

#include "mqtt/framer.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace mq::broker {

void Outbox::append_payload(const MessageRef& message) {
    const std::size_t size = message->payload().size();
    if (size == 0) {
        return;
    }
    references_.push_back({bytes_.size(), 0, message});
    reference_bytes_ += size;
    size_ += size;
}

void Outbox::copy_references() {
    for (Reference& reference : references_) {
        if (reference.message) {
            reference.message = reference.message.copy();
        }
    }
}

std::size_t Outbox::gather(std::span<iovec> vectors) const {
    std::size_t used = 0;
    std::size_t at = consumed_bytes_;
    const auto add = [&](const std::uint8_t* data, std::size_t size) {
        vectors[used++] = {const_cast<std::uint8_t*>(data), size};
    };
    for (std::size_t i = first_reference_; i < references_.size() && used < vectors.size(); ++i) {
        const Reference& reference = references_[i];
        if (reference.position > at) {
            add(bytes_.data() + at, reference.position - at);
            at = reference.position;
            if (used == vectors.size()) {
                return used;
            }
        }
        const mqtt::Bytes payload = reference.message->payload();
        add(payload.data() + reference.consumed, payload.size() - reference.consumed);
    }
    if (used < vectors.size() && at < bytes_.size() &&
        (first_reference_ == references_.size() || references_.back().position <= at)) {
        add(bytes_.data() + at, bytes_.size() - at);
    }
    return used;
}

void Outbox::consume(std::size_t n) {
    assert(n <= size_);
    if (n < size_) {
        count_off(n);
    }
    size_ -= n;
    while (n > 0) {
        const bool reference_next = first_reference_ < references_.size();
        const std::size_t stop =
            reference_next ? references_[first_reference_].position : bytes_.size();
        const std::size_t plain = std::min(n, stop - consumed_bytes_);
        consumed_bytes_ += plain;
        n -= plain;
        if (n == 0 || !reference_next) {
            continue;
        }
        Reference& reference = references_[first_reference_];
        const std::size_t part =
            std::min(n, reference.message->payload().size() - reference.consumed);
        reference.consumed += part;
        reference_bytes_ -= part;
        n -= part;
        if (reference.consumed == reference.message->payload().size()) {
            reference.message = {};
            ++first_reference_;
        }
    }
    if (size_ == 0) {
        bytes_.clear();
        references_.clear();
        first_reference_ = 0;
        consumed_bytes_ = 0;
        packets_ = 0;
        front_left_ = 0;
        next_packet_ = 0;
        next_reference_ = 0;
    } else if (consumed_bytes_ > bytes_.size() / 2 && consumed_bytes_ >= 65536) {
        compact();
    }
}

/// Takes the packets off the count that end within the next `n` bytes, which are not all. What the
/// peer takes as a whole, as nearly always, needs no look at packets.
void Outbox::count_off(std::size_t n) {
    while (n >= front_left_) {
        n -= front_left_;
        if (std::exchange(front_left_, 0) > 0) {
            --packets_;
        }
        if (n == 0) {
            return;
        }
        front_left_ = packet_size();
        std::size_t plain = front_left_;
        if (next_reference_ < references_.size() &&
            references_[next_reference_].position < next_packet_ + front_left_) {
            plain -= references_[next_reference_++].message->payload().size();
        }
        next_packet_ += plain;
    }
    front_left_ -= n;
}

/// Of the one at `next_packet_`, its payload included.
std::size_t Outbox::packet_size() const {
    const auto framing = mqtt::cut_frame(mqtt::Bytes(bytes_).subspan(next_packet_), size_);
    assert(framing);
    return framing->kind == mqtt::Framing::Kind::packet ? framing->frame.size : framing->needed;
}

void Outbox::compact() {
    bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(consumed_bytes_));
    references_.erase(references_.begin(),
                      references_.begin() + static_cast<std::ptrdiff_t>(first_reference_));
    next_packet_ -= consumed_bytes_;
    next_reference_ -= first_reference_;
    first_reference_ = 0;
    for (Reference& reference : references_) {
        reference.position -= consumed_bytes_;
    }
    consumed_bytes_ = 0;
}

}  // namespace mq::broker
