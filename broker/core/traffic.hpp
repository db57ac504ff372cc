#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

namespace mq::broker {

/// Who sends messages to whom, counted for a moment, so that a shard knows which of its clients
/// belong together. Sessions are told by their keys.
class Traffic {
 public:
    /// Enough to judge by; what comes after is not counted.
    static constexpr std::size_t notes_max = 20'000;

    /// A client has sent a message; 0 for the broker itself.
    void sent(std::uint64_t from) { count(from, from); }
    /// One receiver of it; also of a sender on another shard.
    void delivered(std::uint64_t from, std::uint64_t to) { count(from, to); }
    [[nodiscard]] bool full() const { return notes_ >= notes_max; }
    [[nodiscard]] std::size_t notes() const { return notes_; }

    /// Sessions that sent each other messages, directly or over others, but none to any other
    /// group.
    struct Group {
        std::vector<std::uint64_t> sessions;
        std::size_t notes = 0;
    };
    /// The groups, those with most messages first.
    [[nodiscard]] std::vector<Group> groups();

 private:
    struct Member {
        std::uint64_t session = 0;
        std::size_t parent = 0;  ///< in `members_`; of a root itself
        std::size_t notes = 0;   ///< of a root
    };
    void count(std::uint64_t from, std::uint64_t to);
    std::size_t member(std::uint64_t session);
    std::size_t root(std::size_t at);

    std::unordered_map<std::uint64_t, std::size_t> places_;  ///< in `members_`
    std::vector<Member> members_;
    std::size_t notes_ = 0;
};

/// Which groups should go so that two shards, busy for these parts of their time, share the work:
/// indexes. A group that would turn the tables stays.
std::vector<std::size_t> choose_groups(const std::vector<Traffic::Group>& groups, double own_part,
                                       double other_part);

}  // namespace mq::broker
