#pragma once

#include "base/unique_fd.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

struct ssl_ctx_st;
struct ssl_session_st;

namespace mq::bench {

/// Clients of MQTT 3.1.1 over TLS that come, sign in and go, one after the other: each connects,
/// shakes hands, waits for its CONNACK, says DISCONNECT and closes. They trust everybody. What
/// fails is thrown as std::runtime_error.
class TlsLogins {
 public:
    /// With `resumes` all but the first take up the session that the first was given.
    TlsLogins(std::uint16_t port, bool resumes);

    void one();
    [[nodiscard]] std::uint64_t done() const { return durations_us_.size(); }
    [[nodiscard]] std::uint64_t resumed() const { return resumed_; }
    /// From connect to CONNACK, of each.
    [[nodiscard]] const std::vector<double>& durations_us() const { return durations_us_; }

 private:
    struct FreeContext {
        void operator()(ssl_ctx_st* context) const;
    };
    struct FreeSession {
        void operator()(ssl_session_st* session) const;
    };

    const std::uint16_t port_;
    const bool resumes_;
    std::unique_ptr<ssl_ctx_st, FreeContext> context_;
    std::unique_ptr<ssl_session_st, FreeSession> session_;
    std::uint64_t resumed_ = 0;
    std::vector<double> durations_us_;
};

}  // namespace mq::bench
