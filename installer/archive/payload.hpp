#pragma once

#include "base/problem.hpp"
#include "base/unique_fd.hpp"
#include "installer/archive/archive.hpp"
#include "installer/archive/file_list.hpp"

#include <filesystem>
#include <string>

namespace mq::installer {

/// The programs that a self-unpacking mqinstall carries behind its own ELF image:
///
///     ELF image
///     tar in zstd: MANIFEST (a FileList of kind "payload", fact "version"), then bin/ lib/ ...
///     32 bytes  SHA-256 of all bytes above
///     24 bytes  footer: "MQHOME1\n", offset of the tar, length of the tar (64 bit little-endian)
///
/// The footer is at the end because that is the one place found without knowing the ELF image; the
/// digest before it catches a flipped byte anywhere, the image included. `strip` removes all of it.
class Payload {
 public:
    /// Of this very program by default. Problem with exit code 6 when it carries nothing, and 5
    /// when bytes follow the ELF image, but are not a whole payload. Reads the footer only.
    static Outcome<Payload> open(const std::filesystem::path& program = "/proc/self/exe");

    /// Checks every byte against the digest and every member against the MANIFEST; writes nothing.
    /// Problem with exit code 5.
    [[nodiscard]] Outcome<FileList> verify() const;

    /// Unpacks below `directory`, which must exist and be empty. Call `verify` first.
    [[nodiscard]] Outcome<void> unpack(const std::filesystem::path& directory) const;

    /// Size of the packed payload.
    [[nodiscard]] std::uint64_t packed_bytes() const { return slice_.length; }

 private:
    Payload(UniqueFd fd, archive::Slice slice) : fd_(std::move(fd)), slice_(slice) {}
    UniqueFd fd_;
    archive::Slice slice_;
};

/// Writes `program`, and behind it the tree below `root` as payload of this version, to `out`
/// (mode 0755). The same input gives the same bytes.
Outcome<void> write_payload(const std::filesystem::path& program, const std::filesystem::path& root,
                            const std::string& version, const std::filesystem::path& out);

}  // namespace mq::installer
