#pragma once

#include "broker/config/config.hpp"
#include "broker/net/http_files.hpp"
#include "broker/net/http_head.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace mq::broker {

/// What is to be sent for a request. With a file, that is the body.
struct HttpResponse {
    int status = 200;
    std::string_view content_type = "text/plain; charset=utf-8";
    std::string body;
    std::string more_headers;  ///< whole lines
    std::optional<HttpFile> file;
};

/// A short answer of one line of text.
HttpResponse http_fault(const HttpFault& fault);

/// Where the documents of the HTTP interface come from.
struct HttpDocuments {
    std::function<std::string()> version;
    std::function<std::string()> listeners;
    std::function<std::string()> systree;  ///< yields "" where there are no `$SYS` topics
};

/// What one listener says to plain HTTP requests, of any path and for GET and HEAD only:
///
///     .../healthz                 `ok`, also behind a prefix that a proxy adds
///     /api/v1/{version,listeners,systree}     with `protocol http_api`; see http_api.hpp
///     anything else               a file of `http_dir`; without such a directory a page that tells
///                                 what this port is for, and 404 with `protocol http_api`
///
/// Used by connections that may outlive the listener's configuration, so it is shared; immutable.
class HttpSite {
 public:
    HttpSite(ListenerConfig listener, HttpDocuments documents)
        : listener_(std::move(listener)),
          documents_(std::move(documents)),
          files_(listener_.http_dir) {}

    [[nodiscard]] const ListenerConfig& listener() const { return listener_; }
    [[nodiscard]] HttpResponse answer(const HttpHead& request) const;

 private:
    [[nodiscard]] HttpResponse document(std::string_view path) const;
    [[nodiscard]] HttpResponse file(const HttpHead& request) const;

    const ListenerConfig listener_;
    const HttpDocuments documents_;
    const HttpFiles files_;
};

/// The bytes of a response up to its body. `date` is a time as `http_date` writes it.
std::string response_head(const HttpResponse& response, bool keep_alive, std::string_view date);

}  // namespace mq::broker
