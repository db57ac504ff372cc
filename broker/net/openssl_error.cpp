#include "broker/net/openssl_error.hpp"

#include <openssl/err.h>

namespace mq::broker {

std::string take_openssl_reason() {
    // The first error is the cause, what follows says who passed it on.
    const char* reason = ERR_reason_error_string(ERR_peek_error());
    std::string text = reason != nullptr ? reason : "unknown reason";
    ERR_clear_error();
    return text;
}

}  // namespace mq::broker
