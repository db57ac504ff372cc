#include "broker/net/heap_trim.hpp"

#include <malloc.h>

namespace mq::broker {

void HeapTrim::run(std::size_t held_bytes) {
    peak_ = held_bytes;
    due_ = never;
    ::malloc_trim(0);
}

}  // namespace mq::broker
