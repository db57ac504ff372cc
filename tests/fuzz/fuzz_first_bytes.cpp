// What a connection speaks: decided within so many bytes, once and for all, and a PROXY header is
// seen as one by both who look for it.
#include "broker/net/first_bytes.hpp"
#include "broker/net/proxy_protocol.hpp"

#include <algorithm>
#include <cassert>

using namespace mq::broker;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const mq::mqtt::Bytes bytes(data, std::min<std::size_t>(size, 64));
    FirstBytes before = FirstBytes::undecided;
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
        const FirstBytes now = look_at_first_bytes(bytes.first(cut));
        assert(before == FirstBytes::undecided || now == before);
        assert(now != FirstBytes::undecided || cut < first_bytes_max);
        assert(now != FirstBytes::proxy || may_be_proxy_header(bytes.first(cut)));
        before = now;
    }
    return 0;
}
