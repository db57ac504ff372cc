#include "broker/core/outbox.hpp"

#include <algorithm>
#include <cassert>

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
    } else if (consumed_bytes_ > bytes_.size() / 2 && consumed_bytes_ >= 65536) {
        compact();
    }
}

void Outbox::compact() {
    bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(consumed_bytes_));
    references_.erase(references_.begin(),
                      references_.begin() + static_cast<std::ptrdiff_t>(first_reference_));
    first_reference_ = 0;
    for (Reference& reference : references_) {
        reference.position -= consumed_bytes_;
    }
    consumed_bytes_ = 0;
}

}  // namespace mq::broker
