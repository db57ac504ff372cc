// A stream that comes in chunks gives the same packets and the same end as one that comes whole.
// The first byte of the input is the seed of the chunk sizes.
#include "mqtt/framer.hpp"

#include <algorithm>
#include <cassert>
#include <optional>
#include <vector>

using namespace mq::mqtt;

namespace {

constexpr std::size_t packet_bytes_max = 1000;

/// Where a packet lies in the stream.
struct Place {
    std::size_t at;
    std::size_t size;
    const std::uint8_t* body;
    bool operator==(const Place&) const = default;
};

/// Takes packets off the stream as far as it has come.
class Cutter {
 public:
    explicit Cutter(Bytes stream) : stream_(stream) {}

    void come(std::size_t size) {
        came_ += size;
        while (!error && cut_one()) {
        }
    }
    [[nodiscard]] std::size_t left() const { return stream_.size() - came_; }

    std::vector<Place> places;
    std::optional<ReasonCode> error;

 private:
    bool cut_one() {
        const Bytes rest = stream_.subspan(taken_, came_ - taken_);
        const auto framing = cut_frame(rest, packet_bytes_max);
        if (!framing) {
            error = framing.error();
            return false;
        }
        if (framing->kind == Framing::Kind::incomplete) {
            assert(framing->needed == 0 || framing->needed > rest.size());
            assert(needed_ == 0 || framing->needed == needed_);
            needed_ = framing->needed;
            return false;
        }
        const Frame& frame = framing->frame;
        assert(needed_ == 0 || needed_ == frame.size);
        needed_ = 0;
        places.push_back({taken_, frame.size, frame.body.data()});
        taken_ += frame.size;
        return true;
    }

    Bytes stream_;
    std::size_t came_ = 0;
    std::size_t taken_ = 0;
    std::size_t needed_ = 0;  ///< that the framer told of the packet at the front
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const Bytes stream(data + 1, size - 1);
    Cutter whole(stream);
    whole.come(stream.size());

    Cutter chunked(stream);
    std::uint32_t random = data[0];
    while (chunked.left() > 0) {
        random = random * 1'103'515'245U + 12'345U;
        chunked.come(std::min<std::size_t>(chunked.left(), 1 + (random >> 16U) % 8U));
    }
    assert(chunked.places == whole.places);
    assert(chunked.error == whole.error);
    return 0;
}
