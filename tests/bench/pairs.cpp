#include "tests/bench/pairs.hpp"

#include "tests/bench/client.hpp"
#include "tests/bench/sequence.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <memory>
#include <optional>
#include <sys/epoll.h>
#include <system_error>
#include <vector>

namespace mq::bench {
namespace {

constexpr int stall_ms = 10'000;
constexpr std::size_t number_bytes = 8;
constexpr std::uint64_t packet_ids = 65'535;

/// A publisher and its subscriber. The payload is the message's number, then a filler that tells
/// the pairs apart.
class Pair {
 public:
    Pair(std::uint64_t index, std::uint64_t messages, const Options& options)
        : qos_(options.qos),
          window_(options.window),
          messages_(messages),
          topic_("bench/pair/" + std::to_string(index)),
          payload_(options.payload_bytes, static_cast<std::uint8_t>(index)),
          subscriber_(options.port, "bench-s" + std::to_string(index)) {
        subscriber_.subscribe(topic_, qos_);
        subscriber_.start();
    }
    /// Comes before everything below.
    void connect_publisher(std::uint16_t port, std::uint64_t index) {
        publisher_.emplace(port, "bench-p" + std::to_string(index)).start();
    }

    Client& publisher() { return *publisher_; }
    Client& subscriber() { return subscriber_; }

    /// Sends as far as the window is open.
    void publish() {
        while (published_ < messages_ && published_ < oldest_open() + window_) {
            mqtt::Publish publish;
            publish.qos = qos_;
            publish.topic = topic_;
            publish.payload = payload_;
            if (qos_ == mqtt::QoS::at_least_once) {
                publish.packet_id = static_cast<mqtt::PacketId>(published_ % packet_ids + 1);
            }
            write_number(published_);
            publisher_->queue(publish);
            ++published_;
        }
        publisher_->flush();
    }

    void on_publisher_event() {
        publisher_->receive([this](const mqtt::Frame& frame) {
            const auto puback = mqtt::decode_puback(frame, Client::version);
            if (mqtt::packet_type(frame) == mqtt::PacketType::puback && puback) {
                ++acknowledged_;
            } else {
                ++wrong_;
            }
        });
        publish();
    }

    void on_subscriber_event() {
        subscriber_.receive([this](const mqtt::Frame& frame) { see(frame); });
        subscriber_.flush();
        publish();
    }

    [[nodiscard]] bool is_finished() const { return oldest_open() == messages_; }

    /// Asks the broker for an answer that comes behind everything it still has for the subscriber.
    void begin_draining() {
        subscriber_.queue(mqtt::Pingreq{});
        subscriber_.flush();
    }
    [[nodiscard]] bool is_drained() const { return is_drained_; }

    void add_to(PairsResult& result) const {
        result.published += published_;
        result.delivered += sequence_.distinct();
        result.lost += sequence_.lost(published_);
        result.duplicated += sequence_.duplicated();
        result.reordered += sequence_.reordered();
        result.wrong += wrong_;
        if (qos_ == mqtt::QoS::at_least_once) {
            result.unacknowledged += published_ - acknowledged_;
        }
    }

 private:
    [[nodiscard]] std::uint64_t oldest_open() const {
        return qos_ == mqtt::QoS::at_least_once ? std::min(sequence_.distinct(), acknowledged_)
                                                : sequence_.distinct();
    }

    void write_number(std::uint64_t number) {
        for (std::size_t index = number_bytes; index-- > 0; number >>= 8U) {
            payload_[index] = static_cast<std::uint8_t>(number);
        }
    }

    void see(const mqtt::Frame& frame) {
        if (mqtt::packet_type(frame) == mqtt::PacketType::pingresp) {
            is_drained_ = true;
            return;
        }
        if (mqtt::packet_type(frame) != mqtt::PacketType::publish) {
            ++wrong_;
            return;
        }
        const auto publish = mqtt::decode_publish(frame, Client::version, mqtt::Receiver::client);
        if (!publish || !is_ours(*publish)) {
            ++wrong_;
            return;
        }
        std::uint64_t number = 0;
        for (const std::uint8_t byte : publish->payload.first(number_bytes)) {
            number = number << 8U | byte;
        }
        if (number >= published_) {
            ++wrong_;
            return;
        }
        sequence_.see(number);
        if (qos_ == mqtt::QoS::at_least_once) {
            mqtt::Puback puback;
            puback.packet_id = publish->packet_id;
            subscriber_.queue(puback);
        }
    }

    [[nodiscard]] bool is_ours(const mqtt::Publish& publish) const {
        const mqtt::Bytes sent(payload_);
        return publish.topic == topic_ && publish.qos == qos_ &&
               publish.payload.size() == sent.size() &&
               std::ranges::equal(publish.payload.subspan(number_bytes),
                                  sent.subspan(number_bytes));
    }

    mqtt::QoS qos_;
    std::uint64_t window_;
    std::uint64_t messages_;
    std::string topic_;
    mqtt::Buffer payload_;
    Client subscriber_;
    std::optional<Client> publisher_;
    std::uint64_t published_ = 0;
    std::uint64_t acknowledged_ = 0;
    std::uint64_t wrong_ = 0;
    bool is_drained_ = false;
    Sequence sequence_;
};

using Pairs = std::vector<std::unique_ptr<Pair>>;

/// All subscribers, then all publishers: a broker that deals its clients to two
/// threads in turn has both of a pair on one thread then, where there is an even number of pairs.
Pairs connect_pairs(const Options& options) {
    Pairs pairs;
    for (std::uint64_t index = 0; index < options.pairs; ++index) {
        // The remainder goes to the first pairs, so that the sum is exact.
        const std::uint64_t messages =
            options.messages / options.pairs + (index < options.messages % options.pairs ? 1 : 0);
        pairs.push_back(std::make_unique<Pair>(index, messages, options));
    }
    for (std::uint64_t index = 0; index < options.pairs; ++index) {
        pairs[index]->connect_publisher(options.port, index);
    }
    return pairs;
}

/// Events carry 2 * pair for the publisher and 2 * pair + 1 for the subscriber.
UniqueFd watch(const Pairs& pairs) {
    UniqueFd poller(::epoll_create1(EPOLL_CLOEXEC));
    const auto add = [&poller](Client& client, std::uint64_t tag) {
        epoll_event event{};
        event.events = EPOLLIN | EPOLLOUT | EPOLLET;
        event.data.u64 = tag;
        if (::epoll_ctl(poller.get(), EPOLL_CTL_ADD, client.fd(), &event) != 0) {
            throw std::system_error(errno, std::generic_category(), "epoll_ctl");
        }
    };
    for (std::size_t index = 0; index < pairs.size(); ++index) {
        add(pairs[index]->publisher(), 2 * index);
        add(pairs[index]->subscriber(), 2 * index + 1);
    }
    return poller;
}

/// Until `is_done` holds for every pair, or nothing happens for `stall_ms`.
void exchange(const Pairs& pairs, int poller, bool (Pair::*is_done)() const) {
    auto undone = std::count_if(pairs.begin(), pairs.end(),
                                [is_done](const auto& pair) { return !((*pair).*is_done)(); });
    std::array<epoll_event, 256> events;
    while (undone > 0) {
        const int count =
            ::epoll_wait(poller, events.data(), static_cast<int>(events.size()), stall_ms);
        if (count == 0) {
            return;
        }
        for (int index = 0; index < count; ++index) {
            const std::uint64_t tag = events[static_cast<std::size_t>(index)].data.u64;
            Pair& pair = *pairs[tag / 2];
            const bool was_done = (pair.*is_done)();
            tag % 2 == 0 ? pair.on_publisher_event() : pair.on_subscriber_event();
            if (!was_done && (pair.*is_done)()) {
                --undone;
            }
        }
    }
}

}  // namespace

PairsResult run_pairs(const Options& options, const BrokerProcess& broker) {
    const Pairs pairs = connect_pairs(options);
    const UniqueFd poller = watch(pairs);
    PairsResult result;
    const std::uint64_t cpu_before = broker.cpu_us();
    const auto started = std::chrono::steady_clock::now();
    exchange(pairs, poller.get(), &Pair::is_finished);
    const auto ended = std::chrono::steady_clock::now();
    result.broker_cpu_us = broker.cpu_us() - cpu_before;
    result.seconds = std::chrono::duration<double>(ended - started).count();
    for (const auto& pair : pairs) {
        pair->begin_draining();
    }
    exchange(pairs, poller.get(), &Pair::is_drained);
    for (const auto& pair : pairs) {
        pair->add_to(result);
    }
    return result;
}

}  // namespace mq::bench
