#pragma once

#include "base/problem.hpp"
#include "base/unique_fd.hpp"
#include "broker/core/log.hpp"

#include <atomic>
#include <memory>
#include <string>

struct ssl_ctx_st;

namespace mq::broker {

/// `--tls-keylog`: a file with the secrets of every TLS connection, in the NSS key log format, by
/// which who has captured the traffic can read it. For debugging. One for the process; may be used
/// from several threads.
///
/// The file is appended to, a line at a time, and readable by its owner alone, whatever it was
/// before; a symbolic link is not followed. What cannot be written is said once.
class TlsKeylog {
 public:
    /// The problem's exit code is 1.
    static Outcome<std::unique_ptr<TlsKeylog>> open(const std::string& path, Log& log);

    /// Writes the secrets of all connections of this context from now on; they end before `this`.
    void attach(ssl_ctx_st* context);
    void write(const char* line);

 private:
    TlsKeylog(const std::string& path, UniqueFd fd, Log& log);

    const std::string path_;
    const UniqueFd fd_;
    Log& log_;
    std::atomic<bool> failed_{false};
};

}  // namespace mq::broker
