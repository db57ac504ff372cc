#include "installer/health/probe.hpp"

#include "installer/health/mqtt_client.hpp"

#include <algorithm>

namespace mq::installer {
namespace {

std::string describe(const ProbeTarget& target, mqtt::Version version) {
    const char* const spoken = version == mqtt::Version::v5       ? "MQTT 5.0"
                               : version == mqtt::Version::v3_1_1 ? "MQTT 3.1.1"
                                                                  : "MQTT 3.1";
    return std::string(spoken) + (target.websocket ? " over WebSocket" : " over TCP") + ", port " +
           std::to_string(target.port);
}

Problem failed(const ProbeTarget& target, mqtt::Version version, const std::string& step,
               const std::string& why) {
    return {describe(target, version) + ": " + step + ": " + why, ""};
}

Deadline after(std::chrono::milliseconds timeout) {
    return std::chrono::steady_clock::now() + timeout;
}

constexpr mqtt::PacketId subscribe_id = 1;
constexpr mqtt::PacketId publish_id = 2;

Outcome<void> subscribe(MqttClient& client, mqtt::Version version, const std::string& topic) {
    mqtt::Buffer requests;
    mqtt::append_request({topic, {mqtt::QoS::at_least_once}}, version, requests);
    mqtt::Subscribe packet;
    packet.packet_id = subscribe_id;
    packet.requests = mqtt::SubscriptionRequests(requests, version);
    const auto sent = client.send(packet);
    if (!sent) {
        return sent;
    }
    const auto answer = client.receive();
    if (!answer) {
        return answer.error();
    }
    const auto* suback = std::get_if<mqtt::Suback>(&*answer);
    if (suback == nullptr || suback->packet_id != subscribe_id ||
        suback->reason_codes.size() != 1) {
        return Problem{"no SUBACK", ""};
    }
    const auto code = static_cast<mqtt::ReasonCode>(suback->reason_codes[0]);
    return mqtt::is_error(code) ? Outcome<void>(Problem{std::string(mqtt::name(code)), ""})
                                : Outcome<void>();
}

/// Publishes and waits for both the acknowledgement and the message, in whatever order they come.
Outcome<void> publish_and_get_back(MqttClient& client, const std::string& topic) {
    const std::string text = random_hex(16);
    const mqtt::Bytes payload(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
    mqtt::Publish packet;
    packet.qos = mqtt::QoS::at_least_once;
    packet.topic = topic;
    packet.packet_id = publish_id;
    packet.payload = payload;
    const auto sent = client.send(packet);
    if (!sent) {
        return sent;
    }
    bool acknowledged = false;
    bool came_back = false;
    while (!acknowledged || !came_back) {
        const auto next = client.receive();
        if (!next) {
            return Problem{
                std::string(acknowledged ? "acknowledged, but not delivered" : "not acknowledged") +
                    ": " + next.error().what,
                ""};
        }
        if (const auto* puback = std::get_if<mqtt::Puback>(&*next)) {
            if (mqtt::is_error(puback->reason_code)) {
                return Problem{std::string(mqtt::name(puback->reason_code)), ""};
            }
            acknowledged = acknowledged || puback->packet_id == publish_id;
        } else if (const auto* message = std::get_if<mqtt::Publish>(&*next)) {
            const mqtt::PacketId id = message->packet_id;
            came_back = came_back ||
                        (message->topic == topic && std::ranges::equal(message->payload, payload));
            if (id != 0) {
                mqtt::Puback answer;
                answer.packet_id = id;
                const auto told = client.send(answer);
                if (!told) {
                    return told;
                }
            }
        } else if (std::holds_alternative<mqtt::Disconnect>(*next)) {
            return Problem{"the server sent DISCONNECT", ""};
        }
    }
    return {};
}

}  // namespace

Outcome<void> round_trip(const ProbeTarget& target, const ProbeLogin& login, mqtt::Version version,
                         std::chrono::milliseconds timeout) {
    auto client = MqttClient::open(target, version, after(timeout));
    if (!client) {
        return failed(target, version, "connection", client.error().what);
    }
    const auto verdict = client->log_in(login);
    if (!verdict) {
        return failed(target, version, "login", verdict.error().what);
    }
    if (!verdict->accepted) {
        return failed(target, version, "login", "refused, " + verdict->text);
    }
    const std::string topic = "$mqinstall/" + random_hex(8);
    const auto subscribed = subscribe(*client, version, topic);
    if (!subscribed) {
        return failed(target, version, "subscription", subscribed.error().what);
    }
    const auto published = publish_and_get_back(*client, topic);
    if (!published) {
        return failed(target, version, "message", published.error().what);
    }
    // The proof is there; a broker that is gone at the good-bye changes nothing.
    (void)client->send(mqtt::Disconnect{});
    return {};
}

Outcome<void> expect_refusal(const ProbeTarget& target, const ProbeLogin& login,
                             mqtt::Version version, std::chrono::milliseconds timeout) {
    auto client = MqttClient::open(target, version, after(timeout));
    if (!client) {
        return failed(target, version, "connection", client.error().what);
    }
    const auto verdict = client->log_in(login);
    if (!verdict) {
        return failed(target, version, "login with a wrong password", verdict.error().what);
    }
    if (verdict->login_refused) {
        return {};
    }
    return failed(target, version, "login with a wrong password", verdict->text);
}

Outcome<void> expect_answer(const ProbeTarget& target, std::chrono::milliseconds timeout) {
    const auto version = mqtt::Version::v3_1_1;
    auto client = MqttClient::open(target, version, after(timeout));
    if (!client) {
        return failed(target, version, "connection", client.error().what);
    }
    const auto verdict = client->log_in({});
    return verdict ? Outcome<void>()
                   : Outcome<void>(failed(target, version, "login", verdict.error().what));
}

}  // namespace mq::installer
