#include "broker/auth/login_throttle.hpp"

#include "base/ip_address.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace mq::broker {
namespace {

using Action = LoginVerdict::Action;
using Reason = LoginVerdict::Reason;

constexpr std::string_view local_key = "local";
constexpr std::uint32_t no_limit = 0;

/// A name as long as MQTT allows would fill the tables; the end of a long one counts by its hash.
std::string user_key(std::string_view user) {
    constexpr std::size_t whole_max = 64;
    if (user.size() <= whole_max) {
        return std::string(user);
    }
    return std::string(user.substr(0, whole_max)) + '\0' +
           std::to_string(std::hash<std::string_view>()(user));
}

std::string pair_key(std::string_view address, std::string_view user) {
    return std::string(address) + ' ' + std::string(user);
}

}  // namespace

void RecentFailures::shift(Time now, Duration window) {
    const Duration passed = now - start_;
    if (passed < window) {
        return;
    }
    before_ = passed < 2 * window ? present_ : 0;
    present_ = 0;
    start_ = passed < 2 * window ? start_ + window : now;
}

void RecentFailures::add(Time now, Duration window) {
    shift(now, window);
    present_ += present_ < UINT32_MAX ? 1 : 0;
}

std::uint64_t RecentFailures::count(Time now, Duration window) const {
    RecentFailures shifted = *this;
    shifted.shift(now, window);
    const auto left = static_cast<std::uint64_t>((window - (now - shifted.start_)).count());
    return shifted.present_ + shifted.before_ * left / static_cast<std::uint64_t>(window.count());
}

std::string LoginThrottle::address_key(std::string_view text) {
    constexpr std::array<std::uint8_t, 16> loopback{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    // Without the interface of a link-local address.
    auto address = parse_ip_address(text.substr(0, text.find('%')));
    if (!address || address->bytes == loopback) {
        return std::string(local_key);
    }
    if (address->is_ipv4()) {
        const bool local = address->bytes[IpAddress::mapped_bits / 8] == 127;
        return local ? std::string(local_key) : address->text();
    }
    std::fill(address->bytes.begin() + 8, address->bytes.end(), std::uint8_t{0});
    return address->text() + "/64";
}

bool LoginThrottle::is_trusted(std::string_view address, std::string_view user, Time now) {
    const Known* known = known_.find(pair_key(address, user));
    return known != nullptr && now - known->last_success < known_kept &&
           known->failures.count(now, settings_.window) < settings_.slow_after;
}

void LoginThrottle::configure(const LoginThrottleSettings& settings) {
    const std::lock_guard lock(mutex_);
    settings_ = settings;
}

LoginThrottle::Counters LoginThrottle::counters() const {
    const std::lock_guard lock(mutex_);
    return counters_;
}

LoginVerdict LoginThrottle::admit(std::string_view address, std::string_view user, Time now) {
    const std::lock_guard lock(mutex_);
    if (!settings_.enabled) {
        return {};
    }
    const std::string source = address_key(address);
    const std::string name = user_key(user);
    const Suspect* by_address = addresses_.find(source);
    const Suspect* by_user = users_.find(name);
    const bool address_refused = by_address != nullptr && by_address->refused_until > now;
    const bool user_refused = by_user != nullptr && by_user->refused_until > now;
    if ((!address_refused && !user_refused) || is_trusted(source, name, now)) {
        return {};
    }
    ++(address_refused ? counters_.refused_by_address : counters_.refused_by_user);
    return {Action::refuse, {}, address_refused ? Reason::address : Reason::user};
}

LoginThrottle::Suspect& LoginThrottle::count(WorthTable<Suspect>& table, std::string_view key,
                                             std::uint32_t failures_max, Time now) {
    const Duration window = settings_.window;
    Suspect& suspect = table.touch(key, [now, window](const Suspect& other) {
        return other.refused_until > now ? UINT64_MAX : other.failures.count(now, window);
    });
    suspect.failures.add(now, window);
    if (failures_max != no_limit && suspect.failures.count(now, window) >= failures_max &&
        suspect.refused_until <= now) {
        suspect.refused_until = now + settings_.refuse;
    }
    return suspect;
}

LoginVerdict LoginThrottle::failed(std::string_view address, std::string_view user, Time now) {
    const std::lock_guard lock(mutex_);
    ++counters_.failures;
    if (!settings_.enabled) {
        return {};
    }
    const Duration window = settings_.window;
    const std::string source = address_key(address);
    const std::string name = user_key(user);
    const std::uint32_t address_failures =
        source == local_key ? no_limit : settings_.address_failures;
    const auto by_address =
        count(addresses_, source, address_failures, now).failures.count(now, window);
    const auto by_user =
        count(users_, name, settings_.user_failures, now).failures.count(now, window);
    if (Known* known = known_.find(pair_key(source, name))) {
        known->failures.add(now, window);
    }
    const std::uint64_t worst = std::max(by_address, by_user);
    if (worst <= settings_.slow_after) {
        return {};
    }
    ++counters_.slowed;
    const auto steps = std::min<std::uint64_t>(worst - settings_.slow_after, UINT16_MAX);
    const Duration delay = settings_.delay_step * static_cast<Duration::rep>(steps);
    return {Action::delay, std::min(delay, settings_.delay_max), Reason::none};
}

void LoginThrottle::succeeded(std::string_view address, std::string_view user, Time now) {
    const std::lock_guard lock(mutex_);
    if (!settings_.enabled) {
        return;
    }
    known_
        .touch(pair_key(address_key(address), user_key(user)),
               [](const Known& known) { return known.last_success; })
        .last_success = now;
}

}  // namespace mq::broker
