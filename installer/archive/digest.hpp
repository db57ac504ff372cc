#pragma once

#include "base/problem.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace mq::installer {

/// SHA-256 of bytes that come in parts. One use: after `hex` it is spent.
class Digest {
 public:
    Digest();
    ~Digest();
    Digest(Digest&&) noexcept;
    Digest& operator=(Digest&&) noexcept;

    void add(std::string_view bytes);
    /// 64 lower-case hexadecimal digits.
    [[nodiscard]] std::string hex();

 private:
    struct State;
    std::unique_ptr<State> state_;
};

Outcome<std::string> digest_of_file(const std::filesystem::path& path);

/// Of `length` bytes from `offset` of an open file; the file position is not used.
Outcome<std::string> digest_of_range(int fd, std::uint64_t offset, std::uint64_t length);

}  // namespace mq::installer
