#include "bench/core/scenario.hpp"

#include "bench/core/simulation.hpp"

#include <cassert>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace mq::bench {
namespace {

using mqtt::QoS;
using mqtt::Version;

constexpr std::size_t window = 10;  ///< messages of a publisher that come at once

/// A publisher and the packets that it sends in each round.
struct Source {
    SimulatedClient* client;
    mqtt::Buffer packets;
};

struct Form {
    Version version = Version::v3_1_1;
    QoS qos = QoS::at_most_once;
    std::size_t payload_bytes = 256;
    bool retain = false;
};

mqtt::Buffer packets(std::string_view topic, const Form& form, std::size_t count) {
    const mqtt::Buffer payload(form.payload_bytes, 'x');
    mqtt::Buffer users;
    mqtt::append_user_property({"unit", "kWh"}, users);
    mqtt::Publish packet;
    packet.topic = topic;
    packet.qos = form.qos;
    packet.retain = form.retain;
    packet.payload = payload;
    packet.properties.content_type = "application/octet-stream";
    packet.properties.message_expiry_interval = 60;
    packet.properties.user_properties = mqtt::UserProperties(users);
    mqtt::Buffer all;
    for (std::size_t i = 1; i <= count; ++i) {
        packet.packet_id =
            form.qos == QoS::at_most_once ? mqtt::PacketId{0} : static_cast<mqtt::PacketId>(i);
        mqtt::encode(packet, form.version, all);
    }
    return all;
}

/// Publishers that each send a window, and receivers.
class Flow final : public Scenario {
 public:
    /// Each publisher has a receiver of its own.
    static std::unique_ptr<Flow> pairs(const Form& form, std::optional<std::uint32_t> identifier) {
        auto flow = std::make_unique<Flow>();
        for (int i = 0; i < 10; ++i) {
            const std::string topic = "bench/pairs/" + std::to_string(i);
            flow->add_receiver("s" + std::to_string(i), topic, form, identifier);
            flow->add_source("p" + std::to_string(i), topic, form);
        }
        return flow;
    }

    static std::unique_ptr<Flow> fan_out(const Form& form, int receivers) {
        auto flow = std::make_unique<Flow>();
        for (int i = 0; i < receivers; ++i) {
            flow->add_receiver("s" + std::to_string(i), "bench/all", form, {});
        }
        flow->add_source("p", "bench/all", form);
        return flow;
    }

    static std::unique_ptr<Flow> fan_in(const Form& form) {
        auto flow = std::make_unique<Flow>();
        flow->add_receiver("s", "bench/+/data", form, {});
        for (int i = 0; i < 20; ++i) {
            flow->add_source("p" + std::to_string(i), "bench/" + std::to_string(i) + "/data", form);
        }
        return flow;
    }

    std::size_t round() override {
        const std::size_t before = delivered();
        for (const Source& source : sources_) {
            source.client->send(source.packets);
        }
        simulation_.settle();
        const std::size_t now = delivered() - before;
        assert(now == per_round_ * sources_.size() * window);
        return now;
    }

 private:
    void add_receiver(const std::string& id, const std::string& filter, const Form& form,
                      std::optional<std::uint32_t> identifier) {
        SimulatedClient& client = simulation_.client(id, form.version);
        client.subscribe(filter, form.qos, identifier);
        simulation_.settle();
        receivers_.push_back(&client);
    }

    void add_source(const std::string& id, const std::string& topic, const Form& form) {
        sources_.push_back({&simulation_.client(id, form.version), packets(topic, form, window)});
        per_round_ = sources_.size() == 1 ? receivers_.size() : 1;
    }

    [[nodiscard]] std::size_t delivered() const {
        std::size_t sum = 0;
        for (const SimulatedClient* receiver : receivers_) {
            sum += receiver->publishes();
        }
        return sum;
    }

    Simulation simulation_;
    std::vector<SimulatedClient*> receivers_;
    std::vector<Source> sources_;
    std::size_t per_round_ = 0;  ///< receivers of a message
};

/// Clients that come, subscribe and go.
class Visits final : public Scenario {
 public:
    std::size_t round() override {
        for (int i = 0; i < 10; ++i) {
            const auto visitor = simulation_.stranger();
            visitor->connect("visitor-" + std::to_string(i));
            visitor->subscribe("bench/visitors/" + std::to_string(i), QoS::at_least_once);
            const std::uint8_t disconnect[] = {0xE0, 0x00};
            visitor->send(disconnect);
            simulation_.settle();
            assert(visitor->packets() == 2 && visitor->closed());
        }
        return 10;
    }

 private:
    Simulation simulation_;
};

/// Messages that are stored, and then delivered to a new subscription.
class Retained final : public Scenario {
 public:
    Retained() {
        for (int i = 0; i < 20; ++i) {
            const std::string topic = "bench/house/" + std::to_string(i) + "/temperature";
            const mqtt::Buffer one = packets(topic, {.payload_bytes = 16, .retain = true}, 1);
            stored_.insert(stored_.end(), one.begin(), one.end());
        }
    }

    std::size_t round() override {
        publisher_.send(stored_);
        const auto visitor = simulation_.stranger();
        visitor->connect("reader");
        visitor->subscribe("bench/house/#", QoS::at_least_once);
        simulation_.settle();
        simulation_.passes(std::chrono::seconds(1));  // a search may have to go on
        assert(visitor->publishes() == 20);
        const std::uint8_t disconnect[] = {0xE0, 0x00};
        visitor->send(disconnect);
        simulation_.settle();
        return 20;
    }

 private:
    Simulation simulation_;
    SimulatedClient& publisher_ = simulation_.client("p");
    mqtt::Buffer stored_;
};

constexpr Form plain(QoS qos) {
    return {.qos = qos};
}

}  // namespace

std::span<const ScenarioKind> scenario_kinds() {
    using Made = std::unique_ptr<Scenario>;
    static const ScenarioKind kinds[] = {
        {"pairs_q0", "delivery", [] { return Made(Flow::pairs(plain(QoS::at_most_once), {})); },
         true},
        {"pairs_q1", "delivery", [] { return Made(Flow::pairs(plain(QoS::at_least_once), {})); },
         true},
        {"pairs_q2", "delivery", [] { return Made(Flow::pairs(plain(QoS::exactly_once), {})); },
         true},
        {"pairs_v5_q1", "delivery",
         [] { return Made(Flow::pairs({.version = Version::v5, .qos = QoS::at_least_once}, 7)); },
         true},
        {"pairs_q1_4096", "delivery",
         [] { return Made(Flow::pairs({.qos = QoS::at_least_once, .payload_bytes = 4096}, {})); },
         true},
        {"fanout_10_q0", "delivery",
         [] { return Made(Flow::fan_out(plain(QoS::at_most_once), 10)); }, true},
        {"fanout_10_q1", "delivery",
         [] { return Made(Flow::fan_out(plain(QoS::at_least_once), 10)); }, true},
        {"fanout_10_q2", "delivery",
         [] { return Made(Flow::fan_out(plain(QoS::exactly_once), 10)); }, true},
        {"fanout_q0", "delivery", [] { return Made(Flow::fan_out(plain(QoS::at_most_once), 100)); },
         true},
        {"fanout_q1", "delivery",
         [] { return Made(Flow::fan_out(plain(QoS::at_least_once), 100)); }, true},
        {"fanout_q2", "delivery", [] { return Made(Flow::fan_out(plain(QoS::exactly_once), 100)); },
         true},
        {"fanin_q0", "delivery", [] { return Made(Flow::fan_in(plain(QoS::at_most_once))); }, true},
        {"fanin_q1", "delivery", [] { return Made(Flow::fan_in(plain(QoS::at_least_once))); },
         true},
        {"fanin_q2", "delivery", [] { return Made(Flow::fan_in(plain(QoS::exactly_once))); }, true},
        {"visits", "visit", [] { return Made(std::make_unique<Visits>()); }, false},
        {"retained", "message", [] { return Made(std::make_unique<Retained>()); }, false},
    };
    return kinds;
}

}  // namespace mq::bench
