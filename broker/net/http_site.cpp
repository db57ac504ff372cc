#include "broker/net/http_site.hpp"

#include "broker/net/http_page.hpp"

#include <boost/beast/http/status.hpp>

#include <cstdint>

namespace mq::broker {
namespace {

constexpr int http_not_modified = 304;
constexpr int http_upgrade_required = 426;
constexpr std::string_view json_type = "application/json";
constexpr HttpFault not_found{404, "There is nothing at this path."};
constexpr HttpFault not_allowed{405, "Only GET and HEAD are understood here."};

HttpResponse document_response(std::string body, std::string_view type) {
    if (body.empty()) {
        return http_fault(not_found);
    }
    HttpResponse response;
    response.content_type = type;
    response.body = std::move(body);
    response.more_headers = "Cache-Control: no-store\r\n";
    return response;
}

/// Relative, so that it is right behind a proxy that adds a prefix too.
HttpResponse redirect_to_slash(std::string_view path) {
    HttpResponse response = http_fault({301, "This is a directory."});
    response.more_headers =
        "Location: " + encode_http_segment(path.substr(path.rfind('/') + 1)) + "/\r\n";
    return response;
}

bool unchanged(const HttpHead& request, const HttpFile& file, std::string_view modified) {
    if (!request.none_match.empty()) {
        return request.none_match == "*" || request.none_match.find(file.tag) != std::string::npos;
    }
    return request.modified_since == modified;
}

std::string_view reason_phrase(int status) {
    const auto phrase = boost::beast::http::obsolete_reason(
        boost::beast::http::int_to_status(static_cast<unsigned>(status)));
    return {phrase.data(), phrase.size()};
}

}  // namespace

HttpResponse http_fault(const HttpFault& fault) {
    HttpResponse response;
    response.status = fault.status;
    response.body = std::string(fault.text) + "\n";
    if (fault.status == http_upgrade_required) {
        response.more_headers = "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n";
    }
    return response;
}

HttpResponse HttpSite::answer(const HttpHead& request) const {
    const std::string_view path = request.path;
    if (request.method == HttpMethod::other) {
        HttpResponse response = http_fault(not_allowed);
        response.more_headers = "Allow: GET, HEAD\r\n";
        return response;
    }
    if (path.ends_with("/healthz")) {
        return document_response("ok\n", "text/plain; charset=utf-8");
    }
    if (listener_.protocol == ListenerProtocol::http_api && path.starts_with("/api/")) {
        return document(path);
    }
    if (!listener_.http_dir.empty()) {
        return file(request);
    }
    if (listener_.protocol == ListenerProtocol::http_api) {
        return http_fault(not_found);
    }
    return document_response(std::string(http_page), "text/html; charset=utf-8");
}

HttpResponse HttpSite::document(std::string_view path) const {
    if (path == "/api/v1/version") {
        return document_response(documents_.version(), "text/plain; charset=utf-8");
    }
    if (path == "/api/v1/listeners") {
        return document_response(documents_.listeners(), json_type);
    }
    if (path == "/api/v1/systree") {
        return document_response(documents_.systree(), json_type);
    }
    return http_fault(not_found);
}

HttpResponse HttpSite::file(const HttpHead& request) const {
    auto [found, wants_slash] = files_.find(request.path);
    if (wants_slash) {
        return redirect_to_slash(request.path);
    }
    if (!found) {
        return http_fault(not_found);
    }
    const std::string modified = http_date(found->modified);
    HttpResponse response;
    response.content_type = found->content_type;
    response.more_headers = "ETag: " + found->tag + "\r\nLast-Modified: " + modified +
                            "\r\nCache-Control: no-cache\r\n";
    if (unchanged(request, *found, modified)) {
        response.status = http_not_modified;
    } else {
        response.file = std::move(found);
    }
    return response;
}

std::string response_head(const HttpResponse& response, bool keep_alive, std::string_view date) {
    const std::uint64_t size = response.file ? response.file->size : response.body.size();
    std::string head = "HTTP/1.1 " + std::to_string(response.status) + " ";
    head += reason_phrase(response.status);
    head += "\r\nServer: mqhome\r\nDate: ";
    head += date;
    head += "\r\n";
    if (response.status != http_not_modified) {
        head += "Content-Type: ";
        head += response.content_type;
        head += "\r\nX-Content-Type-Options: nosniff\r\nContent-Length: " + std::to_string(size) +
                "\r\n";
    }
    head += response.more_headers;
    head += "Connection: ";
    head += response.status == http_upgrade_required ? "Upgrade, " : "";
    head += keep_alive ? "keep-alive\r\n\r\n" : "close\r\n\r\n";
    return head;
}

}  // namespace mq::broker
