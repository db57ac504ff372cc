#pragma once

#include "broker/core/level_trie.hpp"
#include "broker/core/message.hpp"

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace mq::broker {

/// The retained message of each topic that this shard owns.
class RetainedStore {
 public:
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] std::size_t payload_bytes() const { return payload_bytes_; }

    /// Stores the message, in place of an earlier one [MQTT-3.3.1-5].
    void set(const MessageRef& message);
    /// False when there was none.
    bool remove(std::string_view topic);
    /// Payload bytes of the message of this topic, if there is one.
    [[nodiscard]] std::optional<std::size_t> payload_bytes_of(std::string_view topic);
    /// Adds all messages to `found` whose topic matches the filter; expired ones are passed over.
    void find(std::string_view filter, Time now, std::vector<MessageRef>& found) const;
    /// Topics whose message has expired.
    [[nodiscard]] std::vector<std::string> expired(Time now) const;

 private:
    struct Level {
        MessageRef message;
        [[nodiscard]] bool empty() const { return !message; }
    };
    using Trie = LevelTrie<Level>;

    Trie trie_;
    std::size_t size_ = 0;
    std::size_t payload_bytes_ = 0;
};

}  // namespace mq::broker
