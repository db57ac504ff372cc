// Parts of the hot path alone, with Google Benchmark.
// usage: mqbench_micro [--benchmark_filter=REGEX] ...    (--help has the rest)
#include "bench/core/scenario.hpp"
#include "broker/core/session.hpp"
#include "broker/core/topic_tree.hpp"
#include "mqtt/decode.hpp"
#include "mqtt/encode.hpp"

#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace mq::bench {
namespace {

using broker::Route;
using broker::Session;
using broker::Subscriber;
using broker::TopicTree;
using mqtt::Version;

mqtt::Publish publish(Version version, mqtt::Bytes payload, mqtt::UserProperties users) {
    mqtt::Publish packet;
    packet.topic = "site/7/house/12/temperature";
    packet.qos = mqtt::QoS::at_least_once;
    packet.packet_id = 1;
    packet.payload = payload;
    if (version == Version::v5) {
        packet.properties.content_type = "application/json";
        packet.properties.message_expiry_interval = 60;
        packet.properties.user_properties = users;
    }
    return packet;
}

/// An encoded PUBLISH of 256 bytes.
class Sample {
 public:
    explicit Sample(Version version) {
        mqtt::append_user_property({"unit", "K"}, users_);
        packet = publish(version, payload_, mqtt::UserProperties(users_));
        mqtt::encode(packet, version, bytes);
    }

    mqtt::Publish packet;
    mqtt::Buffer bytes;

 private:
    mqtt::Buffer payload_ = mqtt::Buffer(256, 'x');
    mqtt::Buffer users_;
};

void decode_publish(benchmark::State& state, Version version) {
    const Sample sample(version);
    for (auto _ : state) {
        const auto framing = mqtt::cut_frame(sample.bytes, sample.bytes.size());
        auto packet = mqtt::decode_publish(framing->frame, version, mqtt::Receiver::server);
        benchmark::DoNotOptimize(packet);
    }
}
BENCHMARK_CAPTURE(decode_publish, v3_1_1, Version::v3_1_1);
BENCHMARK_CAPTURE(decode_publish, v5, Version::v5);

void encode_publish(benchmark::State& state, Version version) {
    const Sample sample(version);
    mqtt::Buffer out;
    for (auto _ : state) {
        out.clear();
        mqtt::encode(sample.packet, version, out);
        benchmark::DoNotOptimize(out.data());
    }
}
BENCHMARK_CAPTURE(encode_publish, v3_1_1, Version::v3_1_1);
BENCHMARK_CAPTURE(encode_publish, v5, Version::v5);

void decode_puback(benchmark::State& state) {
    const mqtt::Buffer bytes = {0x40, 0x02, 0x12, 0x34};
    for (auto _ : state) {
        const auto framing = mqtt::cut_frame(bytes, bytes.size());
        auto packet = mqtt::decode_puback(framing->frame, Version::v3_1_1);
        benchmark::DoNotOptimize(packet);
    }
}
BENCHMARK(decode_puback);

/// So many filters in the tree, all of one session, and what a topic takes to be matched.
void match(benchmark::State& state, std::string_view form) {
    Session session;
    TopicTree tree;
    Subscriber subscriber;
    subscriber.session = &session;
    for (std::int64_t i = 0; i < state.range(0); ++i) {
        const std::string number = std::to_string(i);
        bool existed = false;
        if (form == "exact") {
            tree.subscribe("site/" + number + "/house/12/temperature", subscriber, existed);
        } else if (form == "plus") {
            tree.subscribe("site/" + number + "/+/12/temperature", subscriber, existed);
        } else {
            tree.subscribe("site/" + number + "/house/#", subscriber, existed);
        }
    }
    Route route;
    for (auto _ : state) {
        route.subscribers.clear();
        route.groups.clear();
        tree.match("site/7/house/12/temperature", route);
        benchmark::DoNotOptimize(route.subscribers.data());
    }
    if (route.subscribers.size() != 1) {
        state.SkipWithError("the one subscription is not found");
    }
}
BENCHMARK_CAPTURE(match, exact, "exact")->Arg(10)->Arg(100'000);
BENCHMARK_CAPTURE(match, plus, "plus")->Arg(10)->Arg(100'000);
BENCHMARK_CAPTURE(match, hash, "hash")->Arg(10)->Arg(100'000);

/// From the bytes of a PUBLISH to those for its receivers, and their acknowledgements; the time is
/// of all units together.
void route(benchmark::State& state, const ScenarioKind& kind) {
    const auto scenario = kind.make();
    std::size_t units = 0;
    for (auto _ : state) {
        units += scenario->round();
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(units));
}

void register_routes() {
    for (const ScenarioKind& kind : scenario_kinds()) {
        benchmark::RegisterBenchmark(("route/" + std::string(kind.name)).c_str(),
                                     [&kind](benchmark::State& state) { route(state, kind); });
    }
}

}  // namespace
}  // namespace mq::bench

int main(int argc, char** argv) {
    mq::bench::register_routes();
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
        return 2;
    }
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}
