#include "broker/net/proxy_protocol.hpp"

#include "broker/net/numeric_address.hpp"
#include "mqtt/utf8.hpp"

#include <boost/crc.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace mq::broker {
namespace {

using mqtt::Bytes;
using State = ProxyParse::State;

constexpr std::string_view v1_signature = "PROXY ";
constexpr std::string_view v2_signature("\r\n\r\n\0\r\nQUIT\n", 12);

ProxyParse incomplete() {
    return {};
}
ProxyParse malformed(const char* reason) {
    return {State::malformed, {}, reason};
}
ProxyParse complete(ProxyHeader header) {
    return {State::complete, std::move(header), ""};
}

bool agrees(Bytes bytes, std::string_view signature) {
    const std::size_t n = std::min(bytes.size(), signature.size());
    return std::equal(
        bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(n), signature.begin(),
        [](std::uint8_t byte, char letter) { return byte == static_cast<std::uint8_t>(letter); });
}

// Version 1: one line of text, `PROXY TCP4 SOURCE TARGET SOURCE-PORT TARGET-PORT` CR LF.

/// Cuts the next word off, which ends with exactly one blank, or with the line.
std::string_view take_word(std::string_view& line) {
    const std::size_t blank = line.find(' ');
    const std::string_view word = line.substr(0, blank);
    line.remove_prefix(blank == std::string_view::npos ? line.size() : blank + 1);
    return word;
}

/// The numeric form; nothing when it is no address of the family that the line names.
std::optional<std::string> address_of_family(std::string_view text, bool ipv6) {
    const bool has_colon = text.find(':') != std::string_view::npos;
    return has_colon == ipv6 ? numeric_address(text) : std::nullopt;
}

/// `line` begins behind `PROXY ` and ends before CR and LF.
ProxyParse parse_v1_line(std::string_view line, ProxyHeader header) {
    const std::string_view family = take_word(line);
    if (family == "UNKNOWN") {
        return complete(std::move(header));
    }
    if (family != "TCP4" && family != "TCP6") {
        return malformed("the PROXY header names neither TCP4, TCP6 nor UNKNOWN");
    }
    const bool ipv6 = family == "TCP6";
    auto source = address_of_family(take_word(line), ipv6);
    const auto target = address_of_family(take_word(line), ipv6);
    if (!source || !target) {
        return malformed("the PROXY header has a malformed address");
    }
    const auto source_port = read_port(take_word(line));
    const auto target_port = read_port(line);
    if (!source_port || !target_port) {
        return malformed("the PROXY header has a malformed port");
    }
    header.address = std::move(*source);
    header.port = *source_port;
    return complete(std::move(header));
}

ProxyParse parse_v1(Bytes bytes) {
    const auto searched = bytes.first(std::min(bytes.size(), proxy_v1_bytes_max));
    const std::string_view text(reinterpret_cast<const char*>(searched.data()), searched.size());
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) {
        return text.size() < proxy_v1_bytes_max
                   ? incomplete()
                   : malformed("the PROXY header of version 1 has no end");
    }
    if (text[end - 1] != '\r') {
        return malformed("the PROXY header of version 1 does not end with CR and LF");
    }
    ProxyHeader header;
    header.version = 1;
    header.size = end + 1;
    return parse_v1_line(text.substr(v1_signature.size(), end - 1 - v1_signature.size()),
                         std::move(header));
}

// Version 2: signature, version and command, family, length, addresses, then TLVs.

constexpr std::size_t v2_fixed_bytes = 16;
constexpr std::uint8_t command_local = 0;
constexpr std::uint8_t command_proxy = 1;
constexpr std::uint8_t transport_max = 2;  ///< unspecified, stream, datagram

enum class Family : std::uint8_t { unspecified, ipv4, ipv6, unix_socket };

constexpr std::uint8_t tlv_crc32c = 0x03;
constexpr std::uint8_t tlv_tls = 0x20;
constexpr std::uint8_t tlv_tls_common_name = 0x22;
constexpr std::uint8_t client_uses_tls = 0x01;
constexpr std::uint8_t client_showed_certificate = 0x02 | 0x04;  ///< now, or in this TLS session

std::size_t big_endian16(Bytes bytes) {
    return static_cast<std::size_t>(bytes[0]) << 8U | bytes[1];
}
std::uint32_t big_endian32(Bytes bytes) {
    return static_cast<std::uint32_t>(big_endian16(bytes) << 16U | big_endian16(bytes.subspan(2)));
}

/// Bytes of both addresses and ports.
std::size_t address_bytes(Family family) {
    constexpr std::array<std::size_t, 4> sizes{0, 12, 36, 216};
    return sizes.at(static_cast<std::size_t>(family));
}

void read_addresses(Bytes block, Family family, ProxyHeader& header) {
    if (family == Family::ipv4 || family == Family::ipv6) {
        const std::size_t size = family == Family::ipv4 ? 4 : 16;
        header.address = numeric_address(block.first(size));
        header.port = static_cast<std::uint16_t>(big_endian16(block.subspan(2 * size)));
    }
}

/// CRC-32C of the whole header, with zeros in the place of the checksum itself.
std::uint32_t checksum(Bytes header, Bytes place) {
    boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true> crc;
    constexpr std::array<std::uint8_t, 4> zeros{};
    const auto before = static_cast<std::size_t>(place.data() - header.data());
    const Bytes after = header.subspan(before + zeros.size());
    crc.process_bytes(header.data(), before);
    crc.process_bytes(zeros.data(), zeros.size());
    crc.process_bytes(after.data(), after.size());
    return crc.checksum();
}

struct Tlv {
    std::uint8_t type = 0;
    Bytes value;
};

/// Takes the next one off; nothing when its length passes the end.
std::optional<Tlv> take_tlv(Bytes& rest) {
    constexpr std::size_t head = 3;
    if (rest.size() < head || rest.size() - head < big_endian16(rest.subspan(1))) {
        return std::nullopt;
    }
    const std::size_t size = big_endian16(rest.subspan(1));
    const Tlv tlv{rest[0], rest.subspan(head, size)};
    rest = rest.subspan(head + size);
    return tlv;
}

constexpr const char* bad_tlv = "a field of the PROXY header passes its end";

/// Null, or what is wrong.
const char* read_tls(Bytes value, ProxyHeader& header) {
    constexpr std::size_t head = 5;  // bits, then the result of the verification
    if (value.size() < head) {
        return "the TLS field of the PROXY header is too short";
    }
    const std::uint8_t client = value[0];
    header.tls = (client & client_uses_tls) != 0;
    const bool verified = (client & client_showed_certificate) != 0 &&
                          big_endian32(value.subspan(1)) == 0 && header.tls;
    Bytes rest = value.subspan(head);
    while (!rest.empty()) {
        const auto tlv = take_tlv(rest);
        if (!tlv) {
            return bad_tlv;
        }
        if (tlv->type != tlv_tls_common_name) {
            continue;
        }
        const std::string_view name(reinterpret_cast<const char*>(tlv->value.data()),
                                    tlv->value.size());
        if (header.common_name || !mqtt::is_valid_utf8(name)) {
            return "the PROXY header has a malformed common name";
        }
        if (verified) {
            header.common_name = name;
        }
    }
    return nullptr;
}

/// Null, or what is wrong. `whole` is the header, `rest` its part behind the addresses.
const char* read_tlvs(Bytes whole, Bytes rest, ProxyHeader& header) {
    bool seen_checksum = false;
    bool seen_tls = false;
    while (!rest.empty()) {
        const auto tlv = take_tlv(rest);
        if (!tlv) {
            return bad_tlv;
        }
        if ((tlv->type == tlv_crc32c && std::exchange(seen_checksum, true)) ||
            (tlv->type == tlv_tls && std::exchange(seen_tls, true))) {
            return "a field stands twice in the PROXY header";
        }
        if (tlv->type == tlv_crc32c &&
            (tlv->value.size() != 4 || big_endian32(tlv->value) != checksum(whole, tlv->value))) {
            return "the checksum of the PROXY header is wrong";
        }
        if (tlv->type == tlv_tls) {
            if (const char* wrong = read_tls(tlv->value, header)) {
                return wrong;
            }
        }
    }
    return nullptr;
}

/// What follows the fixed part of a header that has come whole, with the command PROXY.
ProxyParse parse_v2_body(Bytes whole, ProxyHeader header) {
    const std::uint8_t family_and_transport = whole[13];
    const auto family_number = static_cast<std::uint8_t>(family_and_transport >> 4U);
    if (family_number > static_cast<std::uint8_t>(Family::unix_socket) ||
        (family_and_transport & 0x0FU) > transport_max) {
        return malformed("the PROXY header has an unknown address family");
    }
    const auto family = static_cast<Family>(family_number);
    const Bytes block = whole.subspan(v2_fixed_bytes);
    if (block.size() < address_bytes(family)) {
        return malformed("the PROXY header is too short for its addresses");
    }
    read_addresses(block, family, header);
    const char* wrong = read_tlvs(whole, block.subspan(address_bytes(family)), header);
    return wrong == nullptr ? complete(std::move(header)) : malformed(wrong);
}

ProxyParse parse_v2(Bytes bytes) {
    if (bytes.size() < v2_fixed_bytes) {
        return incomplete();
    }
    const std::uint8_t version_and_command = bytes[12];
    const std::uint8_t command = version_and_command & 0x0FU;
    if (version_and_command >> 4U != 2) {
        return malformed("the PROXY header is of an unknown version");
    }
    if (command > command_proxy) {
        return malformed("the PROXY header has an unknown command");
    }
    ProxyHeader header;
    header.version = 2;
    header.size = v2_fixed_bytes + big_endian16(bytes.subspan(14));
    if (header.size > proxy_v2_bytes_max) {
        return malformed("the PROXY header is too long");
    }
    if (bytes.size() < header.size) {
        return incomplete();
    }
    if (command == command_local) {
        header.local = true;
        return complete(std::move(header));
    }
    const Bytes whole = bytes.first(header.size);
    return parse_v2_body(whole, std::move(header));
}

}  // namespace

bool may_be_proxy_header(Bytes bytes) {
    return agrees(bytes, v1_signature) || agrees(bytes, v2_signature);
}

ProxyParse parse_proxy_header(Bytes bytes) {
    if (!may_be_proxy_header(bytes)) {
        return malformed("no PROXY header");
    }
    if (bytes.size() > v1_signature.size() && agrees(bytes, v1_signature)) {
        return parse_v1(bytes);
    }
    return bytes.size() > v2_signature.size() ? parse_v2(bytes) : incomplete();
}

}  // namespace mq::broker
