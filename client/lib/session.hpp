#pragma once

#include "client/lib/event.hpp"
#include "client/lib/incoming.hpp"
#include "client/lib/log_lines.hpp"
#include "client/lib/outgoing.hpp"
#include "client/lib/output.hpp"
#include "client/lib/packets.hpp"
#include "client/lib/settings.hpp"
#include "mqtt/framer.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mq::client {

/// Milliseconds of a clock that never goes back.
using Time = std::int64_t;

/// The client's side of MQTT, from CONNECT to DISCONNECT and over several connections: ids, flow
/// control, QoS 1 and 2, keep alive. No socket, clock, thread or lock: packets and the time come
/// in; bytes to write (`output`), events and log lines go out. Functions that return `int` return a
/// number of `mosq_err_t`. Throws std::bad_alloc.
///
/// `settings` outlive the session; the client id that the broker assigns is put there.
class Session {
 public:
    enum class Phase : std::uint8_t {
        idle,        ///< no connection
        connecting,  ///< CONNECT is on its way
        connected,   ///< CONNACK came and was good
        leaving,     ///< DISCONNECT is on its way
    };

    Session(Settings& settings, LogLines& log) : settings_(settings), log_(log) {}

    [[nodiscard]] Phase phase() const { return phase_; }
    [[nodiscard]] const Output& output() const { return output_; }

    // The connection.

    /// A connection is being made: CONNECT is the first thing that it will carry.
    void open(Time now);
    /// The connection has ended; what was not written is dropped but for QoS 1 and 2.
    void closed();
    /// `size` bytes of the output were written.
    void wrote(std::size_t size, Time now);
    void heard(Time now) { heard_at_ = now; }
    /// Handles one packet of the broker. The event's views are good as long as the frame is.
    void receive(const mqtt::Frame& frame, Time now, Event& event);
    [[nodiscard]] Time heard_at() const { return heard_at_; }
    /// Whether a packet that begins so may come now at all: before CONNACK, few may. Whoever speaks
    /// another protocol is seen through by that before a whole "packet" has come.
    [[nodiscard]] bool may_begin_with(std::uint8_t first_byte) const;
    /// Longest packet that the broker may send, in bytes.
    [[nodiscard]] std::size_t incoming_size_max() const;
    /// What is due: PINGREQ, or MOSQ_ERR_KEEPALIVE when the broker is silent.
    int tick(Time now);
    /// When `tick` has something to do next; empty without keep alive.
    [[nodiscard]] std::optional<Time> next_tick() const;

    // The application.

    int publish(const Publication& publication, int* mid);
    int subscribe(const SubscribeRequest& request, int* mid);
    int unsubscribe(const UnsubscribeRequest& request, int* mid);
    int disconnect(std::uint8_t reason, mqtt::Bytes properties);
    /// An AUTH packet that continues; `properties` hold the method.
    int authenticate(mqtt::Bytes properties);

    /// A publication that is over without an answer of the broker's: QoS 0 that was written, or one
    /// that turned out to be larger than the broker takes.
    struct Completion {
        mqtt::PacketId mid = 0;
        mqtt::ReasonCode reason = mqtt::ReasonCode::success;
    };
    std::optional<Completion> next_completion();
    [[nodiscard]] bool has_completion() const;

 private:
    /// What the broker said in CONNACK.
    struct Limits {
        std::uint32_t packet_size_max = 0;  ///< bytes; 0 is none
        std::uint16_t send_maximum = 0;
        std::uint16_t keep_alive = 0;  ///< seconds
        std::uint8_t qos_max = 2;
        bool retain = true;
    };
    /// Where a publication of QoS 0 ends in the output; of one that was refused, where that is now.
    struct Written {
        std::uint64_t place = 0;
        mqtt::PacketId mid = 0;
        mqtt::ReasonCode reason = mqtt::ReasonCode::success;
    };

    [[nodiscard]] bool v5() const { return settings_.version == mqtt::Version::v5; }
    [[nodiscard]] bool is_up() const {
        return phase_ == Phase::connecting || phase_ == Phase::connected;
    }
    [[nodiscard]] bool too_large(std::size_t size) const;
    [[nodiscard]] bool queue_is_full(std::size_t size, bool counted) const;
    [[nodiscard]] const char* name() const;
    [[nodiscard]] Time silence_max() const;
    mqtt::PacketId next_mid();

    void publish_now(const Publication& publication, std::size_t size, mqtt::PacketId mid);
    void keep(const Publication& publication, std::size_t size, mqtt::PacketId mid);
    void send_waiting();
    void send(Outgoing& message);
    void log_publish(const Publication& publication, mqtt::PacketId mid, bool dup);
    void log_repeated(Outgoing& message);

    void receive_first(const mqtt::Frame& frame, Event& event);
    void receive_later(const mqtt::Frame& frame, Event& event);
    void on_connack(const mqtt::Frame& frame, Event& event);
    void accept(const mqtt::Connack& packet);
    void resume(bool session_present);
    bool take_assigned_id(const mqtt::Connack& packet);
    void on_publish(const mqtt::Frame& frame, Event& event);
    int resolve_alias(mqtt::Publish& packet);
    int keep_incoming(const mqtt::Publish& packet);
    void on_puback(const mqtt::Frame& frame, Event& event);
    void on_pubrec(const mqtt::Frame& frame, Event& event);
    void on_pubrel(const mqtt::Frame& frame, Event& event);
    void on_pubcomp(const mqtt::Frame& frame, Event& event);
    void on_suback(const mqtt::Frame& frame, Event& event);
    void on_unsuback(const mqtt::Frame& frame, Event& event);
    void on_disconnect(const mqtt::Frame& frame, Event& event);
    void on_auth(const mqtt::Frame& frame, Event& event);
    void complete(Outgoing& message, mqtt::ReasonCode reason, mqtt::Bytes properties, Event& event);
    void acknowledge(mqtt::PacketType type, mqtt::PacketId mid);
    void warn_unknown(const char* packet, mqtt::PacketId mid);

    Settings& settings_;
    LogLines& log_;
    Output output_;
    OutgoingMessages outgoing_;
    IncomingMessages incoming_;
    std::vector<Written> written_;
    std::size_t written_done_ = 0;
    std::vector<std::string> aliases_;  ///< topics by alias - 1, of this connection
    Time wrote_at_ = 0;
    Time heard_at_ = 0;
    std::optional<Time> pinged_at_;
    Limits limits_;
    Phase phase_ = Phase::idle;
    mqtt::PacketId last_mid_ = 0;
};

}  // namespace mq::client
