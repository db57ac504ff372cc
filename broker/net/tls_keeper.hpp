#pragma once

#include "base/problem.hpp"
#include "broker/config/config.hpp"
#include "broker/net/file_stamps.hpp"
#include "broker/net/shard.hpp"
#include "broker/net/tls_context.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace mq::broker {

/// The TLS context of one listener, and the watch over its files: certificate, key, authorities,
/// revocation list and Diffie-Hellman parameters are looked at once a minute. Changed files that
/// fit are taken into use for connections to come, and clients whose certificate is revoked by them
/// are disconnected; for others there is one line in the log for each change, and the old ones
/// stay. Owned by the listener, on its thread.
///
/// How many whole days the certificate is good for stands in
/// `$SYS/broker/certificates/PORT/days_left`, negative once it has expired. From `warning_days` on
/// a warning a day goes to the log, and so it does when no client certificate can be accepted since
/// the revocation list is out of date.
class TlsKeeper final : private Timed {
 public:
    static constexpr Duration look_interval = std::chrono::seconds(60);
    static constexpr Duration warning_interval = std::chrono::hours(24);
    static constexpr std::int64_t warning_days = 14;

    /// Reads the files. The watch begins when the turn is over, so that a listener that is not
    /// used after all says nothing.
    /// A `silent` one leaves what there is to say to that of another shard with the same files.
    static Outcome<std::unique_ptr<TlsKeeper>> create(Shard& shard, const ListenerConfig& config,
                                                      std::uint16_t port, PskSource psk,
                                                      bool silent = false);
    ~TlsKeeper();
    TlsKeeper(const TlsKeeper&) = delete;
    TlsKeeper& operator=(const TlsKeeper&) = delete;

    [[nodiscard]] const TlsContext& context() const { return context_; }

    /// Reads the files again, changed or not; on a problem the old ones stay.
    Outcome<void> reload();
    /// Whether `reload` would do; nothing is changed.
    [[nodiscard]] Outcome<void> check() const;
    /// What is done once a minute.
    void look();
    /// The listener takes no further clients; the context stays for those on their way.
    void stop_watching();

 private:
    TlsKeeper(Shard& shard, const ListenerConfig& config, std::uint16_t port, PskSource psk,
              TlsContext context, std::vector<FileStamp> stamps, bool silent);
    void say(LogType type, const std::string& text);
    void reload_changed();
    void tell_dates();
    [[nodiscard]] std::string gauge() const;
    [[nodiscard]] Time next_deadline() const override { return next_look_; }
    void run_timer(Time now) override;

    Shard& shard_;
    const ListenerConfig& config_;
    const std::uint16_t port_;
    const PskSource psk_;
    const bool silent_;
    TlsContext context_;
    std::vector<FileStamp> stamps_;  ///< when they were read last, well or not
    Time next_look_;
    Time next_warning_{};
};

}  // namespace mq::broker
