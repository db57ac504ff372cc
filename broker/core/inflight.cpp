#include "broker/core/inflight.hpp"

#include <cassert>
#include <utility>

namespace mq::broker {

mqtt::PacketId Inflight::id_at(std::size_t position) const {
    return static_cast<mqtt::PacketId>((first_ + position) % ids + 1);
}

mqtt::PacketId Inflight::add(Outgoing entry) {
    assert(!full());
    entry.on_wire = true;
    entry.state = EntryState::sent;
    bytes_ += entry.payload_bytes;
    held_bytes_ += entry.payload_bytes;
    ++open_;
    ++on_wire_;
    if (resend_at_ == entries_.size()) {
        ++resend_at_;
    }
    entries_.push_back(std::move(entry));
    return id_at(entries_.size() - 1);
}

bool Inflight::restore(Outgoing entry, mqtt::PacketId id) {
    if (id == 0) {
        return false;
    }
    if (entries_.empty()) {
        first_ = id - 1U;
    }
    const std::uint32_t position = (id - 1U + ids - first_) % ids;
    if (position < entries_.size()) {
        return false;
    }
    while (entries_.size() < position) {
        Outgoing gap;
        gap.done = true;
        entries_.push_back(std::move(gap));
    }
    bytes_ += entry.payload_bytes;
    held_bytes_ += entry.payload_bytes;
    ++open_;
    entry.on_wire = false;
    entries_.push_back(std::move(entry));
    return true;
}

Outgoing* Inflight::find(mqtt::PacketId id) {
    if (id == 0) {
        return nullptr;
    }
    const std::uint32_t position = (id - 1U + ids - first_) % ids;
    if (position >= entries_.size() || entries_[position].done) {
        return nullptr;
    }
    return &entries_[position];
}

void Inflight::let_go(Outgoing& entry) {
    held_bytes_ -= entry.held_bytes();
    entry.message = {};
    entry.identifiers.reset();
}

void Inflight::finish(Outgoing& entry) {
    assert(!entry.done);
    let_go(entry);
    entry.done = true;
    bytes_ -= entry.payload_bytes;
    --open_;
    on_wire_ -= entry.on_wire ? 1U : 0U;
    while (!entries_.empty() && entries_.front().done) {
        entries_.pop_front();
        first_ = (first_ + 1) % ids;
        resend_at_ -= resend_at_ > 0 ? 1U : 0U;
    }
}

void Inflight::connection_lost() {
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        entries_[i].on_wire = false;
    }
    on_wire_ = 0;
    resend_at_ = 0;
    entries_.release();
}

std::optional<std::size_t> Inflight::next_to_resend() {
    while (resend_at_ < entries_.size()) {
        const Outgoing& entry = entries_[resend_at_];
        if (!entry.done && !entry.on_wire) {
            return resend_at_;
        }
        ++resend_at_;
    }
    return std::nullopt;
}

void Inflight::mark_sent(Outgoing& entry) {
    assert(!entry.on_wire);
    entry.on_wire = true;
    ++on_wire_;
}

void Inflight::clear() {
    entries_.clear();
    open_ = 0;
    on_wire_ = 0;
    resend_at_ = 0;
    bytes_ = 0;
    held_bytes_ = 0;
}

}  // namespace mq::broker
