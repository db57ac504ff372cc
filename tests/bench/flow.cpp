#include "tests/bench/flow.hpp"

#include "tests/bench/client.hpp"
#include "tests/bench/sequence.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <memory>
#include <string>
#include <sys/epoll.h>
#include <system_error>
#include <vector>

namespace mq::bench {
namespace {

using mqtt::PacketType;
using mqtt::QoS;

constexpr int stall_ms = 10'000;
constexpr std::size_t number_bytes = 8;
constexpr std::uint64_t packet_ids = 65'535;

std::uint64_t read_number(mqtt::Bytes bytes) {
    std::uint64_t number = 0;
    for (const std::uint8_t byte : bytes.first(number_bytes)) {
        number = number << 8U | byte;
    }
    return number;
}

void write_number(std::uint64_t number, mqtt::Buffer& payload, std::size_t at) {
    for (std::size_t index = number_bytes; index-- > 0; number >>= 8U) {
        payload[at + index] = static_cast<std::uint8_t>(number);
    }
}

template <class Packet>
void answer(Client& client, mqtt::PacketId id) {
    Packet packet;
    packet.packet_id = id;
    client.queue(packet);
}

/// The payload: the publisher's number, the message's number, a filler.
class Publisher {
 public:
    Publisher(std::uint64_t index, std::uint64_t messages, const Options& options)
        : options_(options),
          messages_(messages),
          topic_("bench/flow/" + std::to_string(index) + "/data"),
          payload_(options.payload_bytes, 0x5A),
          client_(options.port, "bench-p" + std::to_string(index)) {
        write_number(index, payload_, 0);
        client_.start();
    }

    Client& client() { return client_; }
    void note_delivery() { ++deliveries_; }

    /// Sends as far as the window is open.
    void publish() {
        while (published_ < messages_ && published_ < oldest_open() + options_.window) {
            mqtt::Publish publish;
            publish.qos = options_.qos;
            publish.topic = topic_;
            publish.payload = payload_;
            if (options_.qos != QoS::at_most_once) {
                publish.packet_id = static_cast<mqtt::PacketId>(published_ % packet_ids + 1);
            }
            write_number(published_, payload_, number_bytes);
            publish.payload = payload_;
            client_.queue(publish);
            ++published_;
        }
        client_.flush();
    }

    void on_event() {
        client_.receive([this](const mqtt::Frame& frame) {
            const PacketType last =
                options_.qos == QoS::exactly_once ? PacketType::pubcomp : PacketType::puback;
            const PacketType type = mqtt::packet_type(frame);
            if (type == PacketType::pubrec) {
                if (const auto pubrec = mqtt::decode_pubrec(frame, Client::version)) {
                    answer<mqtt::Pubrel>(client_, pubrec->packet_id);
                }
            } else {
                type == last ? ++acknowledged_ : ++wrong_;
            }
        });
        publish();
    }

    [[nodiscard]] bool is_finished() const { return oldest_open() == messages_; }
    [[nodiscard]] std::uint64_t published() const { return published_; }
    [[nodiscard]] std::uint64_t wrong() const { return wrong_; }
    [[nodiscard]] std::uint64_t unacknowledged() const {
        return options_.qos == QoS::at_most_once ? 0 : published_ - acknowledged_;
    }

 private:
    [[nodiscard]] std::uint64_t oldest_open() const {
        const std::uint64_t delivered = deliveries_ / options_.subscribers;
        return options_.qos == QoS::at_most_once ? delivered : std::min(delivered, acknowledged_);
    }

    const Options& options_;
    std::uint64_t messages_;
    std::string topic_;
    mqtt::Buffer payload_;
    Client client_;
    std::uint64_t published_ = 0;
    std::uint64_t acknowledged_ = 0;
    std::uint64_t deliveries_ = 0;  ///< to all subscribers
    std::uint64_t wrong_ = 0;
};

using Publishers = std::vector<std::unique_ptr<Publisher>>;

class Subscriber {
 public:
    Subscriber(std::uint64_t index, const Options& options, const Publishers& publishers)
        : options_(options),
          publishers_(publishers),
          client_(options.port, "bench-s" + std::to_string(index)),
          sequences_(options.publishers) {
        client_.subscribe("bench/flow/+/data", options.qos);
        client_.start();
    }

    Client& client() { return client_; }

    void on_event() {
        client_.receive([this](const mqtt::Frame& frame) { see(frame); });
        client_.flush();
    }

    /// Asks the broker for an answer that comes behind everything it still has for us.
    void begin_draining() {
        client_.queue(mqtt::Pingreq{});
        client_.flush();
    }
    [[nodiscard]] bool is_drained() const { return is_drained_; }

    void add_to(FlowResult& result) const {
        for (std::size_t i = 0; i < sequences_.size(); ++i) {
            result.delivered += sequences_[i].distinct();
            result.lost += sequences_[i].lost(publishers_[i]->published());
            result.duplicated += sequences_[i].duplicated();
            result.reordered += sequences_[i].reordered();
        }
        result.wrong += wrong_;
    }

 private:
    void see(const mqtt::Frame& frame) {
        switch (mqtt::packet_type(frame)) {
            case PacketType::pingresp:
                is_drained_ = true;
                return;
            case PacketType::pubrel:
                if (const auto pubrel = mqtt::decode_pubrel(frame, Client::version)) {
                    answer<mqtt::Pubcomp>(client_, pubrel->packet_id);
                }
                return;
            case PacketType::publish:
                return take(frame);
            default:
                ++wrong_;
        }
    }

    void take(const mqtt::Frame& frame) {
        const auto publish = mqtt::decode_publish(frame, Client::version, mqtt::Receiver::client);
        if (!publish || publish->payload.size() != options_.payload_bytes ||
            publish->qos != options_.qos) {
            ++wrong_;
            return;
        }
        const std::uint64_t source = read_number(publish->payload);
        const std::uint64_t number = read_number(publish->payload.subspan(number_bytes));
        if (source >= publishers_.size() || number >= publishers_[source]->published()) {
            ++wrong_;
            return;
        }
        Sequence& sequence = sequences_[source];
        const std::uint64_t before = sequence.distinct();
        sequence.see(number);
        if (sequence.distinct() > before) {
            publishers_[source]->note_delivery();
        }
        if (publish->qos == QoS::at_least_once) {
            answer<mqtt::Puback>(client_, publish->packet_id);
        } else if (publish->qos == QoS::exactly_once) {
            answer<mqtt::Pubrec>(client_, publish->packet_id);
        }
    }

    const Options& options_;
    const Publishers& publishers_;
    Client client_;
    std::vector<Sequence> sequences_;  ///< by publisher
    std::uint64_t wrong_ = 0;
    bool is_drained_ = false;
};

class Flow {
 public:
    explicit Flow(const Options& options) : poller_(::epoll_create1(EPOLL_CLOEXEC)) {
        for (std::uint64_t i = 0; i < options.publishers; ++i) {
            // The remainder goes to the first ones, so that the sum is exact.
            const std::uint64_t messages = options.messages / options.publishers +
                                           (i < options.messages % options.publishers ? 1 : 0);
            publishers_.push_back(std::make_unique<Publisher>(i, messages, options));
        }
        for (std::uint64_t i = 0; i < options.subscribers; ++i) {
            subscribers_.push_back(std::make_unique<Subscriber>(i, options, publishers_));
        }
        for (std::size_t i = 0; i < publishers_.size(); ++i) {
            watch(publishers_[i]->client(), i);
        }
        for (std::size_t i = 0; i < subscribers_.size(); ++i) {
            watch(subscribers_[i]->client(), publishers_.size() + i);
        }
    }

    /// Until all has come, or nothing happens for `stall_ms`.
    void play() {
        exchange([this] { return is_finished(); });
    }

    /// Until whatever the broker still has has come.
    void drain() {
        for (const auto& subscriber : subscribers_) {
            subscriber->begin_draining();
        }
        exchange([this] {
            return std::all_of(subscribers_.begin(), subscribers_.end(),
                               [](const auto& subscriber) { return subscriber->is_drained(); });
        });
    }

    void add_to(FlowResult& result) const {
        for (const auto& publisher : publishers_) {
            result.published += publisher->published();
            result.wrong += publisher->wrong();
            result.unacknowledged += publisher->unacknowledged();
        }
        for (const auto& subscriber : subscribers_) {
            subscriber->add_to(result);
        }
    }

 private:
    void watch(Client& client, std::uint64_t tag) {
        epoll_event event{};
        event.events = EPOLLIN | EPOLLOUT | EPOLLET;
        event.data.u64 = tag;
        if (::epoll_ctl(poller_.get(), EPOLL_CTL_ADD, client.fd(), &event) != 0) {
            throw std::system_error(errno, std::generic_category(), "epoll_ctl");
        }
    }

    [[nodiscard]] bool is_finished() const {
        return std::all_of(publishers_.begin(), publishers_.end(),
                           [](const auto& publisher) { return publisher->is_finished(); });
    }

    template <class Done>
    void exchange(const Done& done) {
        std::array<epoll_event, 256> events;
        while (!done()) {
            const int count = ::epoll_wait(poller_.get(), events.data(),
                                           static_cast<int>(events.size()), stall_ms);
            if (count == 0) {
                return;
            }
            for (int index = 0; index < count; ++index) {
                const std::uint64_t tag = events[static_cast<std::size_t>(index)].data.u64;
                if (tag < publishers_.size()) {
                    publishers_[tag]->on_event();
                } else {
                    subscribers_[tag - publishers_.size()]->on_event();
                }
            }
            // What has come opens windows.
            for (const auto& publisher : publishers_) {
                publisher->publish();
            }
        }
    }

    UniqueFd poller_;
    Publishers publishers_;
    std::vector<std::unique_ptr<Subscriber>> subscribers_;
};

}  // namespace

FlowResult run_flow(const Options& options, const BrokerProcess& broker) {
    Flow flow(options);
    FlowResult result;
    const std::uint64_t cpu_before = broker.cpu_us();
    const auto started = std::chrono::steady_clock::now();
    flow.play();
    const auto ended = std::chrono::steady_clock::now();
    result.broker_cpu_us = broker.cpu_us() - cpu_before;
    result.seconds = std::chrono::duration<double>(ended - started).count();
    flow.drain();
    flow.add_to(result);
    return result;
}

}  // namespace mq::bench
