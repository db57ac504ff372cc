#include "broker/net/http_reply.hpp"

#include "broker/net/http_page.hpp"

#include <libwebsockets.h>

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace mq::broker {
namespace {

constexpr int http_ok = 200;
constexpr int http_not_allowed = 405;

HttpReply reply_to(std::string_view path) {
    if (path.ends_with("/healthz")) {
        return {http_ok, "text/plain", "ok\n"};
    }
    return {http_ok, "text/html; charset=utf-8", http_page};
}

/// Answers an HTTP request; 0, or -1 when the connection is to be closed.
int answer(lws* wsi, const HttpReply& reply, bool with_body) {
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

}  // namespace

int answer_http_request(lws* wsi, std::string_view path) {
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

}  // namespace mq::broker
