#pragma once

#include "broker/core/block_pool.hpp"
#include "broker/core/broker.hpp"
#include "mqtt/encode.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mq::bench {

class Simulation;

/// A client without a socket: its bytes go straight to the core. What it gets is looked at, counted
/// and acknowledged. Allocates nothing once it has seen the most that comes at a time.
class SimulatedClient final : public broker::Outlet {
 public:
    SimulatedClient(Simulation& simulation, mqtt::Version version);
    SimulatedClient(const SimulatedClient&) = delete;
    SimulatedClient& operator=(const SimulatedClient&) = delete;

    void connect(std::string_view client_id);
    void subscribe(std::string_view filter, mqtt::QoS qos,
                   std::optional<std::uint32_t> identifier = {});
    /// Bytes of whole packets.
    void send(mqtt::Bytes packets);

    [[nodiscard]] std::size_t publishes() const { return publishes_; }
    [[nodiscard]] std::size_t packets() const { return packets_; }
    [[nodiscard]] bool closed() const { return connection_ == nullptr; }

    void flush_later() override;
    void close_later() override;
    void resume() override {}

 private:
    friend class Simulation;
    void finish_turn();
    void take();
    void see(const mqtt::Frame& frame);
    void answer(mqtt::PacketType type, mqtt::PacketId id);

    Simulation& simulation_;
    mqtt::Version version_;
    broker::Connection* connection_ = nullptr;
    mqtt::Buffer input_;
    mqtt::Buffer answers_;
    mqtt::Buffer sent_;
    std::size_t publishes_ = 0;
    std::size_t packets_ = 0;
    bool noted_ = false;
    bool closing_ = false;
};

/// The core of a broker with one shard under a load that is always the same: no socket, no clock,
/// no thread, nothing random.
class Simulation {
 public:
    Simulation();
    ~Simulation();
    Simulation(const Simulation&) = delete;
    Simulation& operator=(const Simulation&) = delete;

    SimulatedClient& client(std::string_view client_id,
                            mqtt::Version version = mqtt::Version::v3_1_1);
    /// One that has not sent its CONNECT; good for one connection.
    std::unique_ptr<SimulatedClient> stranger(mqtt::Version version = mqtt::Version::v3_1_1);
    /// Until nobody has anything to say.
    void settle();
    /// Time goes on, timers that are due are run.
    void passes(broker::Duration time);

    [[nodiscard]] broker::Broker& core() { return *core_; }
    [[nodiscard]] broker::Time now() const { return now_; }
    [[nodiscard]] const broker::ListenerSettings& listener() const { return listener_; }
    void note(SimulatedClient& client) { noted_.push_back(&client); }

 private:
    struct World;

    broker::BlockPool blocks_;
    broker::BlockPool::Use use_{blocks_};
    broker::Limits limits_;
    broker::ListenerSettings listener_;
    broker::Time now_{std::chrono::hours(24 * 365 * 50)};
    std::unique_ptr<World> world_;
    std::unique_ptr<broker::Broker> core_;
    std::vector<std::unique_ptr<SimulatedClient>> clients_;
    std::vector<SimulatedClient*> noted_;
};

}  // namespace mq::bench
