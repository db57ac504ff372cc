#include "broker/config/nearest.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstdint>
#include <numeric>
#include <utility>

namespace mq::broker::config {
namespace {

/// No distance is smaller.
std::size_t length_difference(std::string_view left, std::string_view right) {
    return std::max(left.size(), right.size()) - std::min(left.size(), right.size());
}

}  // namespace

std::size_t edit_distance(std::string_view source, std::string_view target, std::size_t most) {
    // Three rows of the table of distances between prefixes: two are enough for inserting, leaving
    // out and replacing; swapping looks one row further back.
    assert(source.size() <= word_bytes_max && target.size() <= word_bytes_max);
    using Row = std::array<std::uint8_t, word_bytes_max + 1>;
    Row rows[3];
    Row *before = &rows[0], *last = &rows[1], *row = &rows[2];
    const std::size_t width = target.size() + 1;
    std::iota(last->begin(), last->begin() + static_cast<std::ptrdiff_t>(width), std::uint8_t{0});
    unsigned least_before = 0;
    for (std::size_t i = 1; i <= source.size(); ++i) {
        unsigned least = (*row)[0] = static_cast<std::uint8_t>(i);
        for (std::size_t j = 1; j < width; ++j) {
            unsigned cost = (*last)[j - 1] + (source[i - 1] == target[j - 1] ? 0U : 1U);
            cost = std::min({cost, (*last)[j] + 1U, (*row)[j - 1] + 1U});
            if (i > 1 && j > 1 && source[i - 1] == target[j - 2] &&
                source[i - 2] == target[j - 1]) {
                cost = std::min(cost, (*before)[j - 2] + 1U);
            }
            (*row)[j] = static_cast<std::uint8_t>(cost);
            least = std::min(least, cost);
        }
        if (std::min(least, least_before + 1) > most) {
            return most + 1;
        }
        least_before = least;
        std::swap(before, last);
        std::swap(last, row);
    }
    return (*last)[target.size()];
}

std::string_view nearest_name(std::string_view word, std::span<const std::string_view> names) {
    if (word.empty() || word.size() > word_bytes_max) {
        return {};
    }
    std::string_view best;
    std::size_t best_distance = word_bytes_max;
    for (const std::string_view name : names) {
        const std::size_t allowed =
            std::min(best_distance - 1, std::max<std::size_t>(1, name.size() / 3));
        if (length_difference(word, name) > allowed) {
            continue;
        }
        const std::size_t distance = edit_distance(word, name, allowed);
        if (distance == 0) {
            return name;
        }
        if (distance <= allowed) {
            best = name;
            best_distance = distance;
        }
    }
    return best;
}

}  // namespace mq::broker::config
