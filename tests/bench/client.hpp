#pragma once

#include "base/unique_fd.hpp"
#include "mqtt/decode.hpp"
#include "mqtt/encode.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mq::bench {

/// Connected to 127.0.0.1; reads wait 10 s at most.
UniqueFd connected_socket(std::uint16_t port);

/// One client of MQTT 3.1.1 on the loopback, made for thousands of them on one thread. Signing in
/// and subscribing wait for the broker, 10 s at most; then `start` makes it a client that never
/// waits. What fails is thrown as std::runtime_error.
class Client {
 public:
    static constexpr mqtt::Version version = mqtt::Version::v3_1_1;

    /// Connects and signs in, with a keep alive that no run outlasts.
    Client(std::uint16_t port, const std::string& id, bool clean_session = true);

    /// Returns with the broker's SUBACK; a refusal, or another QoS, is an error.
    void subscribe(const std::string& filter, mqtt::QoS qos);

    /// Before `start`: waits for a packet and drops it.
    mqtt::PacketType wait_for_packet();
    /// The same, with a look at it before.
    template <class See>
    mqtt::PacketType wait_for_packet(const See& see) {
        const mqtt::Frame frame = first_frame("packet");
        const mqtt::PacketType type = mqtt::packet_type(frame);
        see(frame);
        drop(frame.size);
        return type;
    }

    void start();
    [[nodiscard]] int fd() const { return fd_.get(); }

    /// Appends a packet to what `flush` sends.
    template <class Packet>
    void queue(const Packet& packet) {
        mqtt::encode(packet, version, unsent_);
    }
    /// Sends what the socket takes; the rest waits for the next call.
    void flush();

    /// Reads all that is there and calls `see(frame)` for each packet.
    template <class See>
    void receive(const See& see) {
        while (read_some()) {
            std::size_t used = 0;
            for (;;) {
                const mqtt::Framing framing = frame_at(used);
                if (framing.kind != mqtt::Framing::Kind::packet) {
                    break;
                }
                see(framing.frame);
                used += framing.frame.size;
            }
            drop(used);
        }
    }

 private:
    /// False when nothing is there (yet, or within 10 s while signing in).
    bool read_some();
    [[nodiscard]] mqtt::Framing frame_at(std::size_t offset) const;
    void drop(std::size_t bytes);
    /// The first packet that is there or comes; `missing` is what the error calls it.
    mqtt::Frame first_frame(std::string_view missing);
    /// Waits for the one packet that is due; `check(frame)` tells whether it is what was hoped for.
    template <class Check>
    void expect(mqtt::PacketType type, const Check& check);

    UniqueFd fd_;
    mqtt::Buffer unread_;
    mqtt::Buffer unsent_;
};

}  // namespace mq::bench
