#include "broker/config/nearest.hpp"

#include <algorithm>
#include <vector>

namespace mq::broker::config {
namespace {

constexpr std::size_t word_bytes_max = 64;

/// No distance is smaller.
std::size_t length_difference(std::string_view left, std::string_view right) {
    return std::max(left.size(), right.size()) - std::min(left.size(), right.size());
}

}  // namespace

std::size_t edit_distance(std::string_view source, std::string_view target) {
    // Three rows of the table of distances between prefixes: two are enough for inserting, leaving
    // out and replacing; swapping looks one row further back.
    const std::size_t width = target.size() + 1;
    std::vector<std::size_t> before(width), last(width), row(width);
    for (std::size_t j = 0; j < width; ++j) {
        last[j] = j;
    }
    for (std::size_t i = 1; i <= source.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j < width; ++j) {
            const std::size_t replaced = last[j - 1] + (source[i - 1] == target[j - 1] ? 0 : 1);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
            if (i > 1 && j > 1 && source[i - 1] == target[j - 2] &&
                source[i - 2] == target[j - 1]) {
                row[j] = std::min(row[j], before[j - 2] + 1);
            }
        }
        before.swap(last);
        last.swap(row);
    }
    return last[target.size()];
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
        const std::size_t distance = edit_distance(word, name);
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
