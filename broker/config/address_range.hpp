#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace mq::broker {

/// A block of IP addresses, as `trusted_proxy` names it: `192.0.2.1`, `10.0.0.0/8`,
/// `2001:db8::/32`. IPv4 addresses are kept in their IPv6 form, so that `::ffff:10.0.0.1` is in
/// `10.0.0.0/8`.
class AddressRange {
 public:
    /// Numeric addresses only; nothing when `text` is none, or the length does not fit the family.
    static std::optional<AddressRange> parse(std::string_view text);

    /// Whether a numeric address lies in the block.
    [[nodiscard]] bool contains(std::string_view address) const;

 private:
    std::array<std::uint8_t, 16> bytes_{};
    unsigned bits_ = 128;
};

}  // namespace mq::broker
