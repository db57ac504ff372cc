#include "broker/net/first_bytes.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace mq::broker {
namespace {

struct Beginning {
    std::string_view bytes;
    FirstBytes meaning;
};

/// None is the beginning of another.
constexpr std::array<Beginning, 13> beginnings{{
    {"\x10", FirstBytes::mqtt},
    {"\x16\x03", FirstBytes::tls},  // handshake of SSL 3.0 or later
    {"PROXY ", FirstBytes::proxy},
    {std::string_view("\r\n\r\n\0\r\nQUIT\n", 12), FirstBytes::proxy},
    {"GET ", FirstBytes::http},
    {"HEAD ", FirstBytes::http},
    {"POST ", FirstBytes::http},
    {"PUT ", FirstBytes::http},
    {"DELETE ", FirstBytes::http},
    {"OPTIONS ", FirstBytes::http},
    {"PATCH ", FirstBytes::http},
    {"TRACE ", FirstBytes::http},
    {"CONNECT ", FirstBytes::http},
}};

}  // namespace

FirstBytes look_at_first_bytes(mqtt::Bytes bytes) {
    const std::string_view have(reinterpret_cast<const char*>(bytes.data()),
                                std::min(bytes.size(), first_bytes_max));
    for (const auto& [beginning, meaning] : beginnings) {
        if (have.starts_with(beginning)) {
            return meaning;
        }
        if (beginning.starts_with(have)) {
            return FirstBytes::undecided;
        }
    }
    return FirstBytes::unknown;
}

}  // namespace mq::broker
