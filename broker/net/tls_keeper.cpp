#include "broker/net/tls_keeper.hpp"

#include <utility>

namespace mq::broker {
namespace {

constexpr std::int64_t day_s = 24 * 60 * 60;

std::vector<std::string> files_of(const ListenerConfig& config) {
    return {config.certfile, config.keyfile, config.cafile,
            config.capath,   config.crlfile, config.dhparamfile};
}

/// Whole days, rounded down also below zero.
std::int64_t days(std::int64_t seconds) {
    return seconds / day_s - (seconds % day_s < 0 ? 1 : 0);
}

std::string in_days(std::int64_t count) {
    return count == 0 ? "within a day"
                      : "in " + std::to_string(count) + (count == 1 ? " day" : " days");
}

}  // namespace

TlsKeeper::TlsKeeper(Shard& shard, const ListenerConfig& config, std::uint16_t port, PskSource psk,
                     TlsContext context, std::vector<FileStamp> stamps, bool silent)
    : shard_(shard),
      config_(config),
      port_(port),
      psk_(std::move(psk)),
      silent_(silent),
      context_(std::move(context)),
      stamps_(std::move(stamps)),
      next_look_(shard.now()) {
    shard_.watch(*this);
}

TlsKeeper::~TlsKeeper() {
    stop_watching();
    shard_.forget(*this);
}

Outcome<std::unique_ptr<TlsKeeper>> TlsKeeper::create(Shard& shard, const ListenerConfig& config,
                                                      std::uint16_t port, PskSource psk,
                                                      bool silent) {
    auto stamps = stamps_of(files_of(config));  // before they are read, so that no change is missed
    auto context = TlsContext::create(config, psk, shard.tls_keylog());
    if (!context) {
        return context.error();
    }
    return std::unique_ptr<TlsKeeper>(new TlsKeeper(
        shard, config, port, std::move(psk), std::move(*context), std::move(stamps), silent));
}

Outcome<void> TlsKeeper::check() const {
    auto made = TlsContext::create(config_, psk_);
    return made ? Outcome<void>() : Outcome<void>(made.error());
}

Outcome<void> TlsKeeper::reload() {
    stamps_ = stamps_of(files_of(config_));
    auto made = TlsContext::create(config_, psk_, shard_.tls_keylog());
    if (!made) {
        return made.error();
    }
    context_ = std::move(*made);
    next_warning_ = {};
    return {};
}

void TlsKeeper::run_timer(Time now) {
    next_look_ = now + look_interval;
    look();
}

void TlsKeeper::look() {
    if (stamps_of(files_of(config_)) != stamps_) {
        reload_changed();
    }
    tell_dates();
}

void TlsKeeper::reload_changed() {
    const std::string port = std::to_string(port_);
    if (auto done = reload(); !done) {
        say(LogType::error,
            done.error().what + "; port " + port + " stays with what was read before.");
        return;
    }
    say(LogType::notice, "TLS files of port " + port + " have changed and are in use.");
    shard_.review_certificates();
}

void TlsKeeper::tell_dates() {
    std::vector<std::string> warnings;
    const std::string port = std::to_string(port_);
    if (const auto left = context_.certificate_seconds_left()) {
        const std::int64_t count = days(*left);
        shard_.broker().set_gauge(gauge(), std::to_string(count));
        if (*left < 0) {
            warnings.push_back("The certificate " + config_.certfile + " of port " + port +
                               " has expired: clients will not trust it.");
        } else if (count <= warning_days) {
            warnings.push_back("The certificate " + config_.certfile + " of port " + port +
                               " expires " + in_days(count) + ".");
        }
    }
    if (const auto left = context_.revocations_seconds_left(); left && *left < 0) {
        warnings.push_back("The revocation list " + config_.crlfile + " of port " + port +
                           " is out of date: no client certificate is accepted.");
    }
    if (warnings.empty() || shard_.now() < next_warning_) {
        return;
    }
    next_warning_ = shard_.now() + warning_interval;
    for (const std::string& warning : warnings) {
        say(LogType::warning, warning);
    }
}

void TlsKeeper::say(LogType type, const std::string& text) {
    if (!silent_) {
        shard_.log().line(type, text);
    }
}

void TlsKeeper::stop_watching() {
    if (std::exchange(next_look_, never) != never) {
        shard_.broker().set_gauge(gauge(), "");
    }
}

std::string TlsKeeper::gauge() const {
    return "certificates/" + std::to_string(port_) + "/days_left";
}

}  // namespace mq::broker
