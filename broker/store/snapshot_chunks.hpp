#pragma once

#include "base/problem.hpp"
#include "mqtt/packet.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mq::broker {

/// The first bytes of a snapshot of Mosquitto.
inline constexpr std::string_view snapshot_magic("\x00\xB5\x00mosquitto db", 15);

/// What of a snapshot could not be read: how much, and where.
class SnapshotLosses {
 public:
    /// More than these are counted, not named.
    static constexpr std::size_t named_max = 20;

    void add(std::uint64_t place, const std::string& what);
    [[nodiscard]] std::size_t count() const { return count_; }
    /// "byte 123: what", in the order of the file.
    [[nodiscard]] const std::vector<std::string>& named() const { return named_; }

 private:
    std::size_t count_ = 0;
    std::vector<std::string> named_;
};

struct SnapshotChunk {
    enum class Type : std::uint8_t {
        configuration = 1,
        message = 2,
        queued = 3,
        retained = 4,
        subscription = 5,
        client = 6,
    };
    Type type = Type::configuration;
    std::uint64_t place = 0;  ///< of its head in the file
    mqtt::Bytes content;
};

/// The chunks of a snapshot that Mosquitto has written, one after another. Only a window of the
/// file is in memory, as large as its largest chunk; no length in the file makes it larger than the
/// file itself.
///
/// File: 15 bytes magic, u32 checksum that is always 0, u32 format version; then chunks. Numbers of
/// this frame are in network order. The head of a chunk is u32 type and u32 length of the content;
/// in formats 3 and 4 the type is an u16.
///
/// Where a head makes no sense, the next place is searched from which the heads do again; what lies
/// between is lost, and said.
class SnapshotChunks {
 public:
    static constexpr int version_min = 3;  ///< Mosquitto 1.0
    static constexpr int version_max = 6;  ///< Mosquitto 2.0

    /// Reads the head of the file. `fd` stays the caller's, and open meanwhile; `name` is for
    /// problems.
    static Outcome<SnapshotChunks> open(int fd, std::string name);

    [[nodiscard]] int version() const { return version_; }
    [[nodiscard]] const std::string& name() const { return name_; }

    /// The next chunk, whose content holds until the next call; empty at the end, and when the file
    /// cannot be read.
    std::optional<SnapshotChunk> next(SnapshotLosses& losses);
    /// Why the file could not be read to its end, if so.
    [[nodiscard]] Outcome<void> end() const;

 private:
    struct Head {
        std::uint32_t type = 0;
        std::uint32_t length = 0;
    };

    SnapshotChunks(int fd, std::string name) : fd_(fd), name_(std::move(name)) {}

    Outcome<void> read_head();
    [[nodiscard]] std::size_t head_size() const { return version_ >= 5 ? 8 : 6; }
    [[nodiscard]] std::uint64_t end_of(std::uint64_t place, const Head& head) const {
        return place + head_size() + head.length;
    }
    mqtt::Bytes view(std::uint64_t place, std::size_t size);
    [[nodiscard]] bool is_in_window(std::uint64_t place, std::size_t size) const;
    bool read(std::uint64_t place, std::uint8_t* into, std::size_t size);
    std::optional<Head> head_at(std::uint64_t place);
    bool begins_well(std::uint64_t place);
    std::uint64_t search(std::uint64_t place);
    bool pass_damage(SnapshotLosses& losses);

    int fd_;
    std::string name_;
    int version_ = version_max;
    std::uint64_t size_ = 0;
    std::uint64_t at_ = 0;
    int error_ = 0;

    std::vector<std::uint8_t> window_;
    std::uint64_t window_at_ = 0;
};

}  // namespace mq::broker
