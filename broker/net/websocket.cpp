#include "broker/net/websocket.hpp"

#include "broker/net/http_api.hpp"
#include "broker/net/http_connection.hpp"
#include "broker/net/listener.hpp"
#include "broker/net/websocket_transport.hpp"

#include <libwebsockets.h>

#include <algorithm>
#include <cassert>
#include <limits>
#include <string_view>
#include <utility>

namespace mq::broker {
namespace {

constexpr Duration sweep_interval = std::chrono::seconds(1);
constexpr unsigned hang_up_intervals = 5;
constexpr unsigned hang_up_seconds_min = 30;
/// Of a request of our own making.
constexpr unsigned handshake_bytes_max = 1024;
constexpr unsigned log_level_default = LLL_ERR | LLL_WARN | LLL_NOTICE;

/// libwebsockets logs by a function without context, so this is the one place for it.
Log* log_target = nullptr;

void log_line(int, const char* text) {
    std::string_view line(text);
    // Said with every handshake, at the level of errors: how it works, nothing that is wrong.
    if (log_target == nullptr || line.starts_with("adopt_socket_readbuf: calling service")) {
        return;
    }
    while (!line.empty() && line.back() == '\n') {
        line.remove_suffix(1);
    }
    if (log_target->wants(LogType::websockets)) {
        log_target->line(LogType::websockets, line);
    }
}

/// Nothing where there are more threads: libwebsockets makes its lines in one buffer for all.
void set_up_log(Shard& shard, unsigned level) {
    log_target = &shard.log();
    const unsigned wanted = level == 0 ? log_level_default : level;
    lws_set_log_level(shard.alone() ? static_cast<int>(wanted) : 0, log_line);
}

lws_retry_bo ping_policy(unsigned interval_s) {
    lws_retry_bo policy{};
    if (interval_s > 0) {
        constexpr unsigned most = std::numeric_limits<std::uint16_t>::max();
        const unsigned hang_up = std::max(interval_s * hang_up_intervals, hang_up_seconds_min);
        policy.secs_since_valid_ping = static_cast<std::uint16_t>(std::min(interval_s, most - 1));
        policy.secs_since_valid_hangup = static_cast<std::uint16_t>(std::min(hang_up, most));
    }
    return policy;
}

}  // namespace

WebSocketServer::WebSocketServer(Shard& shard, WebSocketSettings settings)
    : shard_(shard), frame_buffer_(LWS_PRE + frame_bytes_max) {
    use(std::move(settings));
    shard_.watch(*this);
}

void WebSocketServer::use(WebSocketSettings settings) {
    settings_ = std::move(settings);
    set_up_log(shard_, settings_.log_level);
}

WebSocketServer::~WebSocketServer() {
    shard_.forget(*this);
    if (context_ != nullptr) {
        lws_context_destroy(context_);
    }
}

Outcome<std::unique_ptr<WebSocketServer>> WebSocketServer::create(Shard& shard,
                                                                  WebSocketSettings settings) {
    std::unique_ptr<WebSocketServer> made(new WebSocketServer(shard, std::move(settings)));
    lws_context_creation_info info{};
    info.port = CONTEXT_PORT_NO_LISTEN;
    info.user = made.get();
    info.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS | LWS_SERVER_OPTION_DISABLE_IPV6;
    info.pt_serv_buf_size = websocket_read_bytes_max;
    info.max_http_header_data2 = handshake_bytes_max;
    // `fd_limit_per_thread` stays 0: with it, finding a descriptor is a search through all of them.
    made->context_ = lws_create_context(&info);
    if (made->context_ == nullptr) {
        return Problem{"cannot set WebSocket up: libwebsockets gives no context", "", ""};
    }
    return made;
}

/// The virtual host of an interval; null when libwebsockets gives none.
lws_vhost* WebSocketServer::host(std::uint16_t ping_interval_s) {
    Host& host = hosts_[ping_interval_s];
    if (host.vhost == nullptr) {
        host.name = "ping-" + std::to_string(ping_interval_s);
        host.policy = std::make_unique<lws_retry_bo>(ping_policy(ping_interval_s));
        lws_context_creation_info info{};
        info.port = CONTEXT_PORT_NO_LISTEN_SERVER;
        info.vhost_name = host.name.c_str();
        info.protocols = websocket_protocols();
        info.retry_and_idle_policy = host.policy.get();
        host.vhost = lws_create_vhost(context_, &info);
    }
    return host.vhost;
}

Outcome<void> WebSocketServer::add(const Listener& listener, const ListenerConfig& config) {
    if (config.protocol != ListenerProtocol::http_api &&
        host(config.websockets_ping_interval_s) == nullptr) {
        return Problem{"cannot set WebSocket up for port " + std::to_string(listener.port()) +
                           "; log_type websockets shows why",
                       "", ""};
    }
    sites_[&listener] = std::make_shared<HttpSite>(config, documents());
    return {};
}

HttpDocuments WebSocketServer::documents() {
    return {[this] { return settings_.version; }, [this] { return listeners_document(shown_); },
            [this] {
                const auto values = shard_.broker().sys_values(shard_.now());
                return values.empty() ? std::string() : systree_document(values);
            }};
}

void WebSocketServer::start(Listener& listener, UniqueFd client, Peer peer) {
    const auto site = sites_.find(&listener);
    assert(site != sites_.end());
    HttpConnection::start(*this, shard_, listener, site->second, std::move(client),
                          std::move(peer));
}

void WebSocketServer::upgrade(Listener& listener, const ListenerConfig& config, UniqueFd client,
                              Peer peer, const std::string& request) {
    assert(request.size() < handshake_bytes_max);
    WebSocketTransport::start(*this, shard_, listener, host(config.websockets_ping_interval_s),
                              std::move(client), std::move(peer), request);
}

void WebSocketServer::opened() {
    if (connections_++ == 0) {
        next_sweep_ = shard_.now() + sweep_interval;
    }
}

void WebSocketServer::run_timer(Time now) {
    sweep();
    next_sweep_ = connections_ > 0 ? now + sweep_interval : never;
}

void WebSocketServer::sweep() {
    lws_service_tsi(context_, -1, 0);
}

void WebSocketServer::after_service() {
    if (sweep_posted_ || lws_service_adjust_timeout(context_, 1, 0) != 0) {
        return;
    }
    sweep_posted_ = true;
    shard_.post([this] {
        sweep_posted_ = false;
        sweep();
    });
}

}  // namespace mq::broker
