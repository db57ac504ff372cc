#pragma once

#include <cstddef>
#include <string_view>

namespace mq::broker {

/// The realm of no listener at all: with it, a client may do nothing.
inline constexpr std::size_t no_realm = static_cast<std::size_t>(-1);

/// What realms are called for the store, since their numbers mean nothing to the next program. The
/// shards share it; it changes between two turns only.
class RealmNames {
 public:
    virtual ~RealmNames() = default;
    /// Empty where the number is of no realm. A view that holds until the next change.
    [[nodiscard]] virtual std::string_view name(std::size_t realm) const = 0;
    /// `no_realm` where the name is of none.
    [[nodiscard]] virtual std::size_t find(std::string_view name) const = 0;
};

}  // namespace mq::broker
