#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mq::broker {

/// The pre-shared keys of TLS clients, as a handshake looks them up. Never changes once it is
/// complete, so any number of threads may read it. The keys are wiped when it goes.
class PskTable {
 public:
    using Key = std::vector<std::uint8_t>;

    PskTable() = default;
    PskTable(PskTable&&) noexcept = default;
    PskTable& operator=(PskTable&& other) noexcept;
    PskTable(const PskTable&) = delete;
    PskTable& operator=(const PskTable&) = delete;
    ~PskTable();

    /// False when the identity had a key, which this one replaces.
    bool set(std::string_view identity, Key key);

    /// The key of this identity, never an empty one; null when there is none.
    [[nodiscard]] const Key* find(std::string_view identity) const;

    [[nodiscard]] std::size_t size() const { return keys_.size(); }

    /// Identities of `before` that are gone in `after` or have another key there, sorted. Their
    /// connections no longer rest on a key that holds.
    static std::vector<std::string> changed_identities(const PskTable& before,
                                                       const PskTable& after);

 private:
    struct Hash : std::hash<std::string_view> {
        using is_transparent = void;
    };

    void wipe();

    std::unordered_map<std::string, Key, Hash, std::equal_to<>> keys_;
};

}  // namespace mq::broker
