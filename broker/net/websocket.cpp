#include "broker/net/websocket.hpp"

#include "broker/net/http_page.hpp"
#include "broker/net/listener.hpp"
#include "broker/net/tls.hpp"
#include "broker/net/transport.hpp"

#include <libwebsockets.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>
#include <string_view>
#include <utility>

namespace mq::broker {
namespace {

constexpr std::size_t read_bytes_max = 16384;
constexpr Duration sweep_interval = std::chrono::seconds(1);
constexpr int http_bad_request = 400;
constexpr int http_ok = 200;
constexpr int http_not_allowed = 405;

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

/// The value of a request header.
std::string header(lws* wsi, lws_token_indexes token) {
    std::string value(static_cast<std::size_t>(lws_hdr_total_length(wsi, token)) + 1, '\0');
    const int n = lws_hdr_copy(wsi, value.data(), static_cast<int>(value.size()), token);
    value.resize(static_cast<std::size_t>(std::max(n, 0)));
    return value;
}

bool offers_mqtt(lws* wsi) {
    std::string offered = header(wsi, WSI_TOKEN_PROTOCOL);
    std::replace(offered.begin(), offered.end(), '\t', ' ');
    std::erase(offered, ' ');
    offered = "," + offered + ",";
    return offered.find(",mqtt,") != std::string::npos ||
           offered.find(",mqttv3.1,") != std::string::npos;
}

struct Reply {
    int status;
    const char* content_type;
    std::string_view body;
};

Reply reply_to(std::string_view path) {
    if (path.ends_with("/healthz")) {
        return {http_ok, "text/plain", "ok\n"};
    }
    return {http_ok, "text/html; charset=utf-8", http_page};
}

/// Answers an HTTP request; 0, or -1 when the connection is to be closed.
int answer(lws* wsi, const Reply& reply, bool with_body) {
    std::array<std::uint8_t, LWS_PRE + 2048> room{};
    std::uint8_t* const start = room.data() + LWS_PRE;
    std::uint8_t* at = start;
    std::uint8_t* const end = room.data() + room.size() - 1;
    if (lws_add_http_common_headers(wsi, static_cast<unsigned int>(reply.status),
                                    reply.content_type, reply.body.size(), &at, end) != 0 ||
        lws_finalize_write_http_header(wsi, start, &at, end) != 0) {
        return -1;
    }
    if (with_body) {
        assert(reply.body.size() <= room.size() - LWS_PRE);
        std::memcpy(start, reply.body.data(), reply.body.size());
        if (lws_write(wsi, start, reply.body.size(), LWS_WRITE_HTTP_FINAL) < 0) {
            return -1;
        }
    }
    return lws_http_transaction_completed(wsi) != 0 ? -1 : 0;
}

int answer_request(lws* wsi, std::string_view path) {
    if (lws_hdr_total_length(wsi, WSI_TOKEN_GET_URI) > 0) {
        return answer(wsi, reply_to(path), true);
    }
    if (lws_hdr_total_length(wsi, WSI_TOKEN_HEAD_URI) > 0) {
        return answer(wsi, reply_to(path), false);
    }
    answer(wsi, {http_not_allowed, "text/plain", "only GET and WebSocket are understood here\n"},
           true);
    return -1;
}

/// One client of a WebSocket listener, from accept on: first HTTP, then perhaps MQTT. The core
/// learns of it with the upgrade. libwebsockets owns the descriptor.
class WebSocketTransport final : public Transport {
 public:
    WebSocketTransport(WebSocketServer& server, Shard& shard, Listener& listener, Peer peer)
        : Transport(shard, listener), server_(server), peer_(std::move(peer)) {
        server_.opened();
    }
    ~WebSocketTransport() override {
        if (wsi_ != nullptr) {
            lws_set_opaque_user_data(wsi_, nullptr);
        }
        server_.closed();
    }

    void start(lws_vhost* vhost, UniqueFd client) {
        fd_ = client.get();
        interest_ = EPOLLIN;
        if (!shard_.poller().add(fd_, interest_, *this)) {
            bury();
            return;
        }
        lws_adopt_desc_t description{};
        description.vh = vhost;
        description.type =
            static_cast<lws_adoption_type>(LWS_ADOPT_SOCKET | LWS_ADOPT_HTTP | LWS_ADOPT_ALLOW_SSL);
        description.fd.sockfd = client.release();
        description.opaque = this;
        wsi_ = lws_adopt_descriptor_vhost_via_info(&description);
        if (wsi_ == nullptr) {
            bury();
        }
    }

    void ready(std::uint32_t events) override {
        if (wsi_ == nullptr) {
            return;
        }
        received_ = false;
        constexpr std::uint32_t hang_up = EPOLLERR | EPOLLHUP;
        if ((events & (EPOLLIN | hang_up)) != 0) {
            service(static_cast<short>(LWS_POLLIN | ((events & hang_up) != 0 ? LWS_POLLHUP : 0)));
        }
        // Handshakes and pongs are not announced: offer to write when no data explains the event.
        if (wsi_ != nullptr && (!received_ || (events & EPOLLOUT) != 0)) {
            service(LWS_POLLOUT);
        }
        if (wsi_ != nullptr) {
            settle();
        }
    }

    void abandon() override {
        tell_closed("");
        if (wsi_ != nullptr) {
            lws_set_timeout(wsi_, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_SYNC);
        }
    }

    /// An event of libwebsockets; what it returns goes back there.
    int handle(lws_callback_reasons reason, void* in, std::size_t size) {
        switch (reason) {
            case LWS_CALLBACK_ESTABLISHED:
                open(std::move(peer_));
                return 0;
            case LWS_CALLBACK_RECEIVE:
                return receive({static_cast<const std::uint8_t*>(in), size});
            case LWS_CALLBACK_SERVER_WRITEABLE:
                return write();
            case LWS_CALLBACK_CLOSED:
                tell_closed("");
                return 0;
            case LWS_CALLBACK_WSI_DESTROY:
                wsi_ = nullptr;
                tell_closed("");
                bury();
                return 0;
            default:
                return lws_callback_http_dummy(wsi_, reason, nullptr, in, size);
        }
    }

    void set_wsi(lws* wsi) { wsi_ = wsi; }

 private:
    void service(int events) {
        in_service_ = true;
        lws_pollfd poll{fd_, static_cast<short>(events), static_cast<short>(events)};
        lws_service_fd(server_.context(), &poll);
        if (wsi_ != nullptr && std::exchange(close_begun_, false)) {
            lws_pollfd again{fd_, LWS_POLLOUT, LWS_POLLOUT};  // for the close frame
            lws_service_fd(server_.context(), &again);
        }
        in_service_ = false;
    }
    int begin_close(lws_close_status status) {
        lws_close_reason(wsi_, status, nullptr, 0);
        close_begun_ = true;
        return -1;
    }

    /// After libwebsockets has been served: what to wait for, and whether it has more by itself.
    void settle() {
        blocked_ = lws_partial_buffered(wsi_) != 0 ||
                   (connection_ != nullptr && !connection_->outbox.empty()) ||
                   (closing_ && connection_ != nullptr);
        const bool reading = connection_ == nullptr || (accepts_bytes() && !overfull());
        paused_ = !reading;
        const std::uint32_t wanted = (reading ? EPOLLIN : 0U) | (blocked_ ? EPOLLOUT : 0U);
        if (wanted != interest_) {
            interest_ = wanted;
            shard_.poller().change(fd_, wanted, *this);
        }
        server_.after_service();
    }

    int receive(mqtt::Bytes bytes) {
        received_ = true;
        if (lws_frame_is_binary(wsi_) == 0) {
            tell_closed("text frame instead of a binary one");
            return begin_close(LWS_CLOSE_STATUS_UNACCEPTABLE_OPCODE);
        }
        if (connection_ == nullptr) {
            return -1;
        }
        take(bytes);
        return 0;
    }

    int write() {
        if (connection_ == nullptr) {
            return 0;
        }
        Outbox& outbox = connection_->outbox;
        std::size_t written = 0;
        while (!outbox.empty() && lws_partial_buffered(wsi_) == 0) {
            const std::size_t size = fill_frame(outbox);
            if (lws_write(wsi_, server_.frame_buffer() + LWS_PRE, size, LWS_WRITE_BINARY) < 0) {
                return -1;
            }
            outbox.consume(size);
            written += size;
        }
        wrote(written);
        if (closing_ && outbox.empty() && lws_partial_buffered(wsi_) == 0) {
            tell_closed("");
            return begin_close(LWS_CLOSE_STATUS_NORMAL);
        }
        return 0;
    }

    /// Several packets, or a part of one: the frames' borders mean nothing.
    std::size_t fill_frame(const Outbox& outbox) {
        std::array<iovec, 64> parts;
        std::uint8_t* const frame = server_.frame_buffer() + LWS_PRE;
        std::size_t size = 0;
        for (const iovec& part : std::span(parts).first(outbox.gather(parts))) {
            const std::size_t n = std::min(part.iov_len, WebSocketServer::frame_bytes_max - size);
            std::memcpy(frame + size, part.iov_base, n);
            size += n;
        }
        return size;
    }

    void flush() override {
        if (wsi_ == nullptr || blocked_ || in_service_) {
            return;
        }
        service(LWS_POLLOUT);
        if (wsi_ != nullptr) {
            settle();
        }
        if (wsi_ != nullptr && paused_ && accepts_bytes() && !overfull()) {
            resume();
        }
    }

    void close() override {
        if (wsi_ == nullptr) {
            return;
        }
        closing_ = true;
        shard_.linger(*this);
        flush();
    }

    void read_on() override {
        take_backlog();
        if (wsi_ != nullptr) {
            settle();
        }
    }

    WebSocketServer& server_;
    lws* wsi_ = nullptr;
    int fd_ = -1;
    std::uint32_t interest_ = 0;
    Peer peer_;
    bool received_ = false;
    bool blocked_ = false;
    bool paused_ = false;
    bool closing_ = false;
    bool in_service_ = false;
    bool close_begun_ = false;  ///< libwebsockets has a close frame to write
};

int confirm_upgrade(lws* wsi, const char* protocol) {
    if (protocol != nullptr && std::string_view(protocol) != "websocket") {
        return -1;
    }
    if (offers_mqtt(wsi)) {
        return 0;
    }
    lws_return_http_status(wsi, http_bad_request,
                           "The WebSocket sub-protocol must be mqtt or mqttv3.1.");
    return 1;
}

int on_event(lws* wsi, lws_callback_reasons reason, void*, void* in, std::size_t size) {
    if (reason == LWS_CALLBACK_HTTP_CONFIRM_UPGRADE) {
        return confirm_upgrade(wsi, static_cast<const char*>(in));
    }
    if (reason == LWS_CALLBACK_HTTP) {
        return answer_request(wsi, static_cast<const char*>(in));
    }
    auto* transport =
        static_cast<WebSocketTransport*>(wsi == nullptr ? nullptr : lws_get_opaque_user_data(wsi));
    if (transport == nullptr) {
        return lws_callback_http_dummy(wsi, reason, nullptr, in, size);
    }
    transport->set_wsi(wsi);
    return transport->handle(reason, in, size);
}

const lws_protocols protocols[] = {
    {"mqtt", on_event, 0, read_bytes_max, 0, nullptr, 0},
    {"mqttv3.1", on_event, 0, read_bytes_max, 0, nullptr, 0},
    {nullptr, nullptr, 0, 0, 0, nullptr, 0},
};

const char* text_or_null(const std::string& text) {
    return text.empty() ? nullptr : text.c_str();
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
    info.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS | LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT |
                   LWS_SERVER_OPTION_DISABLE_IPV6;
    info.pt_serv_buf_size = read_bytes_max;
    info.max_http_header_data2 = settings.header_bytes_max;
    // `fd_limit_per_thread` stays 0: with it, finding a descriptor is a search through all of them.
    made->context_ = lws_create_context(&info);
    if (made->context_ == nullptr) {
        return Problem{"cannot set WebSocket up: libwebsockets gives no context", "", ""};
    }
    return made;
}

Outcome<void> WebSocketServer::add(const Listener& listener, const ListenerConfig& config) {
    const std::string name = "listener-" + std::to_string(hosts_.size());
    lws_context_creation_info info{};
    info.port = CONTEXT_PORT_NO_LISTEN_SERVER;
    info.vhost_name = name.c_str();
    info.protocols = protocols;
    info.server_string = "mqhome";
    info.retry_and_idle_policy = idle_policy_.get();
    if (config.tls()) {
        info.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
        info.ssl_cert_filepath = config.certfile.c_str();
        info.ssl_private_key_filepath = config.keyfile.c_str();
        info.ssl_cipher_list = text_or_null(config.ciphers);
        info.tls1_3_plus_cipher_list = text_or_null(config.ciphers_tls1_3);
        info.ssl_options_set =
            SSL_OP_NO_SSLv3 | SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1 |
            (config.tls_version_min == TlsVersion::tls1_3 ? SSL_OP_NO_TLSv1_2 : 0);
    }
    lws_vhost* vhost = lws_create_vhost(context_, &info);
    if (vhost == nullptr) {
        return Problem{"cannot set WebSocket up for port " + std::to_string(listener.port()) +
                           "; log_type websockets shows why",
                       "", ""};
    }
    hosts_.push_back({&listener, vhost});
    return {};
}

void WebSocketServer::start(Listener& listener, UniqueFd client, Peer peer) {
    const auto host = std::find_if(hosts_.begin(), hosts_.end(),
                                   [&](const Host& entry) { return entry.listener == &listener; });
    assert(host != hosts_.end());
    auto* transport = new WebSocketTransport(*this, shard_, listener, std::move(peer));
    transport->start(host->vhost, std::move(client));
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
