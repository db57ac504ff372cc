// Any bytes as what a web server answers to the opening of a WebSocket, or as its frames: what
// comes in pieces means the same as what comes at once, and no more content comes out than came in.
#include "client/include/mosquitto/defs.h"
#include "client/lib/websocket_frames.hpp"
#include "client/lib/websocket_handshake.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <vector>

namespace {

using namespace mq::client;
using Bytes = std::span<const std::uint8_t>;

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

struct Opened {
    int error = 0;
    bool done = false;
    bool operator==(const Opened&) const = default;
};

Opened open(Bytes bytes, std::size_t piece) {
    constexpr std::array<std::uint8_t, 16> key = {};
    WebSocketHandshake handshake({"host", "/mqtt", "", 4096}, key);
    Opened opened;
    while (!bytes.empty() && opened.error == 0 && !handshake.done()) {
        const std::size_t size = std::min(bytes.size(), piece);
        opened.error = handshake.feed(bytes.first(size));
        bytes = bytes.subspan(size);
    }
    opened.done = handshake.done();
    return opened;
}

struct Unframed {
    std::vector<std::uint8_t> content;
    std::size_t answers = 0;  // bytes; their masks are by chance
    int error = 0;
    bool operator==(const Unframed&) const = default;
};

Unframed unframe(Bytes bytes, std::size_t piece) {
    WebSocketReader reader;
    Unframed result;
    while (!bytes.empty() && result.error == 0) {
        std::vector<std::uint8_t> answers;
        std::vector<std::uint8_t> part(
            bytes.begin(),
            bytes.begin() + static_cast<std::ptrdiff_t>(std::min(bytes.size(), piece)));
        bytes = bytes.subspan(part.size());
        const auto taken = reader.take(part, answers);
        require(taken.size <= part.size() && answers.size() <= 128 * (part.size() + 1));
        result.content.insert(result.content.end(), part.begin(),
                              part.begin() + static_cast<std::ptrdiff_t>(taken.size));
        result.answers += answers.size();
        result.error = taken.error;
    }
    return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Bytes bytes(data, size);
    // An answer that is too long is noticed wherever the bytes are cut, so only short ones compare.
    const Opened whole = open(bytes, size + 1);
    const Opened cut = open(bytes, 1);
    require(size > 4000 || whole == cut);
    const Unframed frames = unframe(bytes, size + 1);
    require(frames == unframe(bytes, 1));
    require(frames == unframe(bytes, 7));
    return 0;
}
