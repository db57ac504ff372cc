// PROXY headers: once bytes are no header, none that follow make them one; a header that is right
// is found at its last byte and nowhere else, and says nothing that could not be used.
#include "broker/config/address_range.hpp"
#include "broker/net/proxy_protocol.hpp"

#include <algorithm>
#include <cassert>

using namespace mq::broker;
using State = ProxyParse::State;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const mq::mqtt::Bytes bytes(data, size);
    const ProxyParse whole = parse_proxy_header(bytes);
    if (whole.state == State::complete) {
        const ProxyHeader& header = whole.header;
        assert(header.size <= size && header.size <= proxy_v2_bytes_max);
        assert(header.version == 1 || header.version == 2);
        assert(header.address.empty() || AddressRange::parse(header.address));
        assert(!header.common_name || header.tls);
    }
    const std::size_t cuts = std::min<std::size_t>(size, 600);
    for (std::size_t cut = 0; cut < cuts; ++cut) {
        const ProxyParse part = parse_proxy_header(bytes.first(cut));
        switch (part.state) {
            case State::incomplete:
                break;
            case State::complete:
                assert(whole.state == State::complete && whole.header == part.header);
                assert(cut >= part.header.size);
                break;
            case State::malformed:
                assert(whole.state == State::malformed);
                break;
        }
        assert(whole.state != State::complete || cut >= whole.header.size ||
               part.state == State::incomplete);
    }
    return 0;
}
