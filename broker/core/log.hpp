#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>

namespace mq::broker {

/// Classes of log lines, as `log_type` of mosquitto.conf names them; one bit each.
enum class LogType : std::uint16_t {
    error = 1U << 0U,
    warning = 1U << 1U,
    notice = 1U << 2U,
    information = 1U << 3U,
    debug = 1U << 4U,
    subscribe = 1U << 5U,
    unsubscribe = 1U << 6U,
    websockets = 1U << 7U,
    internal = 1U << 8U,
};

using LogMask = std::uint16_t;

constexpr LogMask log_mask(LogType type) {
    return static_cast<LogMask>(type);
}
constexpr LogMask log_mask_default = 0x0FU;
constexpr LogMask log_mask_all = 0x1FFU;

/// Where the rooms of the broker put log lines. `line` never blocks and never fails; it may be
/// called from any thread. Callers ask `wants` first where making the text costs something.
class Log {
 public:
    virtual ~Log() = default;
    /// One line without timestamp and line end; a tab begins a continuation line.
    virtual void line(LogType type, std::string_view text) = 0;
    [[nodiscard]] bool wants(LogType type) const {
        return (mask_.load(std::memory_order_relaxed) & log_mask(type)) != 0;
    }

 protected:
    std::atomic<LogMask> mask_ = log_mask_default;  ///< changed by a reload while others ask
};

}  // namespace mq::broker
