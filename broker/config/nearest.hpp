#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace mq::broker::config {

inline constexpr std::size_t word_bytes_max = 64;

/// How many letters to insert, leave out, replace or swap with their neighbour to make `target` of
/// `source`, both of 64 bytes at most; what is more than `most` may be told as `most` + 1.
std::size_t edit_distance(std::string_view source, std::string_view target,
                          std::size_t most = word_bytes_max);

/// The known name that `word` was probably meant to be: the one at the smallest distance, if that
/// is at most a third of its length; else empty. Words above `word_bytes_max` have no neighbour.
std::string_view nearest_name(std::string_view word, std::span<const std::string_view> names);

}  // namespace mq::broker::config
