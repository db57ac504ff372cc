#include "broker/config/directive.hpp"

namespace mq::broker::config {
namespace {

std::string refuse_log_destination(const Value& value) {
    return "'log_dest " + value.text +
           "' is not available in this version; there are stdout, stderr, "
           "file, syslog, topic and none";
}

/// The first log_dest line replaces the default, stderr; further ones add to it.
std::string add_log_destination(Draft& draft, const Value& value) {
    LogSettings& log = draft.config.log;
    if (!draft.seen.contains("log_dest") || value.text == "none") {
        log.clear_destinations();
    }
    if (value.text == "stdout") {
        log.to_stdout = true;
    } else if (value.text == "stderr") {
        log.to_stderr = true;
    } else if (value.text == "syslog") {
        log.to_syslog = true;
    } else if (value.text == "topic") {
        log.to_topic = true;
    } else if (value.text == "file") {
        if (!log.file.empty()) {
            return "Duplicate 'log_dest file' value in configuration. There can be one log file; "
                   "take "
                   "one of the lines out";
        }
        log.file = value.rest;
    } else if (value.text != "none") {
        return refuse_log_destination(value);
    }
    return {};
}

LogMask log_mask_of(std::string_view word) {
    constexpr struct {
        std::string_view word;
        LogMask mask;
    } types[] = {
        {"error", log_mask(LogType::error)},
        {"warning", log_mask(LogType::warning)},
        {"notice", log_mask(LogType::notice)},
        {"information", log_mask(LogType::information)},
        {"debug", log_mask(LogType::debug)},
        {"subscribe", log_mask(LogType::subscribe)},
        {"unsubscribe", log_mask(LogType::unsubscribe)},
        {"websockets", log_mask(LogType::websockets)},
        {"internal", log_mask(LogType::internal)},
        {"all", log_mask_all},
    };
    for (const auto& type : types) {
        if (type.word == word) {
            return type.mask;
        }
    }
    return 0;  // none
}

/// The first log_type line replaces the default; further ones add to it.
std::string add_log_type(Draft& draft, const Value& value) {
    LogMask& mask = draft.config.log.mask;
    const LogMask added = log_mask_of(value.text);
    if (!draft.seen.contains("log_type") || added == 0) {
        mask = 0;
    }
    mask = static_cast<LogMask>(mask | added);
    return {};
}

std::string set_log_facility(Draft& draft, const Value& value) {
    draft.config.log.syslog_local = static_cast<unsigned>(value.number);
    return {};
}

/// 65535 is how some files say "no limit", which is 0 with us.
std::string set_max_inflight(Draft& draft, const Value& value) {
    const auto number = static_cast<std::uint16_t>(value.number);
    draft.config.max_inflight_messages = number == 65535 ? std::uint16_t{0} : number;
    return {};
}

/// 0 asks for the default.
std::string set_packet_buffer_size(Draft& draft, const Value& value) {
    draft.config.packet_buffer_size =
        value.number == 0 ? Config().packet_buffer_size : static_cast<std::uint16_t>(value.number);
    return {};
}

std::string set_user(Draft& draft, const Value& value) {
    draft.config.user = value.text;
    draft.config.user_given = true;
    return {};
}

std::string set_threads_placement(Draft& draft, const Value& value) {
    draft.config.threads_spread = value.text == "spread";
    return {};
}

std::string set_tcp_nodelay(Draft& draft, const Value& value) {
    draft.config.set_tcp_nodelay = value.flag;
    if (!value.flag) {
        draft.notices.emplace_back(
            "'set_tcp_nodelay false' has no effect: TCP_NODELAY is always set, as what could be "
            "gathered is gathered already");
    }
    return {};
}

/// A path that is too long, since the home directory has a long name, is no reason not to start.
std::string set_control_socket(Draft& draft, const Value& value) {
    constexpr std::size_t path_bytes_max = 107;
    if (value.text.starts_with('@')) {
        return "Invalid 'control_socket' value: give the path of a file";
    }
    draft.config.control_socket = value.text;
    if (value.text.size() > path_bytes_max) {
        draft.config.control_socket.clear();
        draft.notices.emplace_back(
            "'control_socket' is not opened: the path of a Unix socket must have at most " +
            std::to_string(path_bytes_max) + " bytes");
    }
    return {};
}

/// Once true it stays so, as ever.
std::string set_per_listener_settings(Draft& draft, const Value& value) {
    for (const std::string_view name : {"allow_anonymous", "password_file", "acl_file", "psk_file",
                                        "allow_zero_length_clientid", "auto_id_prefix"}) {
        if (draft.seen.contains(name)) {
            return "'per_listener_settings' must stand before every security option; '" +
                   std::string(name) + "' stands before it";
        }
    }
    draft.config.per_listener_settings = draft.config.per_listener_settings || value.flag;
    return {};
}

std::string ignore_retry_interval(Draft& draft, const Value&) {
    draft.notices.emplace_back("'retry_interval' has no effect; take the line out");
    return {};
}

/// Handled where the file is read, since it needs the reader.
std::string nothing_more(Draft&, const Value&) {
    return {};
}

constexpr std::int64_t short_max = 65535;

}  // namespace

std::span<const Directive> global_directives() {
    using enum Scope;
    static const Directive table[] = {
        // Who may connect, and what they may do
        {"allow_anonymous", security, boolean(), set<&SecurityDraft::allow_anonymous>},
        {"password_file", security, last_text(), set<&SecurityConfig::password_file>},
        {"allow_zero_length_clientid", security, boolean(),
         set<&SecurityConfig::allow_zero_length_clientid>},
        {"auto_id_prefix", security, text(50), set<&SecurityDraft::auto_id_prefix>},
        {"clientid_prefixes", global, text(), set<&Config::clientid_prefixes>},
        {"acl_file", security, last_text(), set<&SecurityConfig::acl_file>},
        {"psk_file", security, last_text(), set<&SecurityConfig::psk_file>},
        {"per_listener_settings", global, boolean(), set_per_listener_settings},
        {"check_retain_source", global, boolean(), set<&Config::check_retain_source>},
        {"enable_control_api", global, boolean(), set<&Config::enable_control_api>},
        {"control_socket", global, last_text(), set_control_socket},
        {"acl_refuse_subscribe", global, boolean(), set<&Config::acl_refuse_subscribe>},
        {"trusted_proxy", global, address_range(), set<&Config::trusted_proxies>},
        {"login_throttle", global, boolean(), set<&LoginThrottleConfig::enabled>},
        {"login_throttle_window", global, integer(1, 86400), set<&LoginThrottleConfig::window_s>},
        {"login_throttle_slow_after", global, integer(1, int_max),
         set<&LoginThrottleConfig::slow_after>},
        {"login_throttle_address_failures", global, integer(1, int_max),
         set<&LoginThrottleConfig::address_failures>},
        {"login_throttle_user_failures", global, integer(1, int_max),
         set<&LoginThrottleConfig::user_failures>},
        {"login_throttle_refuse_time", global, integer(1, 86400),
         set<&LoginThrottleConfig::refuse_s>},

        // Limits
        {"max_packet_size", global, integer(20, int_max), set<&Config::max_packet_size>},
        {"message_size_limit", global, integer(0, 268435455), set<&Config::message_size_limit>},
        {"max_inflight_messages", global, integer(0, short_max), set_max_inflight},
        {"max_inflight_bytes", global, raised_integer(0, int_max),
         set<&Config::max_inflight_bytes>},
        {"max_queued_messages", global, raised_integer(0, int_max),
         set<&Config::max_queued_messages>},
        {"max_queued_bytes", global, raised_integer(0, int_max), set<&Config::max_queued_bytes>},
        {"max_keepalive", global, integer(0, short_max), set<&Config::max_keepalive>},
        {"global_max_clients", global, raised_integer(0, int_max),
         set<&Config::global_max_clients>},
        {"global_max_connections", global, raised_integer(0, int_max),
         set<&Config::global_max_connections>},
        {"global_max_queued_bytes", global, raised_integer(0, int_max),
         set<&Config::global_max_queued_bytes>},
        {"global_max_retained_bytes", global, raised_integer(0, int_max),
         set<&Config::global_max_retained_bytes>},
        {"global_max_retained_messages", global, raised_integer(0, int_max),
         set<&Config::global_max_retained_messages>},
        {"global_max_subscriptions", global, raised_integer(0, int_max),
         set<&Config::global_max_subscriptions>},
        {"global_max_store_bytes", global, raised_integer(0, int_max),
         set<&Config::global_max_store_bytes>},
        {"memory_limit", global, integer(0, int_max), set<&Config::memory_limit>},
        {"packet_buffer_size", global, integer(0, short_max), set_packet_buffer_size},
        {"websockets_headers_size", global, integer(0, short_max), set_packet_buffer_size},
        {"persistent_client_expiration", global, duration(),
         set<&Config::persistent_client_expiration_s>},

        // Messages
        {"queue_qos0_messages", global, boolean(), set<&Config::queue_qos0_messages>},
        {"retain_available", global, boolean(), set<&Config::retain_available>},
        {"retain_expiry_interval", global, integer(1, 10'000'000),
         set<&Config::retain_expiry_interval_min>},
        {"upgrade_outgoing_qos", global, boolean(), set<&Config::upgrade_outgoing_qos>},
        {"allow_duplicate_messages", global, boolean(), set<&Config::allow_duplicate_messages>},
        {"retry_interval", global, integer(-int_max, int_max), ignore_retry_interval},

        // Persistence
        {"persistence", global, boolean(), set<&Config::persistence>},
        {"retained_persistence", global, boolean(), set<&Config::persistence>},
        {"persistence_location", global, text(), set<&Config::persistence_location>},
        {"persistence_file", global, text(), set<&Config::persistence_file>},
        {"autosave_interval", global, raised_integer(0, int_max), set<&Config::autosave_interval>},
        {"autosave_on_changes", global, boolean(), set<&Config::autosave_on_changes>},

        // Log
        {"log_dest", global, log_destination(), add_log_destination},
        {"log_type", global,
         word("error warning notice information debug subscribe unsubscribe websockets internal "
              "none "
              "all"),
         add_log_type},
        {"log_facility", global, integer(0, 7), set_log_facility},
        {"log_timestamp", global, boolean(), set<&LogSettings::timestamp>},
        {"log_timestamp_format", global, text(), set<&LogSettings::timestamp_format>},
        {"connection_messages", global, boolean(), set<&Config::connection_messages>},
        {"websockets_log_level", global, integer(-int_max, int_max),
         set<&Config::websockets_log_level>},

        // The process
        {"include_dir", global, last_text(), nothing_more, nullptr, Opens::directory},
        {"pid_file", global, text(), set<&Config::pid_file>},
        {"set_tcp_nodelay", global, boolean(), set_tcp_nodelay},
        {"sys_interval", global, integer(0, short_max), set<&Config::sys_interval_s>},
        {"threads", global, integer(1, 64), set<&Config::threads>},
        {"threads_placement", global, word("fill spread"), set_threads_placement},
        {"user", global, last_text(), set_user},

        // Plugins
        {"plugin", global, last_text(), not_available, nullptr, Opens::plugin},
        {"auth_plugin", global, last_text(), not_available, nullptr, Opens::plugin},
        {"global_plugin", global, last_text(), not_available, nullptr, Opens::plugin},
        {"plugin_load", global, name_and_path(), not_available, nullptr, Opens::plugin},
        {"plugin_use", explicit_listener, last_text(), not_available},
        {"plugin_opt_*", plugin, last_text(), not_available},
        {"auth_opt_*", plugin, last_text(), not_available},
        {"auth_plugin_deny_special_chars", plugin, boolean(), not_available},
    };
    return table;
}

}  // namespace mq::broker::config
