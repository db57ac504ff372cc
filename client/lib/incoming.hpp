#pragma once

#include "client/lib/id_table.hpp"
#include "mqtt/packet.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace mq::client {

/// A received message of QoS 2 that is kept until its PUBREL.
struct Incoming {
    mqtt::PacketId mid = 0;
    bool retain = false;
    std::string topic;
    std::vector<std::uint8_t> bytes;  ///< encoded properties, then the payload, then a zero
    std::size_t properties_size = 0;

    [[nodiscard]] mqtt::Bytes properties() const {
        return mqtt::Bytes(bytes).first(properties_size);
    }
    [[nodiscard]] mqtt::Bytes payload() const {
        return mqtt::Bytes(bytes).subspan(properties_size, bytes.size() - properties_size - 1);
    }
};

/// The messages of QoS 2 between PUBLISH and PUBREL, across connections as long as the session
/// lasts. At most 65,535, by their ids.
class IncomingMessages {
 public:
    IncomingMessages() = default;
    IncomingMessages(const IncomingMessages&) = delete;
    IncomingMessages& operator=(const IncomingMessages&) = delete;
    ~IncomingMessages() { clear(); }

    /// Keeps it; false if one with this id is here already, which stays [MQTT-4.3.3-10].
    bool add(std::unique_ptr<Incoming> message);
    /// Gives it away; null if there is none.
    std::unique_ptr<Incoming> take(mqtt::PacketId mid);
    [[nodiscard]] bool contains(mqtt::PacketId mid) const { return table_.find(mid) != nullptr; }
    [[nodiscard]] std::size_t size() const { return table_.size(); }
    void clear();

 private:
    IdTable<Incoming> table_;
};

}  // namespace mq::client
