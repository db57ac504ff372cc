/// Memory with a count and a limit.

#include "client/include/mosquitto/libcommon_memory.h"

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <malloc.h>

namespace {

std::atomic<std::size_t> used{0};
std::atomic<std::size_t> most_used{0};
std::atomic<std::size_t> limit{0};

/// Counts `size` bytes if the limit allows them.
bool take(std::size_t size) {
    const std::size_t most = limit.load(std::memory_order_relaxed);
    std::size_t before = used.load(std::memory_order_relaxed);
    std::size_t after = 0;
    do {
        after = before + size;
        if (after < before || (most != 0 && after > most)) {
            return false;
        }
    } while (!used.compare_exchange_weak(before, after, std::memory_order_relaxed));
    std::size_t highest = most_used.load(std::memory_order_relaxed);
    while (highest < after &&
           !most_used.compare_exchange_weak(highest, after, std::memory_order_relaxed)) {
    }
    return true;
}

/// Memory of plain malloc() may be given back here, too: then the count stops at zero.
void give_back(std::size_t size) {
    std::size_t before = used.load(std::memory_order_relaxed);
    while (!used.compare_exchange_weak(before, before > size ? before - size : 0,
                                       std::memory_order_relaxed)) {
    }
}

bool would_exceed(std::size_t size) {
    const std::size_t most = limit.load(std::memory_order_relaxed);
    const std::size_t now = used.load(std::memory_order_relaxed);
    return most != 0 && (size > most || now > most - size);
}

/// Counts what the allocator gave; gives it back when that is more than the limit allows.
void* counted(void* memory) {
    if (memory != nullptr && !take(malloc_usable_size(memory))) {
        std::free(memory);
        return nullptr;
    }
    return memory;
}

}  // namespace

void* mosquitto_calloc(size_t nmemb, size_t size) {
    if (size != 0 && nmemb > std::numeric_limits<std::size_t>::max() / size) {
        return nullptr;
    }
    return would_exceed(nmemb * size) ? nullptr : counted(std::calloc(nmemb, size));
}

void* mosquitto_malloc(size_t size) {
    return would_exceed(size) ? nullptr : counted(std::malloc(size));
}

void* mosquitto_realloc(void* ptr, size_t size) {
    const std::size_t before = ptr == nullptr ? 0 : malloc_usable_size(ptr);
    if (size > before && would_exceed(size - before)) {
        return nullptr;
    }
    void* memory = std::realloc(ptr, size);
    if (memory == nullptr && size > 0) {
        return nullptr;
    }
    // The block has moved, so it can be refused no more: the few bytes of rounding go over the
    // limit.
    const std::size_t after = memory == nullptr ? 0 : malloc_usable_size(memory);
    give_back(before);
    if (!take(after)) {
        used.fetch_add(after, std::memory_order_relaxed);
    }
    return memory;
}

char* mosquitto_strdup(const char* s) {
    return s == nullptr ? nullptr : mosquitto_strndup(s, std::strlen(s));
}

char* mosquitto_strndup(const char* s, size_t n) {
    if (s == nullptr) {
        return nullptr;
    }
    const std::size_t size = strnlen(s, n);
    auto* copy = static_cast<char*>(mosquitto_malloc(size + 1));
    if (copy != nullptr) {
        std::memcpy(copy, s, size);
        copy[size] = '\0';
    }
    return copy;
}

void mosquitto_free(void* mem) {
    if (mem != nullptr) {
        give_back(malloc_usable_size(mem));
        std::free(mem);
    }
}

void mosquitto_memory_set_limit(size_t lim) {
    limit.store(lim, std::memory_order_relaxed);
}

unsigned long mosquitto_memory_used(void) {
    return used.load(std::memory_order_relaxed);
}

unsigned long mosquitto_max_memory_used(void) {
    return most_used.load(std::memory_order_relaxed);
}
