#include "client/lib/incoming.hpp"

namespace mq::client {

bool IncomingMessages::add(std::unique_ptr<Incoming> message) {
    if (table_.find(message->mid) != nullptr) {
        return false;
    }
    table_.insert(message.get());
    static_cast<void>(message.release());  // the table's now
    return true;
}

std::unique_ptr<Incoming> IncomingMessages::take(mqtt::PacketId mid) {
    std::unique_ptr<Incoming> message(table_.find(mid));
    if (message) {
        table_.erase(mid);
    }
    return message;
}

void IncomingMessages::clear() {
    table_.for_each([](Incoming* message) { delete message; });
    table_.clear();
}

}  // namespace mq::client
