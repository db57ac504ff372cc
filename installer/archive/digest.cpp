#include "installer/archive/digest.hpp"

#include "base/unique_fd.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace mq::installer {

struct Digest::State {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    ~State() { EVP_MD_CTX_free(context); }
};

Digest::Digest() : state_(std::make_unique<State>()) {
    [[maybe_unused]] const int ok = EVP_DigestInit_ex(state_->context, EVP_sha256(), nullptr);
    assert(ok == 1);
}

Digest::~Digest() = default;
Digest::Digest(Digest&&) noexcept = default;
Digest& Digest::operator=(Digest&&) noexcept = default;

void Digest::add(std::string_view bytes) {
    EVP_DigestUpdate(state_->context, bytes.data(), bytes.size());
}

std::string Digest::hex() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> raw{};
    unsigned int size = 0;
    EVP_DigestFinal_ex(state_->context, raw.data(), &size);
    assert(size == 32);
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (unsigned int i = 0; i < size; ++i) {
        text += digits[raw[i] >> 4];
        text += digits[raw[i] & 15];
    }
    return text;
}

Outcome<std::string> digest_of_file(const std::filesystem::path& path) {
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat facts {};
    if (!fd || ::fstat(fd.get(), &facts) != 0) {
        return system_problem("cannot read " + path.string(), errno);
    }
    auto digest = digest_of_range(fd.get(), 0, static_cast<std::uint64_t>(facts.st_size));
    if (!digest) {
        return Problem{path.string() + ": " + digest.error().what, ""};
    }
    return digest;
}

Outcome<std::string> digest_of_range(int fd, std::uint64_t offset, std::uint64_t length) {
    Digest digest;
    std::vector<char> part(std::size_t{1} << 16);
    while (length > 0) {
        const auto wanted = std::min<std::uint64_t>(length, part.size());
        const ssize_t n = ::pread(fd, part.data(), wanted, static_cast<off_t>(offset));
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return system_problem("cannot read", errno);
        }
        if (n == 0) {
            return Problem{"the file became shorter while it was read", ""};
        }
        digest.add({part.data(), static_cast<std::size_t>(n)});
        offset += static_cast<std::uint64_t>(n);
        length -= static_cast<std::uint64_t>(n);
    }
    return digest.hex();
}

}  // namespace mq::installer
