#include "tests/bench/paced.hpp"

#include <algorithm>
#include <thread>

namespace mq::bench {
namespace {

constexpr std::chrono::milliseconds pace(1);
constexpr const char* topic = "bench/flow";

}  // namespace

PacedFlow::PacedFlow(std::uint16_t port, std::size_t payload_bytes)
    : payload_(payload_bytes, 'x'), subscriber_(port, "bench-s"), publisher_(port, "bench-p") {
    subscriber_.subscribe(topic, mqtt::QoS::at_most_once);
}

void PacedFlow::send_one() {
    std::this_thread::sleep_until(next_);
    next_ = std::max(next_ + pace, Clock::now());
    mqtt::Publish publish;
    publish.topic = topic;
    publish.payload = payload_;
    const auto sent = Clock::now();
    publisher_.queue(publish);
    publisher_.flush();
    const mqtt::PacketType type = subscriber_.wait_for_packet();
    type == mqtt::PacketType::publish ? ++delivered_ : ++wrong_;
    latencies_us_.push_back(std::chrono::duration<double, std::micro>(Clock::now() - sent).count());
}

void PacedFlow::take_percentiles(double& p50_us, double& p99_us) {
    std::ranges::sort(latencies_us_);
    const std::size_t count = latencies_us_.size();
    if (count > 0) {
        p50_us = latencies_us_[count / 2];
        p99_us = latencies_us_[std::min(count - 1, count * 99 / 100)];
    }
    latencies_us_.clear();
}

PacedResult run_paced(const Options& options) {
    PacedFlow flow(options.port, options.payload_bytes);
    for (std::uint64_t index = 0; index < options.messages; ++index) {
        flow.send_one();
    }
    PacedResult result;
    result.delivered = flow.delivered();
    result.wrong = flow.wrong();
    flow.take_percentiles(result.p50_us, result.p99_us);
    return result;
}

}  // namespace mq::bench
