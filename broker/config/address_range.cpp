#include "broker/config/address_range.hpp"

#include "base/ip_address.hpp"

#include <charconv>
#include <cstring>

namespace mq::broker {

std::optional<AddressRange> AddressRange::parse(std::string_view text) {
    const std::size_t slash = text.find('/');
    const auto address = parse_ip_address(text.substr(0, slash));
    if (!address) {
        return std::nullopt;
    }
    AddressRange range;
    range.bytes_ = address->bytes;
    if (slash != std::string_view::npos) {
        const std::string_view length = text.substr(slash + 1);
        const char* const end = length.data() + length.size();
        const auto [stop, error] = std::from_chars(length.data(), end, range.bits_);
        if (error != std::errc() || stop != end || range.bits_ > (address->dotted ? 32U : 128U)) {
            return std::nullopt;
        }
        range.bits_ += address->dotted ? IpAddress::mapped_bits : 0;
    }
    return range;
}

bool AddressRange::contains(std::string_view address) const {
    const auto parsed = parse_ip_address(address);
    if (!parsed) {
        return false;
    }
    const auto& bytes = parsed->bytes;
    const std::size_t whole = bits_ / 8;
    if (std::memcmp(bytes.data(), bytes_.data(), whole) != 0) {
        return false;
    }
    const unsigned rest = bits_ % 8;
    return rest == 0 || ((bytes[whole] ^ bytes_[whole]) >> (8 - rest)) == 0;
}

}  // namespace mq::broker
