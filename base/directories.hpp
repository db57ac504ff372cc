#pragma once

#include "base/problem.hpp"

#include <filesystem>

namespace mq {

/// Makes a directory and those above it; the number that were missing. Problem with exit code 6.
Outcome<int> make_directories(const std::filesystem::path& directory);

/// Removes `count` directories upwards from `directory`, as long as they are empty.
void remove_directories(std::filesystem::path directory, int count);

}  // namespace mq
