#pragma once

namespace mq::bench {

/// Marks what is the broker's work, for callgrind: with `--collect-atstart=no` only instructions
/// between construction and destruction are counted. Costs a few instructions without it. Never one
/// within another.
class Metered {
 public:
    Metered();
    ~Metered();
    Metered(const Metered&) = delete;
    Metered& operator=(const Metered&) = delete;
};

/// Forgets what callgrind has counted so far.
void meter_reset();
/// Has callgrind write what it has counted since then to a file of its own, under this name.
void meter_report(const char* name);

}  // namespace mq::bench
