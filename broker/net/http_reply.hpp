#pragma once

#include <string>
#include <string_view>

struct lws;

namespace mq::broker {

/// A short answer to an HTTP request, which lies in memory.
struct HttpReply {
    int status;
    const char* content_type;
    std::string_view body;
};

/// Answers a request that libwebsockets has read; 0, or -1 when the connection is to be closed.
int answer_http_request(lws* wsi, std::string_view path);

}  // namespace mq::broker
