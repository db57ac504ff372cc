#pragma once

#include "installer/health/probe.hpp"
#include "installer/health/socket.hpp"
#include "mqtt/encode.hpp"
#include "mqtt/framer.hpp"

#include <memory>
#include <string>
#include <vector>

namespace mq::installer {

/// One MQTT connection for a health check: sends packets and hands out those that come.
class MqttClient {
 public:
    /// Connects the transport only.
    static Outcome<MqttClient> open(const ProbeTarget& target, mqtt::Version version,
                                    Deadline deadline);

    /// Sends CONNECT with a clean session and a random client id, and returns the CONNACK's
    /// verdict.
    struct Verdict {
        bool accepted = false;
        bool login_refused = false;  ///< wrong user name or password, or not authorised
        std::string text;            ///< for a message
    };
    Outcome<Verdict> log_in(const ProbeLogin& login);

    template <class P>
    Outcome<void> send(const P& packet) {
        mqtt::Buffer bytes;
        if constexpr (requires { mqtt::encode(packet, bytes); }) {
            mqtt::encode(packet, bytes);
        } else {
            mqtt::encode(packet, version_, bytes);
        }
        return stream_->send(bytes, deadline_);
    }

    /// The next packet. It is a view that the next call makes invalid.
    Outcome<mqtt::Packet> receive();

 private:
    MqttClient(std::unique_ptr<ByteStream> stream, mqtt::Version version, Deadline deadline)
        : stream_(std::move(stream)), version_(version), deadline_(deadline) {}

    std::unique_ptr<ByteStream> stream_;
    mqtt::Version version_;
    Deadline deadline_;
    std::vector<std::uint8_t> received_;
    std::size_t consumed_ = 0;  ///< bytes of `received_` that the last packet took
};

/// `bytes` random bytes in hexadecimal.
std::string random_hex(std::size_t bytes);

}  // namespace mq::installer
