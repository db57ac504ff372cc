#pragma once

#include <cstddef>
#include <cstdint>

namespace mq::broker {

/// What limits of sums over all shards are about: what one shard, or several, hold now.
struct Sums {
    std::size_t sessions = 0;
    std::size_t subscriptions = 0;  ///< shared ones too
    std::size_t queued_messages = 0;
    std::size_t queued_bytes = 0;       ///< payload
    std::size_t retained_messages = 0;  ///< of clients
    std::size_t retained_bytes = 0;     ///< payload

    Sums& operator+=(const Sums& other) {
        sessions += other.sessions;
        subscriptions += other.subscriptions;
        queued_messages += other.queued_messages;
        queued_bytes += other.queued_bytes;
        retained_messages += other.retained_messages;
        retained_bytes += other.retained_bytes;
        return *this;
    }
};

/// Counters of one shard since its start, and gauges of what it holds now. The $SYS topics are made
/// of the sums over the shards.
struct Stats {
    // counters
    std::uint64_t packets_received = 0;
    std::uint64_t packets_sent = 0;
    std::uint64_t publishes_received = 0;
    std::uint64_t publishes_sent = 0;
    std::uint64_t publishes_dropped = 0;
    std::uint64_t publish_bytes_received = 0;
    std::uint64_t publish_bytes_sent = 0;
    std::uint64_t bytes_received = 0;
    std::uint64_t bytes_sent = 0;
    std::uint64_t sockets_accepted = 0;
    std::uint64_t connects_received = 0;
    std::uint64_t sessions_expired = 0;
    std::uint64_t logins_failed = 0;              ///< a wrong password or an unknown user
    std::uint64_t logins_slowed = 0;              ///< of those: the answer was to be delayed
    std::uint64_t logins_refused_by_address = 0;  ///< after too many failures, without a look
    std::uint64_t logins_refused_by_user = 0;     ///< the same
    std::uint64_t store_given_up = 0;             ///< messages that the store could not take
    // gauges
    std::uint64_t connections = 0;  ///< clients with an accepted CONNECT
    std::uint64_t sessions = 0;
    std::uint64_t subscriptions = 0;
    std::uint64_t shared_subscriptions = 0;
    std::uint64_t retained_messages = 0;
    std::uint64_t retained_bytes = 0;   ///< payload
    std::uint64_t queued_messages = 0;  ///< queued and in flight
    std::uint64_t queued_bytes = 0;     ///< payload
    std::uint64_t waiting_packets = 0;  ///< for clients to take them
    std::uint64_t waiting_bytes = 0;    ///< of those
    std::uint64_t store_bytes = 0;      ///< of the store's files

    Stats& operator+=(const Stats& other) {
        packets_received += other.packets_received;
        packets_sent += other.packets_sent;
        publishes_received += other.publishes_received;
        publishes_sent += other.publishes_sent;
        publishes_dropped += other.publishes_dropped;
        publish_bytes_received += other.publish_bytes_received;
        publish_bytes_sent += other.publish_bytes_sent;
        bytes_received += other.bytes_received;
        bytes_sent += other.bytes_sent;
        sockets_accepted += other.sockets_accepted;
        connects_received += other.connects_received;
        sessions_expired += other.sessions_expired;
        logins_failed += other.logins_failed;
        logins_slowed += other.logins_slowed;
        logins_refused_by_address += other.logins_refused_by_address;
        logins_refused_by_user += other.logins_refused_by_user;
        store_given_up += other.store_given_up;
        connections += other.connections;
        sessions += other.sessions;
        subscriptions += other.subscriptions;
        shared_subscriptions += other.shared_subscriptions;
        retained_messages += other.retained_messages;
        retained_bytes += other.retained_bytes;
        queued_messages += other.queued_messages;
        queued_bytes += other.queued_bytes;
        waiting_packets += other.waiting_packets;
        waiting_bytes += other.waiting_bytes;
        store_bytes += other.store_bytes;
        return *this;
    }
};

}  // namespace mq::broker
