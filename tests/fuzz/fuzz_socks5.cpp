// Any bytes as the answers of a SOCKS5 proxy: nothing is asked for beyond one reply, what comes in
// pieces means the same as what comes at once, and only a whole exchange counts as done.
#include "client/lib/socks5.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

namespace {

using mq::client::Socks5;
using Bytes = std::span<const std::uint8_t>;

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

struct Outcome {
    int error = 0;
    bool done = false;
    std::vector<std::uint8_t> sent;
    bool operator==(const Outcome&) const = default;
};

Outcome talk(Bytes bytes, std::size_t piece, bool with_login) {
    Socks5 proxy(
        {"proxy", 1080, with_login ? std::optional<std::string>("me") : std::nullopt, "key"},
        "broker.example", 1883);
    Outcome outcome;
    const auto take = [&] {
        const std::vector<std::uint8_t> out = proxy.take_output();
        outcome.sent.insert(outcome.sent.end(), out.begin(), out.end());
    };
    take();
    while (!bytes.empty() && outcome.error == 0 && !proxy.done()) {
        require(proxy.wanted() > 0 && proxy.wanted() <= 262);
        const std::size_t size = std::min({bytes.size(), piece, proxy.wanted()});
        outcome.error = proxy.feed(bytes.first(size));
        bytes = bytes.subspan(size);
        take();
    }
    outcome.done = proxy.done();
    return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Bytes bytes(data, size);
    for (const bool with_login : {false, true}) {
        const Outcome whole = talk(bytes, size + 1, with_login);
        require(whole == talk(bytes, 1, with_login));
        require(!whole.done || (whole.error == 0 && size >= 2 + 7));
    }
    return 0;
}
