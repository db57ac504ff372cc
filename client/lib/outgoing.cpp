#include "client/lib/outgoing.hpp"

#include <cassert>
#include <cstdlib>
#include <new>

namespace mq::client {

OutgoingMessages::~OutgoingMessages() {
    while (first_ != nullptr) {
        Outgoing* const next = first_->next;
        std::free(first_);
        first_ = next;
    }
}

Outgoing& OutgoingMessages::add(mqtt::PacketId mid, mqtt::QoS qos, std::size_t packet_size) {
    void* const block = std::malloc(sizeof(Outgoing) + packet_size);
    if (block == nullptr) {
        throw std::bad_alloc();
    }
    auto* const message = new (block) Outgoing;
    message->mid = mid;
    message->size = static_cast<std::uint32_t>(packet_size);
    message->awaits =
        qos == mqtt::QoS::at_least_once ? Outgoing::Awaits::puback : Outgoing::Awaits::pubrec;
    message->previous = last_;
    (last_ == nullptr ? first_ : last_->next) = message;
    last_ = message;
    if (unsent_ == nullptr) {
        unsent_ = message;
    }
    ++count_;
    bytes_ += packet_size;
    return *message;
}

void OutgoingMessages::mark_sent() {
    assert(unsent_ != nullptr);
    table_.insert(unsent_);
    unsent_->sent_before = true;
    unsent_->on_connection = true;
    unsent_ = unsent_->next;
}

void OutgoingMessages::erase(Outgoing& message) {
    if (message.on_connection) {
        table_.erase(message.mid);
    }
    if (unsent_ == &message) {
        unsent_ = message.next;
    }
    (message.previous == nullptr ? first_ : message.previous->next) = message.next;
    (message.next == nullptr ? last_ : message.next->previous) = message.previous;
    --count_;
    bytes_ -= message.size;
    std::free(&message);
}

void OutgoingMessages::rewind() {
    for (Outgoing* message = first_; message != unsent_; message = message->next) {
        message->on_connection = false;
    }
    unsent_ = first_;
    table_.clear();
}

void OutgoingMessages::forget_progress() {
    for (Outgoing* message = unsent_; message != nullptr && message->sent_before;
         message = message->next) {
        message->sent_before = false;
        if (message->awaits == Outgoing::Awaits::pubcomp) {
            message->awaits = Outgoing::Awaits::pubrec;
        }
    }
}

}  // namespace mq::client
