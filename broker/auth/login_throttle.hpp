#pragma once

#include "broker/core/time.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace mq::broker {

/// How failed logins are treated. The configuration lays down all but the delays.
struct LoginThrottleSettings {
    bool enabled = true;
    Duration window = std::chrono::seconds(60);  ///< in which failures are counted
    std::uint32_t slow_after = 10;               ///< failures after which answers are delayed
    std::uint32_t address_failures = 100;        ///< failures after which an address is refused
    std::uint32_t user_failures = 1000;          ///< failures after which a user is refused
    Duration refuse = std::chrono::seconds(60);  ///< for which it is refused then
    Duration delay_step = std::chrono::milliseconds(100);  ///< by which each failure adds
    Duration delay_max = std::chrono::seconds(5);          ///< of an answer

    bool operator==(const LoginThrottleSettings&) const = default;
};

/// What is to be done with a login, or with the answer to one that failed.
struct LoginVerdict {
    enum class Action { allow, delay, refuse };
    enum class Reason { none, address, user };  ///< of a refusal

    Action action = Action::allow;
    Duration delay{};  ///< of the answer
    Reason reason = Reason::none;

    bool operator==(const LoginVerdict&) const = default;
};

/// How many failures there were lately: those of the present window, and those of the one before in
/// the share in which it still lies within the last window's length.
class RecentFailures {
 public:
    void add(Time now, Duration window);
    [[nodiscard]] std::uint64_t count(Time now, Duration window) const;

 private:
    void shift(Time now, Duration window);

    Time start_{};
    std::uint32_t present_ = 0;
    std::uint32_t before_ = 0;
};

/// A table of at most `size_max` entries. A new one takes the place of the least worth among the
/// few that were touched longest ago: a flood of names, each seen once, does not wash away the few
/// that are being attacked.
template <class Value>
class WorthTable {
 public:
    explicit WorthTable(std::size_t size_max) : size_max_(size_max) {}

    [[nodiscard]] Value* find(std::string_view key) {
        const auto found = places_.find(key);
        return found == places_.end() ? nullptr : &found->second->value;
    }

    /// The entry of this key, made where there is none, and touched. `worth` tells of a value how
    /// much it is worth.
    template <class Worth>
    Value& touch(std::string_view key, const Worth& worth) {
        if (const auto found = places_.find(key); found != places_.end()) {
            entries_.splice(entries_.begin(), entries_, found->second);
            return found->second->value;
        }
        if (entries_.size() == size_max_) {
            evict(worth);
        }
        entries_.push_front({std::string(key), {}});
        places_.emplace(entries_.front().key, entries_.begin());
        return entries_.front().value;
    }

    [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
    struct Entry {
        std::string key;
        Value value;
    };
    static constexpr int candidates = 8;

    template <class Worth>
    void evict(const Worth& worth) {
        auto least = std::prev(entries_.end());
        auto candidate = least;
        for (int seen = 1; seen < candidates && candidate != entries_.begin(); ++seen) {
            --candidate;
            if (worth(candidate->value) < worth(least->value)) {
                least = candidate;
            }
        }
        places_.erase(least->key);
        entries_.erase(least);
    }

    const std::size_t size_max_;
    std::list<Entry> entries_;  ///< the last touched first
    std::unordered_map<std::string_view, typename std::list<Entry>::iterator> places_;
};

/// Slows, then refuses, whoever guesses passwords. A pure machine: time is an argument.
///
/// Failures are counted by address and by user name. Beyond `slow_after` the answer to each failure
/// is delayed, longer with each, so that an honest client with an old password comes slowly enough
/// never to be refused. Beyond `address_failures` and `user_failures` in a window, logins are
/// refused for `refuse` unseen: their password is not looked at, and they are not counted.
///
/// Nobody is to be locked out by what others do:
/// - An address from which a user logged in lately is exempt from both rules for that user, as long
///   as fewer than `slow_after` failures of that very user come from there.
/// - IPv6 is counted by /64, which is one household or one machine.
/// - A loopback address or Unix socket is never refused: behind a proxy that is not declared as
///   trusted all clients have it. Failures from there are slowed, and count for the user.
///
/// Every table has a limit, so that no flood fills the memory. One for all shards: may be called
/// from any thread.
class LoginThrottle {
 public:
    static constexpr std::size_t addresses_max = 4096;
    static constexpr std::size_t users_max = 4096;
    static constexpr std::size_t known_max = 8192;  ///< users with an address that is good for them
    static constexpr Duration known_kept = std::chrono::hours(24 * 7);

    struct Counters {
        std::uint64_t failures = 0;
        std::uint64_t slowed = 0;  ///< answers that were to be delayed
        std::uint64_t refused_by_address = 0;
        std::uint64_t refused_by_user = 0;

        bool operator==(const Counters&) const = default;
    };

    explicit LoginThrottle(const LoginThrottleSettings& settings) : settings_(settings) {}

    /// Other settings from now on, for a reload; what was counted stays.
    void configure(const LoginThrottleSettings& settings);

    /// Before the password is looked at: allow or refuse. `address` is the true one, numeric.
    LoginVerdict admit(std::string_view address, std::string_view user, Time now);

    /// The password was wrong: tell so at once (allow), or after a delay.
    LoginVerdict failed(std::string_view address, std::string_view user, Time now);

    /// The password was right.
    void succeeded(std::string_view address, std::string_view user, Time now);

    [[nodiscard]] Counters counters() const;

    /// What is counted as one address: IPv6 by /64, IPv4 also where it is mapped into IPv6, and
    /// "local" for loopback and everything that is no address.
    static std::string address_key(std::string_view text);

 private:
    struct Suspect {
        RecentFailures failures;
        Time refused_until{};
    };
    struct Known {
        Time last_success{};
        RecentFailures failures;
    };

    [[nodiscard]] bool is_trusted(std::string_view address, std::string_view user, Time now);
    Suspect& count(WorthTable<Suspect>& table, std::string_view key, std::uint32_t failures_max,
                   Time now);

    mutable std::mutex mutex_;  ///< guards all below
    LoginThrottleSettings settings_;
    Counters counters_;
    WorthTable<Suspect> addresses_{addresses_max};
    WorthTable<Suspect> users_{users_max};
    WorthTable<Known> known_{known_max};
};

}  // namespace mq::broker
