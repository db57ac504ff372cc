#pragma once

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <string_view>

/// Memory that a program gets from the library and releases by free(3).
namespace mq::client {

struct FreeMemory {
    void operator()(void* memory) const { std::free(memory); }
};

template <class T>
using CMemory = std::unique_ptr<T, FreeMemory>;

/// `size` bytes, and room for a zero byte behind them.
/// Throws std::bad_alloc, as do the others.
inline CMemory<char> c_bytes(std::size_t size) {
    CMemory<char> memory(static_cast<char*>(std::malloc(size + 1)));
    if (!memory) {
        throw std::bad_alloc();
    }
    memory.get()[size] = '\0';
    return memory;
}

/// A copy with a zero byte behind it.
inline CMemory<char> c_copy(std::string_view text) {
    CMemory<char> memory = c_bytes(text.size());
    if (!text.empty()) {
        std::memcpy(memory.get(), text.data(), text.size());
    }
    return memory;
}

/// What a C string holds; nothing for a null pointer.
inline std::string_view view_of(const char* text) {
    return text == nullptr ? std::string_view() : std::string_view(text);
}

}  // namespace mq::client
