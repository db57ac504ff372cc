// Any bytes as messages of a SCRAM client, one a line: what is understood is a part of the message,
// and nobody is let in who does not know the password.
#include "broker/auth/scram_keys.hpp"
#include "broker/auth/scram_message.hpp"
#include "broker/auth/scram_server.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

using namespace mq::broker;

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

bool lies_within(std::string_view part, std::string_view whole) {
    return part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size();
}

void parse(std::string_view message) {
    if (const auto first = parse_scram_client_first(message)) {
        require(first->gs2_header.size() + first->bare.size() == message.size());
        require(check_scram_text(first->user, "").has_value());
        require(lies_within(first->nonce, message) && !first->nonce.empty());
    } else {
        require(!first.error().what.empty());
    }
    if (const auto last = parse_scram_client_final(message)) {
        require(message.starts_with(last->without_proof));
        require(lies_within(last->nonce, last->without_proof) && !last->nonce.empty());
        require(last->proof.size() == scram_key_bytes);
    } else {
        require(!last.error().what.empty());
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view rest(reinterpret_cast<const char*>(data), size);
    ScramServer server("%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0", [](std::string_view) {
        return ScramAccount{"0123456789abcdef", 4096, std::string(scram_key_bytes, 's'),
                            std::string(scram_key_bytes, 'v'), true};
    });
    while (!rest.empty()) {
        const std::string_view message = rest.substr(0, rest.find('\n'));
        parse(message);
        static_cast<void>(server.step(message));
        require(!server.accepted());
        rest.remove_prefix(std::min(rest.size(), message.size() + 1));
    }
    return 0;
}
