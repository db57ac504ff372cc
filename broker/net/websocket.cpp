#include "broker/net/websocket.hpp"

#include "broker/net/listener.hpp"
#include "broker/net/websocket_transport.hpp"

#include <libwebsockets.h>

#include <algorithm>
#include <cassert>
#include <string_view>
#include <utility>

namespace mq::broker {
namespace {

constexpr Duration sweep_interval = std::chrono::seconds(1);

/// libwebsockets logs by a function without context, so this is the one place for it.
Log* log_target = nullptr;

void log_line(int, const char* text) {
    if (log_target == nullptr || !log_target->wants(LogType::websockets)) {
        return;
    }
    std::string_view line(text);
    while (!line.empty() && line.back() == '\n') {
        line.remove_suffix(1);
    }
    log_target->line(LogType::websockets, line);
}

void set_up_log(Log& log) {
    log_target = &log;
    lws_set_log_level(log.wants(LogType::websockets) ? LLL_ERR | LLL_WARN | LLL_NOTICE : 0,
                      log_line);
}

}  // namespace

WebSocketServer::WebSocketServer(Shard& shard, const WebSocketSettings& settings)
    : shard_(shard),
      settings_(settings),
      idle_policy_(std::make_unique<lws_retry_bo>()),
      frame_buffer_(LWS_PRE + frame_bytes_max) {
    idle_policy_->secs_since_valid_ping = settings.ping_seconds;
    idle_policy_->secs_since_valid_hangup = settings.hang_up_seconds;
    set_up_log(shard.log());
    shard_.watch(*this);
}

WebSocketServer::~WebSocketServer() {
    shard_.forget(*this);
    if (context_ != nullptr) {
        lws_context_destroy(context_);
    }
}

Outcome<std::unique_ptr<WebSocketServer>> WebSocketServer::create(
    Shard& shard, const WebSocketSettings& settings) {
    std::unique_ptr<WebSocketServer> made(new WebSocketServer(shard, settings));
    lws_context_creation_info info{};
    info.port = CONTEXT_PORT_NO_LISTEN;
    info.user = made.get();
    info.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS | LWS_SERVER_OPTION_DISABLE_IPV6;
    info.pt_serv_buf_size = websocket_read_bytes_max;
    info.max_http_header_data2 = settings.header_bytes_max;
    // `fd_limit_per_thread` stays 0: with it, finding a descriptor is a search through all of them.
    made->context_ = lws_create_context(&info);
    if (made->context_ == nullptr) {
        return Problem{"cannot set WebSocket up: libwebsockets gives no context", "", ""};
    }
    return made;
}

Outcome<void> WebSocketServer::add(const Listener& listener) {
    const std::string name = "listener-" + std::to_string(++last_host_);
    lws_context_creation_info info{};
    info.port = CONTEXT_PORT_NO_LISTEN_SERVER;
    info.vhost_name = name.c_str();
    info.protocols = websocket_protocols();
    info.server_string = "mqhome";
    info.retry_and_idle_policy = idle_policy_.get();
    lws_vhost* vhost = lws_create_vhost(context_, &info);
    if (vhost == nullptr) {
        return Problem{"cannot set WebSocket up for port " + std::to_string(listener.port()) +
                           "; log_type websockets shows why",
                       "", ""};
    }
    hosts_.push_back({&listener, vhost});
    return {};
}

void WebSocketServer::remove(const Listener& listener) {
    const auto host = std::find_if(hosts_.begin(), hosts_.end(),
                                   [&](const Host& entry) { return entry.listener == &listener; });
    if (host != hosts_.end()) {
        lws_vhost_destroy(host->vhost);
        hosts_.erase(host);
    }
}

void WebSocketServer::start(Listener& listener, UniqueFd client, Peer peer) {
    const auto host = std::find_if(hosts_.begin(), hosts_.end(),
                                   [&](const Host& entry) { return entry.listener == &listener; });
    assert(host != hosts_.end());
    WebSocketTransport::start(*this, shard_, listener, host->vhost, std::move(client),
                              std::move(peer));
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
