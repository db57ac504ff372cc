#pragma once

#include "base/unique_fd.hpp"
#include "broker/core/access.hpp"
#include "broker/net/http_head.hpp"
#include "broker/net/http_site.hpp"
#include "broker/net/resident.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace mq::broker {

class Listener;
class Shard;
class WebSocketServer;

/// A client of a listener for WebSockets or HTTP from accept on: reads requests, answers the plain
/// ones, and hands the descriptor to a WebSocketTransport when one asks for an upgrade.
///
/// What comes is looked at with MSG_PEEK first: only the head of a request is taken out of the
/// socket, and what does not belong to it stays there for whoever reads next. Requests that come
/// ahead of an answer are answered in their order. A body is not understood: the connection ends
/// after the answer. Files go out by sendfile, a piece a turn.
///
/// A head has `WebSocketSettings::patience` to come as a whole, and the client as long to take
/// something of an answer.
class HttpConnection final : public Resident {
 public:
    /// Answered in one turn, before others have theirs.
    static constexpr int requests_per_turn_max = 8;
    static constexpr std::size_t file_bytes_per_turn_max = std::size_t{256} * 1024;

    /// Owns itself from here on, as its shard's. The listener counts one connection.
    static void start(WebSocketServer& server, Shard& shard, Listener& listener,
                      std::shared_ptr<const HttpSite> site, UniqueFd client, Peer peer);
    ~HttpConnection() override;

    void ready(std::uint32_t events) override;
    void abandon() override;
    void stop() override;

 private:
    enum class Phase : std::uint8_t { reading, sending, lingering };

    HttpConnection(WebSocketServer& server, Shard& shard, Listener& listener,
                   std::shared_ptr<const HttpSite> site, UniqueFd client, Peer peer);
    void serve();
    bool read();
    bool take(std::size_t bytes);
    bool handle(const HttpHead& request, bool more_has_come);
    void upgrade(const HttpHead& request);
    void refuse(const HttpFault& fault, std::string_view reason);
    void respond(HttpResponse response, bool keep_alive, bool with_body);
    bool send();
    bool send_file();
    void linger();
    void discard();
    void wait_for(std::uint32_t events);
    void be_patient();
    void leave_listener();
    void bury();

    WebSocketServer& server_;
    Shard& shard_;
    Listener* counted_at_;  ///< null once a WebSocketTransport counts there instead
    const std::shared_ptr<const HttpSite> site_;
    UniqueFd fd_;
    Peer peer_;
    Phase phase_ = Phase::reading;
    std::uint32_t interest_ = 0;
    bool keep_alive_ = false;
    bool dead_ = false;
    std::string begun_;            ///< of a head whose end has not come yet
    std::string out_;              ///< head and body that were not sent yet
    std::size_t sent_ = 0;         ///< of it
    UniqueFd file_;                ///< to be sent behind it
    std::uint64_t file_left_ = 0;  ///< bytes
};

}  // namespace mq::broker
