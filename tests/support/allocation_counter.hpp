#pragma once

#include <cstddef>

/// How often operator new was called in this program so far, by any thread. A program that links
/// allocation_counter.cpp gets a counting operator new.
namespace mq {

std::size_t allocation_count();

/// Bytes that are allocated by operator new now, with what malloc adds to each block.
std::size_t allocated_bytes();

}  // namespace mq
