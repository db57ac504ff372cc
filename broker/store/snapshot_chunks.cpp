#include "broker/store/snapshot_chunks.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <sys/stat.h>
#include <unistd.h>

namespace mq::broker {
namespace {

constexpr std::size_t file_head_size = 23;
constexpr std::size_t window_size = std::size_t{64} << 10;

std::uint32_t network_u32(const std::uint8_t* at) {
    return std::uint32_t{at[0]} << 24U | std::uint32_t{at[1]} << 16U | std::uint32_t{at[2]} << 8U |
           at[3];
}

/// The least content of a chunk, by type: what has no fixed length is empty.
bool is_long_enough(int version, std::uint32_t type, std::uint32_t length) {
    static constexpr std::array<std::uint32_t, 7> with_structs = {0, 16, 32, 16, 8, 12, 16};
    static constexpr std::array<std::uint32_t, 7> with_strings = {0, 10, 20, 17, 8, 5, 12};
    return length >= (version >= 5 ? with_structs : with_strings)[type];
}

}  // namespace

void SnapshotLosses::add(std::uint64_t place, const std::string& what) {
    if (++count_ <= named_max) {
        named_.push_back("byte " + std::to_string(place) + ": " + what);
    }
}

Outcome<SnapshotChunks> SnapshotChunks::open(int fd, std::string name) {
    SnapshotChunks chunks(fd, std::move(name));
    if (auto read = chunks.read_head(); !read) {
        return read.error();
    }
    return chunks;
}

Outcome<void> SnapshotChunks::read_head() {
    struct stat facts {};
    if (::fstat(fd_, &facts) != 0) {
        return system_problem("cannot read " + name_, errno);
    }
    size_ = static_cast<std::uint64_t>(std::max<off_t>(facts.st_size, 0));
    const mqtt::Bytes head = view(0, std::min<std::size_t>(size_, file_head_size));
    if (error_ != 0) {
        return system_problem("cannot read " + name_, error_);
    }
    const std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
    if (!text.starts_with(snapshot_magic)) {
        return Problem{name_ + " is no snapshot of Mosquitto: it does not begin like one", ""};
    }
    if (head.size() < file_head_size) {
        return Problem{name_ + " is cut off: a snapshot of Mosquitto has " +
                           std::to_string(file_head_size) + " bytes at least, this file has " +
                           std::to_string(head.size()),
                       ""};
    }
    const std::uint32_t version = network_u32(head.data() + snapshot_magic.size() + 4);
    if (version < version_min || version > version_max) {
        return Problem{name_ + " is a snapshot of Mosquitto of format " + std::to_string(version) +
                           "; this program reads formats " + std::to_string(version_min) + " to " +
                           std::to_string(version_max),
                       ""};
    }
    version_ = static_cast<int>(version);
    at_ = file_head_size;
    return {};
}

Outcome<void> SnapshotChunks::end() const {
    if (error_ != 0) {
        return system_problem("cannot read " + name_, error_);
    }
    return {};
}

std::optional<SnapshotChunk> SnapshotChunks::next(SnapshotLosses& losses) {
    while (at_ < size_ && error_ == 0) {
        view(at_, std::min<std::uint64_t>(head_size(), size_ - at_));
        if (pass_damage(losses)) {
            continue;
        }
        const auto head = head_at(at_);
        if (error_ != 0 || !head) {
            break;
        }
        SnapshotChunk chunk;
        chunk.place = at_;
        chunk.type = static_cast<SnapshotChunk::Type>(head->type);
        chunk.content = view(at_ + head_size(), head->length);
        if (error_ != 0) {
            break;
        }
        at_ = end_of(at_, *head);
        return chunk;
    }
    return std::nullopt;
}

/// Goes on to the next chunk that makes sense; false when it is the one here. A chunk that is
/// followed by nonsense may be longer or shorter than its head says: then another one may begin
/// inside it.
bool SnapshotChunks::pass_damage(SnapshotLosses& losses) {
    const bool good = begins_well(at_);
    std::uint64_t end = size_;
    if (good) {
        end = end_of(at_, *head_at(at_));
        if (end == size_ || begins_well(end)) {
            return false;
        }
    }
    const std::uint64_t found = search(at_ + 1);
    if (error_ != 0 || (good && found >= end)) {
        return false;
    }
    losses.add(at_, std::to_string(found - at_) + " bytes that hold no whole record");
    at_ = found;
    return true;
}

/// From a head that makes sense, and ends where another one does or the file ends; else the end.
std::uint64_t SnapshotChunks::search(std::uint64_t place) {
    for (; place < size_ && error_ == 0; ++place) {
        view(place, std::min<std::uint64_t>(head_size(), size_ - place));
        if (!begins_well(place)) {
            continue;
        }
        const std::uint64_t end = end_of(place, *head_at(place));
        if (end == size_ || begins_well(end)) {
            return place;
        }
    }
    return size_;
}

bool SnapshotChunks::begins_well(std::uint64_t place) {
    const auto head = head_at(place);
    return head && head->type >= 1 && head->type <= 6 &&
           head->length <= size_ - place - head_size() &&
           is_long_enough(version_, head->type, head->length);
}

std::optional<SnapshotChunks::Head> SnapshotChunks::head_at(std::uint64_t place) {
    const std::size_t size = head_size();
    if (place > size_ || size_ - place < size) {
        return std::nullopt;
    }
    std::array<std::uint8_t, 8> elsewhere{};
    const std::uint8_t* bytes = elsewhere.data();
    if (is_in_window(place, size)) {
        bytes = window_.data() + (place - window_at_);
    } else if (!read(place, elsewhere.data(), size)) {
        return std::nullopt;
    }
    if (version_ >= 5) {
        return Head{network_u32(bytes), network_u32(bytes + 4)};
    }
    return Head{std::uint32_t{bytes[0]} << 8U | bytes[1], network_u32(bytes + 2)};
}

/// Bytes that lie in the file as a whole; the window moves to them where it has to.
mqtt::Bytes SnapshotChunks::view(std::uint64_t place, std::size_t size) {
    if (!is_in_window(place, size)) {
        window_.resize(std::min<std::uint64_t>(std::max(size, window_size), size_ - place));
        window_at_ = place;
        if (!read(place, window_.data(), window_.size())) {
            window_.clear();
            return {};
        }
    }
    return mqtt::Bytes(window_).subspan(place - window_at_, size);
}

bool SnapshotChunks::is_in_window(std::uint64_t place, std::size_t size) const {
    return place >= window_at_ && place + size <= window_at_ + window_.size();
}

bool SnapshotChunks::read(std::uint64_t place, std::uint8_t* into, std::size_t size) {
    while (size > 0) {
        const ssize_t n = ::pread(fd_, into, size, static_cast<off_t>(place));
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            error_ = n < 0 ? errno : EIO;  // it has become shorter meanwhile
            return false;
        }
        into += n;
        place += static_cast<std::uint64_t>(n);
        size -= static_cast<std::size_t>(n);
    }
    return true;
}

}  // namespace mq::broker
