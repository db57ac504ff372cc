#include "broker/net/http_head.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/rfc7230.hpp>

#include <utility>

namespace mq::broker {
namespace {

namespace http = boost::beast::http;
using Request = http::request<http::empty_body>;

constexpr std::string_view line_end = "\r\n";
constexpr std::string_view head_end = "\r\n\r\n";

constexpr HttpFault bad_request{400, "This is no well-formed HTTP request."};
constexpr HttpFault bad_path{400, "The path of this request is not well-formed."};
constexpr HttpFault bad_host{400, "The request needs one Host header."};
constexpr HttpFault too_large{431, "The headers of this request are too large."};
constexpr HttpFault bad_version{505, "Only HTTP/1.0 and HTTP/1.1 are spoken here."};

/// `name` is a field of Beast's or a text.
template <class Name>
std::string joined(const Request& request, Name name) {
    std::string all;
    const auto [begin, end] = request.equal_range(name);
    for (auto field = begin; field != end; ++field) {
        if (field != begin) {
            all += ", ";
        }
        all.append(field->value().data(), field->value().size());
    }
    return all;
}

bool has_token(const Request& request, http::field name, const char* token) {
    const std::string list = joined(request, name);
    return http::token_list(list).exists(token);
}

HttpMethod method_of(const Request& request) {
    switch (request.method()) {
        case http::verb::get:
            return HttpMethod::get;
        case http::verb::head:
            return HttpMethod::head;
        default:
            return HttpMethod::other;
    }
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/// The part of an absolute target (`http://host/path`) that begins with the path.
std::string_view without_authority(std::string_view target) {
    const std::size_t scheme = target.find("://");
    if (target.starts_with('/') || scheme == std::string_view::npos) {
        return target;
    }
    const std::size_t path = target.find('/', scheme + 3);
    return path == std::string_view::npos ? std::string_view("/") : target.substr(path);
}

HttpHead collect(const Request& request) {
    HttpHead head;
    head.method = method_of(request);
    head.keep_alive = request.keep_alive();
    head.none_match = joined(request, http::field::if_none_match);
    head.modified_since = joined(request, http::field::if_modified_since);
    head.wants_websocket = has_token(request, http::field::upgrade, "websocket");
    head.connection_upgrade = has_token(request, http::field::connection, "upgrade");
    head.websocket_version = joined(request, http::field::sec_websocket_version);
    head.websocket_key = joined(request, http::field::sec_websocket_key);
    head.websocket_protocols = joined(request, http::field::sec_websocket_protocol);
    if (request.count(http::field::origin) > 0) {
        head.origin = joined(request, http::field::origin);
    }
    head.x_forwarded_for = joined(request, "X-Forwarded-For");
    head.forwarded = joined(request, http::field::forwarded);
    head.x_real_ip = joined(request, "X-Real-IP");
    return head;
}

/// `text` ends with the empty line.
Result<std::optional<HttpHead>, HttpFault> parse(std::string_view text) {
    http::request_parser<http::empty_body> parser;
    parser.header_limit(static_cast<std::uint32_t>(text.size()));
    parser.body_limit(boost::none);
    boost::beast::error_code error;
    parser.put(boost::asio::buffer(text), error);
    if (error == http::error::bad_version) {
        return bad_version;
    }
    if (error || !parser.is_header_done()) {
        return bad_request;
    }
    const Request& request = parser.get();
    auto path = decode_http_path({request.target().data(), request.target().size()});
    HttpHead head = collect(request);
    if (!path && head.method != HttpMethod::other) {
        return bad_path;
    }
    const std::size_t hosts = request.count(http::field::host);
    if (hosts > 1 || (hosts == 0 && request.version() >= 11)) {
        return bad_host;
    }
    head.path = std::move(path).value_or("/");
    head.has_body = parser.chunked() || parser.content_length().value_or(0) > 0;
    return std::optional(std::move(head));
}

}  // namespace

Result<std::optional<HttpHead>, HttpFault> read_http_head(std::string_view bytes,
                                                          std::size_t bytes_max) {
    std::size_t start = 0;  // empty lines before a request are passed over, as RFC 9112 asks for
    while (bytes.substr(start).starts_with(line_end)) {
        start += line_end.size();
    }
    const std::string_view text = bytes.substr(start);
    if (!text.empty() && (text.front() < 'A' || text.front() > 'Z') && text != "\r") {
        return bad_request;
    }
    const std::size_t end = text.find(head_end);
    const std::size_t size =
        end == std::string_view::npos ? bytes.size() : start + end + head_end.size();
    if (size > bytes_max) {
        return too_large;
    }
    if (end == std::string_view::npos) {
        return std::optional<HttpHead>();
    }
    auto head = parse(text.substr(0, end + head_end.size()));
    if (head) {
        (*head)->size = size;
    }
    return head;
}

std::optional<std::string> decode_http_path(std::string_view target) {
    std::string_view encoded = without_authority(target);
    encoded = encoded.substr(0, encoded.find_first_of("?#"));
    if (!encoded.starts_with('/')) {
        return std::nullopt;
    }
    std::string path;
    path.reserve(encoded.size());
    for (std::size_t i = 0; i < encoded.size(); ++i) {
        char c = encoded[i];
        if (c == '%') {
            const int high = i + 1 < encoded.size() ? hex_digit(encoded[i + 1]) : -1;
            const int low = i + 2 < encoded.size() ? hex_digit(encoded[i + 2]) : -1;
            if (high < 0 || low < 0) {
                return std::nullopt;
            }
            c = static_cast<char>(high * 16 + low);
            i += 2;
        }
        if (c == '\0') {
            return std::nullopt;
        }
        path += c;
    }
    return path;
}

std::string encode_http_segment(std::string_view segment) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string encoded;
    for (const char c : segment) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') ||
                           std::string_view("-._~").find(c) != std::string_view::npos;
        if (plain) {
            encoded += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            encoded += {'%', digits[byte >> 4U], digits[byte & 0x0FU]};
        }
    }
    return encoded;
}

}  // namespace mq::broker
