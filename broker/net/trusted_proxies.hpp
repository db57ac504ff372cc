#pragma once

#include "broker/config/address_range.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace mq::broker {

/// The proxies whose word about a client's address is taken: the `trusted_proxy` lines. Immutable.
class TrustedProxies {
 public:
    TrustedProxies() = default;
    /// `lines` as the configuration has checked them.
    explicit TrustedProxies(const std::vector<std::string>& lines) {
        for (const std::string& line : lines) {
            if (const auto range = AddressRange::parse(line)) {
                ranges_.push_back(*range);
            }
        }
    }

    [[nodiscard]] bool empty() const { return ranges_.empty(); }
    /// Whether a numeric address is one of them.
    [[nodiscard]] bool contains(std::string_view address) const {
        return std::any_of(ranges_.begin(), ranges_.end(),
                           [&](const AddressRange& range) { return range.contains(address); });
    }

 private:
    std::vector<AddressRange> ranges_;
};

}  // namespace mq::broker
