#pragma once

#include "broker/core/level_trie.hpp"
#include "broker/core/message.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mq::broker {

/// The retained message of each topic that this shard owns.
class RetainedStore {
 public:
    struct Sum {
        std::size_t messages = 0;
        std::size_t payload_bytes = 0;
    };
    [[nodiscard]] const Sum& sum() const { return sum_; }
    /// The same without topics that only the broker itself writes, under `$SYS`.
    [[nodiscard]] const Sum& sum_of_clients() const { return sum_of_clients_; }

    /// Stores the message, in place of an earlier one [MQTT-3.3.1-5].
    void set(const MessageRef& message);
    /// False when there was none.
    bool remove(std::string_view topic);
    /// Payload bytes of the message of this topic, if there is one.
    [[nodiscard]] std::optional<std::size_t> payload_bytes_of(std::string_view topic);
    /// Adds all messages to `found` whose topic matches the filter, expired ones too.
    void find(std::string_view filter, std::vector<MessageRef>& found) const;
    /// A search that is done bit by bit, so that a large store holds up nobody.
    struct Search {
        std::string filter;
        std::vector<std::string> position;  ///< levels of the topic where it goes on
    };
    /// Goes on with it until it is over, or `nodes`, from which it counts down, are looked at.
    /// True when it is over. What is stored or removed meanwhile is found or not; all else is found
    /// once.
    bool find(Search& search, std::size_t& nodes, std::vector<MessageRef>& found) const;
    /// Topics whose message has expired.
    [[nodiscard]] std::vector<std::string> expired(Time now) const;

 private:
    struct Level {
        MessageRef message;
        [[nodiscard]] bool empty() const { return !message; }
    };
    using Trie = LevelTrie<Level, OrderedChildren>;  ///< in order, so that a search can go on
    class Walk;

    void count(const Message& message, bool added);

    Trie trie_;
    Sum sum_;
    Sum sum_of_clients_;
};

}  // namespace mq::broker
