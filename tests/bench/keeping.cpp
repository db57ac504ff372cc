#include "tests/bench/keeping.hpp"

#include "tests/bench/client.hpp"

#include <algorithm>
#include <chrono>
#include <string>

namespace mq::bench {
namespace {

using mqtt::PacketType;
using mqtt::QoS;

constexpr std::uint64_t batch = 500;  ///< packets that wait for their answer at a time
constexpr const char* away = "bench-away";

std::string topic_of(std::uint64_t number) {
    return "bench/keep/" + std::to_string(number) + "/state";
}

mqtt::PacketId packet_id(std::uint64_t number) {
    return static_cast<mqtt::PacketId>(number % 65'535 + 1);
}

/// Calls `queue(client, number)` for all numbers, and waits for an answer of this type to each, a
/// batch at a time; returns how many answers were of another type.
template <class Queue>
std::uint64_t ask(Client& client, std::uint64_t count, PacketType type, const Queue& queue) {
    std::uint64_t wrong = 0;
    for (std::uint64_t first = 0; first < count; first += batch) {
        const std::uint64_t end = std::min(count, first + batch);
        for (std::uint64_t number = first; number < end; ++number) {
            queue(client, number);
        }
        client.flush();
        for (std::uint64_t number = first; number < end; ++number) {
            wrong += client.wait_for_packet() == type ? 0U : 1U;
        }
    }
    return wrong;
}

void queue_publish(Client& client, const std::string& topic, QoS qos, mqtt::PacketId id,
                   bool retain, mqtt::Bytes payload) {
    mqtt::Publish publish;
    publish.topic = topic;
    publish.qos = qos;
    publish.packet_id = id;
    publish.retain = retain;
    publish.payload = payload;
    client.queue(publish);
}

/// All messages at QoS 1, each acknowledged; returns how many answers were no acknowledgement.
std::uint64_t publish_all(Client& publisher, const Options& options, bool retain) {
    const mqtt::Buffer payload(options.payload_bytes, 'x');
    return ask(publisher, options.messages, PacketType::puback,
               [&](Client& client, std::uint64_t number) {
                   queue_publish(client, topic_of(number), QoS::at_least_once, packet_id(number),
                                 retain, payload);
               });
}

void queue_subscribe(Client& client, const std::string& filter, mqtt::PacketId id) {
    mqtt::SubscriptionRequest request;
    request.filter = filter;
    mqtt::Buffer requests;
    mqtt::append_request(request, Client::version, requests);
    mqtt::Subscribe subscribe;
    subscribe.packet_id = id;
    subscribe.requests = mqtt::SubscriptionRequests(requests, Client::version);
    client.queue(subscribe);
}

/// Waits for so many messages, and acknowledges those at QoS 1.
void take(Client& client, std::uint64_t count, KeepingResult& result) {
    while (result.delivered < count) {
        const PacketType type = client.wait_for_packet([&](const mqtt::Frame& packet) {
            const auto publish =
                mqtt::decode_publish(packet, Client::version, mqtt::Receiver::client);
            if (!publish) {
                return;
            }
            ++result.delivered;
            if (publish->qos == QoS::at_least_once) {
                mqtt::Puback puback;
                puback.packet_id = publish->packet_id;
                client.queue(puback);
            }
        });
        result.wrong += type == PacketType::publish ? 0U : 1U;
        if (result.delivered % batch == 0) {
            client.flush();
        }
    }
    client.flush();
}

/// Measures what `take_in` and then `give_out` cost.
template <class TakeIn, class GiveOut>
KeepingResult measure(const Options& options, const BrokerProcess& broker, const TakeIn& take_in,
                      const GiveOut& give_out) {
    KeepingResult result;
    result.kept = options.messages;
    result.before = broker.memory();
    const std::uint64_t at_first = broker.cpu_us();
    take_in(result);
    const std::uint64_t between = broker.cpu_us();
    result.after = broker.memory();
    result.taken_cpu_us = between - at_first;
    give_out(result);
    result.given_cpu_us = broker.cpu_us() - between;
    return result;
}

}  // namespace

KeepingResult run_subscriptions(const Options& options, const BrokerProcess& broker) {
    Client subscriber(options.port, "bench-s");
    Client publisher(options.port, "bench-p");
    const mqtt::Buffer payload(options.payload_bytes, 'x');
    const auto take_in = [&](KeepingResult& result) {
        result.wrong +=
            ask(subscriber, options.messages, PacketType::suback,
                [](Client& client, std::uint64_t number) {
                    queue_subscribe(client, "bench/keep/" + std::to_string(number) + "/+",
                                    packet_id(number));
                });
    };
    const auto give_out = [&](KeepingResult& result) {
        for (std::uint64_t first = 0; first < options.messages; first += batch) {
            const std::uint64_t end = std::min(options.messages, first + batch);
            for (std::uint64_t number = first; number < end; ++number) {
                queue_publish(publisher, topic_of(number), QoS::at_most_once, 0, false, payload);
            }
            publisher.flush();
            take(subscriber, end, result);
        }
    };
    return measure(options, broker, take_in, give_out);
}

KeepingResult run_retained(const Options& options, const BrokerProcess& broker) {
    Client publisher(options.port, "bench-p");
    const auto take_in = [&](KeepingResult& result) {
        result.wrong += publish_all(publisher, options, true);
    };
    const auto give_out = [&](KeepingResult& result) {
        Client subscriber(options.port, "bench-s");
        subscriber.subscribe("bench/keep/#", QoS::at_most_once);
        take(subscriber, options.messages, result);
    };
    return measure(options, broker, take_in, give_out);
}

KeepingResult run_offline(const Options& options, const BrokerProcess& broker) {
    {
        Client subscriber(options.port, away, false);
        subscriber.subscribe("bench/keep/#", QoS::at_least_once);
        subscriber.queue(mqtt::Disconnect{});
        subscriber.flush();
    }
    Client publisher(options.port, "bench-p");
    const auto take_in = [&](KeepingResult& result) {
        result.wrong += publish_all(publisher, options, false);
    };
    const auto give_out = [&](KeepingResult& result) {
        Client subscriber(options.port, away, false);
        take(subscriber, options.messages, result);
    };
    return measure(options, broker, take_in, give_out);
}

ConnectsResult run_connects(const Options& options, const BrokerProcess& broker) {
    ConnectsResult result;
    const std::uint64_t cpu_before = broker.cpu_us();
    const auto started = std::chrono::steady_clock::now();
    for (; result.connects < options.messages; ++result.connects) {
        Client client(options.port, "bench-" + std::to_string(result.connects));
        client.queue(mqtt::Disconnect{});
        client.flush();
    }
    result.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    result.broker_cpu_us = broker.cpu_us() - cpu_before;
    return result;
}

}  // namespace mq::bench
