// Any bytes as a packet of each version and direction: what decodes can be encoded again, and that
// decodes to the same packet and is encoded the same way.
#include "fuzz/packet_input.hpp"
#include "mqtt/encode.hpp"
#include "support/packet_printer.hpp"

#include <cassert>

using namespace mq::mqtt;

namespace {

Buffer encoded(const Packet& packet, Version version) {
    Buffer bytes;
    encode(packet, version, bytes);
    return bytes;
}

void check_round_trip(const Packet& packet, PacketInput input) {
    const Buffer bytes = encoded(packet, input.version);
    const auto framing = cut_frame(bytes, bytes.size());
    assert(framing && framing->kind == Framing::Kind::packet);
    const auto again = decode(framing->frame, input.version, input.receiver);
    assert(again);
    assert(to_string(*again) == to_string(packet));
    assert(encoded(*again, input.version) == bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const PacketInput input = packet_inputs[data[0] % packet_inputs.size()];
    const auto framing = cut_frame({data + 1, size - 1}, size);
    if (framing && framing->kind == Framing::Kind::packet) {
        const auto packet = decode(framing->frame, input.version, input.receiver);
        if (packet) {
            check_round_trip(*packet, input);
        }
    }
    return 0;
}
