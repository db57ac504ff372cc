#include "bench/core/simulation.hpp"

#include "bench/core/meter.hpp"
#include "mqtt/decode.hpp"

#include <array>
#include <cassert>
#include <utility>

namespace mq::bench {
namespace {

constexpr std::size_t packet_bytes_max = 268'435'460;

class OpenAccess final : public broker::AccessPolicy {
 public:
    std::optional<mqtt::ReasonCode> login(const broker::LoginRequest&) override {
        return mqtt::ReasonCode::success;
    }
    std::shared_ptr<const broker::Grant> grant(const broker::Identity&) override { return nullptr; }
};

class NoLog final : public broker::Log {
 public:
    NoLog() { mask_ = 0; }
    void line(broker::LogType, std::string_view) override {}
};

}  // namespace

struct Simulation::World {
    OpenAccess access;
    NoLog log;
};

SimulatedClient::SimulatedClient(Simulation& simulation, mqtt::Version version)
    : simulation_(simulation), version_(version) {
    connection_ = &simulation.core().open(*this, simulation.listener(), {}, simulation.now());
}

void SimulatedClient::connect(std::string_view client_id) {
    mqtt::Connect packet;
    packet.version = version_;
    packet.client_id = client_id;
    sent_.clear();
    mqtt::encode(packet, sent_);
    send(sent_);
}

void SimulatedClient::subscribe(std::string_view filter, mqtt::QoS qos,
                                std::optional<std::uint32_t> identifier) {
    mqtt::SubscriptionOptions options;
    options.qos = qos;
    mqtt::Buffer requests;
    mqtt::append_request({filter, options}, version_, requests);
    mqtt::Subscribe packet;
    packet.packet_id = 1;
    packet.subscription_identifier = identifier;
    packet.requests = mqtt::SubscriptionRequests(requests, version_);
    sent_.clear();
    mqtt::encode(packet, version_, sent_);
    send(sent_);
}

void SimulatedClient::send(mqtt::Bytes packets) {
    const Metered metered;
    const std::size_t used = simulation_.core().receive(*connection_, packets, simulation_.now());
    assert(used == packets.size());
}

void SimulatedClient::flush_later() {
    if (!std::exchange(noted_, true)) {
        simulation_.note(*this);
    }
}

void SimulatedClient::close_later() {
    closing_ = true;
    flush_later();
}

void SimulatedClient::finish_turn() {
    noted_ = false;
    if (!connection_->outbox.empty()) {
        take();
    }
    if (closing_) {
        const Metered metered;
        simulation_.core().closed(*std::exchange(connection_, nullptr), "", simulation_.now());
    } else if (!answers_.empty()) {
        std::swap(sent_, answers_);
        answers_.clear();
        send(sent_);
    }
}

/// As a transport writes, with a peer that takes all.
void SimulatedClient::take() {
    std::array<iovec, 64> parts;
    broker::Outbox& outbox = connection_->outbox;
    std::size_t total = 0;
    input_.clear();
    while (!outbox.empty()) {
        const Metered metered;
        const std::size_t used = outbox.gather(parts);
        std::size_t size = 0;
        for (const iovec& part : std::span(parts).first(used)) {
            const auto* bytes = static_cast<const std::uint8_t*>(part.iov_base);
            input_.insert(input_.end(), bytes, bytes + part.iov_len);
            size += part.iov_len;
        }
        outbox.consume(size);
        total += size;
    }
    {
        const Metered metered;
        simulation_.core().flushed(*connection_, total, simulation_.now());
    }
    for (mqtt::Bytes rest = input_; !rest.empty();) {
        const auto framing = mqtt::cut_frame(rest, packet_bytes_max);
        assert(framing && framing->kind == mqtt::Framing::Kind::packet);
        see(framing->frame);
        rest = rest.subspan(framing->frame.size);
    }
}

void SimulatedClient::see(const mqtt::Frame& frame) {
    using mqtt::PacketType;
    ++packets_;
    const PacketType type = mqtt::packet_type(frame);
    if (type == PacketType::publish) {
        ++publishes_;
        const auto packet = mqtt::decode_publish(frame, version_, mqtt::Receiver::client);
        assert(packet);
        if (packet->qos != mqtt::QoS::at_most_once) {
            answer(
                packet->qos == mqtt::QoS::at_least_once ? PacketType::puback : PacketType::pubrec,
                packet->packet_id);
        }
    } else if (type == PacketType::pubrec || type == PacketType::pubrel) {
        const auto id = static_cast<mqtt::PacketId>(frame.body[0] << 8U | frame.body[1]);
        answer(type == PacketType::pubrec ? PacketType::pubrel : PacketType::pubcomp, id);
    }
}

void SimulatedClient::answer(mqtt::PacketType type, mqtt::PacketId id) {
    const unsigned flags = type == mqtt::PacketType::pubrel ? 2 : 0;
    const std::uint8_t packet[] = {
        static_cast<std::uint8_t>(static_cast<unsigned>(type) << 4U | flags), 2,
        static_cast<std::uint8_t>(id >> 8U), static_cast<std::uint8_t>(id & 0xFFU)};
    answers_.insert(answers_.end(), std::begin(packet), std::end(packet));
}

Simulation::Simulation() : world_(std::make_unique<World>()) {
    limits_.max_inflight_messages = 0;
    limits_.max_queued_messages = 0;
    limits_.sys_interval = 0;
    listener_.allow_anonymous = true;
    broker::BrokerSetup setup;
    setup.limits = &limits_;
    setup.access = &world_->access;
    setup.log = &world_->log;
    setup.seed = 1;
    core_ = std::make_unique<broker::Broker>(setup, now_);
}

Simulation::~Simulation() = default;

SimulatedClient& Simulation::client(std::string_view client_id, mqtt::Version version) {
    SimulatedClient& made = *clients_.emplace_back(stranger(version));
    made.connect(client_id);
    settle();
    return made;
}

std::unique_ptr<SimulatedClient> Simulation::stranger(mqtt::Version version) {
    return std::make_unique<SimulatedClient>(*this, version);
}

void Simulation::passes(broker::Duration time) {
    now_ += time;
    if (core_->next_deadline() <= now_) {
        core_->run_timers(now_);
    }
    settle();
}

void Simulation::settle() {
    for (std::size_t i = 0; i < noted_.size(); ++i) {
        noted_[i]->finish_turn();
    }
    noted_.clear();
}

}  // namespace mq::bench
