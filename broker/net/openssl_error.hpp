#pragma once

#include <string>

namespace mq::broker {

/// What OpenSSL's error queue of this thread says, in words; the queue is empty afterwards.
std::string take_openssl_reason();

}  // namespace mq::broker
