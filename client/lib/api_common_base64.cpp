/// Base64, the strict kind that the password file uses.

#include "broker/auth/base64.hpp"
#include "client/include/mosquitto/libcommon_base64.h"
#include "client/lib/c_memory.hpp"
#include "client/lib/guarded.hpp"

#include <limits>

using namespace mq::client;

namespace {

constexpr int failure = 1;

int zero_or_failure(int error) {
    return error == MOSQ_ERR_SUCCESS ? 0 : failure;
}

}  // namespace

int mosquitto_base64_encode(const unsigned char* in, size_t in_len, char** encoded) {
    if ((in == nullptr && in_len > 0) || encoded == nullptr) {
        return failure;
    }
    return zero_or_failure(guarded([&] {
        const std::string_view bytes(reinterpret_cast<const char*>(in), in_len);
        *encoded = c_copy(mq::broker::base64_encode(bytes, mq::broker::Padding::with)).release();
        return MOSQ_ERR_SUCCESS;
    }));
}

int mosquitto_base64_decode(const char* in, unsigned char** decoded, unsigned int* decoded_len) {
    if (in == nullptr || decoded == nullptr || decoded_len == nullptr) {
        return failure;
    }
    return zero_or_failure(guarded([&] {
        const auto bytes = mq::broker::base64_decode(in, mq::broker::Padding::with);
        if (!bytes || bytes->size() > std::numeric_limits<unsigned int>::max()) {
            return MOSQ_ERR_INVAL;
        }
        *decoded = reinterpret_cast<unsigned char*>(c_copy(*bytes).release());
        *decoded_len = static_cast<unsigned int>(bytes->size());
        return MOSQ_ERR_SUCCESS;
    }));
}
