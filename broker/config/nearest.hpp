#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace mq::broker::config {

/// How many letters to insert, leave out, replace or swap with their neighbour to make `target` of
/// `source`.
std::size_t edit_distance(std::string_view source, std::string_view target);

/// The known name that `word` was probably meant to be: the one at the smallest distance, if that
/// is at most a third of its length; else empty. Words above 64 bytes have no neighbour.
std::string_view nearest_name(std::string_view word, std::span<const std::string_view> names);

}  // namespace mq::broker::config
