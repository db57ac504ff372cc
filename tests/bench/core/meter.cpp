#include "bench/core/meter.hpp"

#pragma GCC diagnostic ignored "-Wold-style-cast"  // in the macros
#include <valgrind/callgrind.h>

namespace mq::bench {

Metered::Metered() {
    CALLGRIND_TOGGLE_COLLECT;
}

Metered::~Metered() {
    CALLGRIND_TOGGLE_COLLECT;
}

void meter_reset() {
    CALLGRIND_ZERO_STATS;
}

void meter_report(const char* name) {
    CALLGRIND_DUMP_STATS_AT(name);
}

}  // namespace mq::bench
