#pragma once

#include <cassert>
#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace mq::broker {

/// Lets only a few logins of one address be checked at a time; the others of this address wait in
/// order. So whoever sends thousands at once holds up nobody else, and those that wait are never
/// checked once the first have made the address suspect. An honest crowd behind one router is
/// served as fast as without. Used by one thread.
template <class Login>
class LoginLine {
 public:
    struct Limits {
        std::size_t inside_max = 8;         ///< of one address; enough to keep the threads busy
        std::size_t waiting_max = 4096;     ///< of all addresses
        std::size_t waiting_of_one = 2048;  ///< of one address
        std::size_t waiting_bytes_max = std::size_t{4} << 20;  ///< of all, as told with each
    };
    enum class Place {
        inside,   ///< go on with the login, and call `leave` when it is answered
        waiting,  ///< taken over; some `leave` gives it back
        full,     ///< no room: refuse it
    };

    explicit LoginLine(const Limits& limits = {}) : limits_(limits) {}

    /// Takes the login over only where it must wait.
    Place enter(std::string_view address, Login& login, std::size_t bytes) {
        Address& own = addresses_[std::string(address)];
        if (own.inside < limits_.inside_max) {
            ++own.inside;
            return Place::inside;
        }
        if (waiting_ == limits_.waiting_max || own.waiting.size() == limits_.waiting_of_one ||
            waiting_bytes_ + bytes > limits_.waiting_bytes_max) {
            return Place::full;
        }
        own.waiting.emplace_back(std::move(login), bytes);
        ++waiting_;
        waiting_bytes_ += bytes;
        return Place::waiting;
    }

    /// One login of this address is answered. The next that waits, if any: it is inside now.
    std::optional<Login> leave(std::string_view address) {
        const auto own = addresses_.find(std::string(address));
        assert(own != addresses_.end() && own->second.inside > 0);
        auto& waiting = own->second.waiting;
        if (waiting.empty()) {
            if (--own->second.inside == 0) {
                addresses_.erase(own);
            }
            return std::nullopt;
        }
        std::optional<Login> next(std::move(waiting.front().first));
        waiting_bytes_ -= waiting.front().second;
        --waiting_;
        waiting.pop_front();
        return next;
    }

    [[nodiscard]] std::size_t waiting() const { return waiting_; }
    [[nodiscard]] std::size_t addresses() const { return addresses_.size(); }

 private:
    struct Address {
        std::size_t inside = 0;
        std::deque<std::pair<Login, std::size_t>> waiting;
    };

    const Limits limits_;
    std::unordered_map<std::string, Address> addresses_;  ///< with at least one login inside
    std::size_t waiting_ = 0;
    std::size_t waiting_bytes_ = 0;
};

}  // namespace mq::broker
