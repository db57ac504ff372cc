#pragma once

#include "client/include/mosquitto/defs.h"

#include <new>

namespace mq::client {

/// Runs the body of a function of the C interface, which returns a number of `mosq_err_t`: nothing
/// that is thrown leaves it.
template <class Body>
int guarded(Body&& body) noexcept {
    try {
        return body();
    } catch (const std::bad_alloc&) {
        return MOSQ_ERR_NOMEM;
    } catch (...) {
        return MOSQ_ERR_UNKNOWN;
    }
}

}  // namespace mq::client
