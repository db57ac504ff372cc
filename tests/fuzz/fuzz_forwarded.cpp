// Headers about a request's sender: whatever they hold, what is found is an address that can be
// compared and printed, and only a trusted proxy gets anything believed. The first byte chooses the
// header.
#include "broker/net/forwarded.hpp"

#include <cassert>

using namespace mq::broker;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    static const TrustedProxies trusted({"10.0.0.0/8", "2001:db8::/32"});
    const std::string_view value(reinterpret_cast<const char*>(data) + 1, size - 1);
    ForwardedHeaders headers;
    switch (data[0] % 3) {
        case 0:
            headers.x_forwarded_for = value;
            break;
        case 1:
            headers.forwarded = value;
            break;
        default:
            headers.x_real_ip = value;
    }
    const auto found = forwarded_address(headers, "10.0.0.1", trusted);
    if (found) {
        assert(numeric_address(found->address) == found->address);
        assert(AddressRange::parse(found->address));
    }
    assert(!forwarded_address(headers, "192.0.2.1", trusted));
    return 0;
}
