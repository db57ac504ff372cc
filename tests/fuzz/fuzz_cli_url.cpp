// The values of -L and --proxy.
#include "client/cli/url.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto url = mq::cli::parse_broker_url(text)) {
        if (url->host.empty() || (url->port && (*url->port < 1 || *url->port > 65535)) ||
            (url->topic && !text.ends_with(*url->topic))) {
            std::abort();
        }
    }
    if (const auto url = mq::cli::parse_proxy_url(text); url && url->host.empty()) {
        std::abort();
    }
    return 0;
}
