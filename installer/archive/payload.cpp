#include "installer/archive/payload.hpp"

#include "base/file.hpp"
#include "installer/archive/digest.hpp"
#include "installer/exit_code.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mq::installer {
namespace {

constexpr std::string_view magic = "MQHOME1\n";
constexpr std::uint64_t footer_bytes = 24;
constexpr std::uint64_t digest_bytes = 32;
constexpr const char* list_name = "MANIFEST";

Problem damaged(const std::string& what) {
    return {what, "Nothing was changed.", "Fetch mqinstall again and compare its SHA-256.",
            to_int(ExitCode::bad_checksum)};
}

std::string little_endian(std::uint64_t value) {
    std::string bytes;
    for (int i = 0; i < 8; ++i) {
        bytes += static_cast<char>((value >> (8 * i)) & 0xff);
    }
    return bytes;
}

std::uint64_t from_little_endian(const char* bytes) {
    std::uint64_t value = 0;
    for (int i = 7; i >= 0; --i) {
        value = (value << 8) | static_cast<unsigned char>(bytes[i]);
    }
    return value;
}

/// Where the ELF image ends by its own section header table, 0 when this is no 64-bit ELF.
std::uint64_t image_end(int fd) {
    Elf64_Ehdr head{};
    if (::pread(fd, &head, sizeof head, 0) != static_cast<ssize_t>(sizeof head) ||
        std::memcmp(static_cast<const void*>(head.e_ident), ELFMAG, SELFMAG) != 0) {
        return 0;
    }
    return head.e_shoff + std::uint64_t{head.e_shnum} * head.e_shentsize;
}

std::string raw_digest(const std::string& hex) {
    std::string raw;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
        raw += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
    }
    return raw;
}

Outcome<void> append(int fd, std::string_view bytes) {
    if (::write(fd, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) {
        return system_problem("cannot write", errno);
    }
    return {};
}

/// Behind the image that `fd` holds already: tar, digest, footer.
Outcome<void> append_payload(int fd, const std::filesystem::path& root, const std::string& version,
                             std::uint64_t offset) {
    auto items = items_below(root, "");
    if (!items) {
        return items.error();
    }
    for (auto& item : *items) {
        item.modified = 0;
        item.mode = (item.mode & 0111U) != 0 ? 0755 : 0644;
    }
    FileList list;
    list.kind = "payload";
    list.facts["version"] = version;
    if (const auto packed = pack_with_list(list, list_name, std::move(*items), fd, 19); !packed) {
        return packed.error();
    }
    const auto end = static_cast<std::uint64_t>(::lseek(fd, 0, SEEK_END));
    const auto digest = digest_of_range(fd, 0, end);
    if (!digest) {
        return digest.error();
    }
    return append(fd, raw_digest(*digest) + std::string(magic) + little_endian(offset) +
                          little_endian(end - offset));
}

}  // namespace

Outcome<Payload> Payload::open(const std::filesystem::path& program) {
    UniqueFd fd(::open(program.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat facts {};
    if (!fd || ::fstat(fd.get(), &facts) != 0) {
        return system_problem("cannot read " + program.string(), errno);
    }
    const auto size = static_cast<std::uint64_t>(facts.st_size);
    const auto image = image_end(fd.get());
    if (image != 0 && size == image) {
        return Problem{"this mqinstall carries no programs to install", "Nothing was changed.",
                       "Use the mqinstall file that you downloaded; the one in bin/ can do all the "
                       "rest.",
                       to_int(ExitCode::preflight)};
    }
    std::array<char, footer_bytes> footer{};
    if (size < footer_bytes + digest_bytes ||
        ::pread(fd.get(), footer.data(), footer.size(), static_cast<off_t>(size - footer_bytes)) !=
            static_cast<ssize_t>(footer.size()) ||
        std::string_view(footer.data(), magic.size()) != magic) {
        return damaged("the programs behind this mqinstall are cut off or damaged");
    }
    archive::Slice slice{fd.get(), from_little_endian(footer.data() + 8),
                         from_little_endian(footer.data() + 16)};
    if (slice.offset > size || slice.length > size ||
        slice.offset + slice.length + digest_bytes + footer_bytes != size) {
        return damaged("the programs behind this mqinstall are cut off or damaged");
    }
    return Payload(std::move(fd), slice);
}

Outcome<FileList> Payload::verify() const {
    const auto end = slice_.offset + slice_.length;
    const auto digest = digest_of_range(fd_.get(), 0, end);
    if (!digest) {
        return digest.error();
    }
    std::array<char, digest_bytes> written{};
    if (::pread(fd_.get(), written.data(), written.size(), static_cast<off_t>(end)) !=
            static_cast<ssize_t>(written.size()) ||
        raw_digest(*digest) != std::string_view(written.data(), written.size())) {
        return damaged("the SHA-256 of this mqinstall is not the one that it was made with");
    }
    auto list = verify_list(slice_, list_name, "payload");
    if (list &&
        (!list->facts.contains("version") || !archive::is_safe_name(list->facts.at("version")) ||
         list->facts.at("version").find('/') != std::string::npos ||
         list->facts.at("version").front() == '.')) {
        return damaged("the payload names no usable version");
    }
    return list;
}

Outcome<void> Payload::unpack(const std::filesystem::path& directory) const {
    return archive::unpack(slice_, directory);
}

Outcome<void> write_payload(const std::filesystem::path& program, const std::filesystem::path& root,
                            const std::string& version, const std::filesystem::path& out) {
    const auto image = read_file(program, std::size_t{512} << 20);
    if (!image) {
        return image.error();
    }
    const std::string temporary = out.string() + ".new";
    const UniqueFd fd(::open(temporary.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0755));
    if (!fd) {
        return system_problem("cannot create " + temporary, errno);
    }
    auto written = append(fd.get(), *image);
    if (written) {
        written = append_payload(fd.get(), root, version, image->size());
    }
    if (written && (::fchmod(fd.get(), 0755) != 0 || ::fsync(fd.get()) != 0 ||
                    ::rename(temporary.c_str(), out.c_str()) != 0)) {
        written = system_problem("cannot write " + out.string(), errno);
    }
    if (!written) {
        ::unlink(temporary.c_str());
    }
    return written;
}

}  // namespace mq::installer
