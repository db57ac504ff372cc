/// Clocks.

#include "client/include/mosquitto/libcommon_time.h"

namespace {

/// The clock of the time since start-up goes on during sleep, as keep alive does at the other end;
/// old kernels and some containers have the monotonic one only.
clockid_t choose_clock() {
    struct timespec now {};
    return clock_gettime(CLOCK_BOOTTIME, &now) == 0 ? CLOCK_BOOTTIME : CLOCK_MONOTONIC;
}

clockid_t chosen_clock() {
    static const clockid_t clock = choose_clock();
    return clock;
}

}  // namespace

void mosquitto_time_init(void) {
    chosen_clock();
}

time_t mosquitto_time(void) {
    struct timespec now {};
    clock_gettime(chosen_clock(), &now);
    return now.tv_sec;
}

void mosquitto_time_ns(time_t* s, long* ns) {
    struct timespec now {};
    clock_gettime(CLOCK_REALTIME, &now);
    if (s != nullptr) {
        *s = now.tv_sec;
    }
    if (ns != nullptr) {
        *ns = now.tv_nsec;
    }
}

long mosquitto_time_cmp(time_t t1_s, long t1_ns, time_t t2_s, long t2_ns) {
    if (t1_s != t2_s) {
        return t1_s < t2_s ? -1 : 1;
    }
    return t1_ns == t2_ns ? 0 : t1_ns < t2_ns ? -1 : 1;
}
