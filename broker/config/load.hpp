#pragma once

#include "broker/config/config.hpp"
#include "broker/config/diagnostic.hpp"
#include "broker/config/source.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mq::broker {

/// What decides about a configuration besides its text.
struct ConfigCircumstances {
    std::vector<std::uint16_t> local_ports;  ///< of `-p`, for local-only mode; empty = 1883
    bool is_root = false;                    ///< the program was started as root
};

/// A configuration, and everything there is to say about it. With an error among the diagnostics
/// the configuration must not be used.
struct ParseResult {
    Config config;
    std::vector<Diagnostic> diagnostics;

    [[nodiscard]] bool good() const { return !has_error(diagnostics); }
};

/// Reads one text. Pure but for what `source` does for `include_dir`. All errors are reported at
/// once, up to a thousand.
ParseResult parse_config(std::string_view text, const std::string& name, ConfigSource& source,
                         const ConfigCircumstances& circumstances = {});

/// Reads files of this host, one after the other into one configuration; without any, the defaults:
/// local-only mode. The environment variable MOSQUITTO_PERSISTENCE_LOCATION overrides
/// persistence_location.
ParseResult load_config(std::span<const std::string> paths,
                        const ConfigCircumstances& circumstances = {});

}  // namespace mq::broker
