#pragma once

#include "base/problem.hpp"
#include "broker/auth/file_finding.hpp"
#include "broker/auth/psk_table.hpp"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mq::broker {

/// Largest file that is read.
constexpr std::size_t psk_file_bytes_max = std::size_t{8} << 20;
constexpr std::size_t psk_identities_max = 100'000;
/// What OpenSSL takes, in bytes.
constexpr std::size_t psk_identity_bytes_max = 256;
constexpr std::size_t psk_key_bytes_max = 512;

/// A file of pre-shared keys, read.
///
/// A line is `identity:key`, the key in hexadecimal digits. Blanks around both are not part of
/// them, and a further colon ends the key. Lines that begin with `#`, empty lines and lines without
/// a colon are no entries. Where an identity stands twice the later line counts. An odd number of
/// digits gets a zero in front, with a warning. A key that is missing, not hexadecimal or too long
/// is an error: nobody could know why the client fails.
struct PskFile {
    PskTable table;
    FileFindings findings;

    static PskFile parse(std::string_view text);
};

/// What reading the file brought.
struct LoadedPsk {
    std::shared_ptr<const PskTable> table;
    std::vector<std::string> warnings;  ///< lines passed over, mode and owner; for the log
};

/// Reads a file of keys, at the start and on SIGHUP. The problem's exit code is that of a start.
Outcome<LoadedPsk> load_psk_file(const std::filesystem::path& path);

}  // namespace mq::broker
