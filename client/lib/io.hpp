#pragma once

#include <cstddef>
#include <cstdint>

namespace mq::client {

/// What came of one try to read or write without waiting.
struct Io {
    enum class Status : std::uint8_t {
        done,        ///< `size` bytes went through, at least one
        wait_read,   ///< nothing can be done before the socket is readable
        wait_write,  ///< ... is writable
        failed,      ///< the connection is over, see `error`
    };
    Status status = Status::failed;
    std::size_t size = 0;
    int error = 0;  ///< MOSQ_ERR_; with MOSQ_ERR_ERRNO the reason is in errno

    static Io done(std::size_t bytes) { return {Status::done, bytes, 0}; }
    static Io wait_read() { return {Status::wait_read, 0, 0}; }
    static Io wait_write() { return {Status::wait_write, 0, 0}; }
    static Io failed(int code) { return {Status::failed, 0, code}; }
    [[nodiscard]] bool ok() const { return status == Status::done; }
    [[nodiscard]] bool waits() const {
        return status == Status::wait_read || status == Status::wait_write;
    }
};

}  // namespace mq::client
