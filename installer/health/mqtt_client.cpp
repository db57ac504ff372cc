#include "installer/health/mqtt_client.hpp"

#include "installer/health/websocket_client.hpp"
#include "mqtt/decode.hpp"

#include <openssl/rand.h>

#include <cassert>

namespace mq::installer {
namespace {

constexpr std::size_t packet_bytes_max = std::size_t{1} << 20;

mqtt::Bytes bytes_of(const std::string& text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

MqttClient::Verdict verdict_of(const mqtt::Connack& connack, mqtt::Version version) {
    using mqtt::ConnectReturnCode;
    using mqtt::ReasonCode;
    if (version == mqtt::Version::v5) {
        const ReasonCode code = connack.reason_code;
        return {code == ReasonCode::success,
                code == ReasonCode::bad_user_name_or_password || code == ReasonCode::not_authorized,
                std::string(mqtt::name(code))};
    }
    const ConnectReturnCode code = connack.return_code;
    return {code == ConnectReturnCode::accepted,
            code == ConnectReturnCode::bad_user_name_or_password ||
                code == ConnectReturnCode::not_authorized,
            "return code " + std::to_string(static_cast<int>(code))};
}

}  // namespace

std::string random_hex(std::size_t bytes) {
    std::vector<unsigned char> random(bytes);
    const int done = RAND_bytes(random.data(), static_cast<int>(bytes));
    assert(done == 1);
    (void)done;
    std::string hex;
    for (const unsigned char byte : random) {
        hex += "0123456789abcdef"[byte >> 4U];
        hex += "0123456789abcdef"[byte & 15U];
    }
    return hex;
}

Outcome<MqttClient> MqttClient::open(const ProbeTarget& target, mqtt::Version version,
                                     Deadline deadline) {
    auto socket = Socket::connect(target.host, target.port, deadline);
    if (!socket) {
        return socket.error();
    }
    std::unique_ptr<ByteStream> stream = std::make_unique<Socket>(std::move(*socket));
    if (target.websocket) {
        auto websocket = WebSocketClient::open(
            std::move(stream), "localhost:" + std::to_string(target.port), deadline);
        if (!websocket) {
            return websocket.error();
        }
        stream = std::make_unique<WebSocketClient>(std::move(*websocket));
    }
    return MqttClient(std::move(stream), version, deadline);
}

Outcome<MqttClient::Verdict> MqttClient::log_in(const ProbeLogin& login) {
    const std::string id = "mqinstall" + random_hex(6);
    mqtt::Connect connect;
    connect.version = version_;
    connect.keep_alive = 60;
    connect.client_id = id;
    if (!login.user.empty()) {
        connect.user_name = login.user;
        connect.password = bytes_of(login.password);
    }
    const auto sent = send(connect);
    if (!sent) {
        return sent.error();
    }
    const auto answer = receive();
    if (!answer) {
        return answer.error();
    }
    const auto* connack = std::get_if<mqtt::Connack>(&*answer);
    if (connack == nullptr) {
        return Problem{"the server does not answer CONNECT with CONNACK", ""};
    }
    return verdict_of(*connack, version_);
}

Outcome<mqtt::Packet> MqttClient::receive() {
    received_.erase(received_.begin(), received_.begin() + static_cast<std::ptrdiff_t>(consumed_));
    consumed_ = 0;
    for (;;) {
        const auto framing = mqtt::cut_frame(received_, packet_bytes_max);
        if (!framing) {
            return Problem{"the server sends no MQTT: " + std::string(mqtt::name(framing.error())),
                           ""};
        }
        if (framing->kind == mqtt::Framing::Kind::packet) {
            consumed_ = framing->frame.size;
            const auto packet = mqtt::decode(framing->frame, version_, mqtt::Receiver::client);
            if (!packet) {
                return Problem{
                    "the server sends no MQTT: " + std::string(mqtt::name(packet.error())), ""};
            }
            return *packet;
        }
        const auto got = stream_->receive(received_, deadline_);
        if (!got) {
            return got.error();
        }
    }
}

}  // namespace mq::installer
