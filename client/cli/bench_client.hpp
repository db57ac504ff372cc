#pragma once

#include "base/problem.hpp"
#include "client/cli/connection_settings.hpp"
#include "client/cli/options.hpp"

#include <cstddef>
#include <cstdint>
#include <mosquitto.h>
#include <string>
#include <string_view>

namespace mq::cli {

class BenchClient;

/// What a load does when something happens to one of its clients. Called from within the clients'
/// functions only, on the one thread that there is.
class BenchEvents {
 public:
    virtual ~BenchEvents() = default;
    virtual void connected(BenchClient& client) = 0;
    virtual void subscribed(BenchClient& client, bool granted) = 0;
    /// A message is out of our hands.
    virtual void completed(BenchClient& client) = 0;
    virtual void received(BenchClient& client, std::string_view payload) = 0;
    /// The connection is over; `why` is null after a goodbye.
    virtual void closed(BenchClient& client, const char* why) = 0;
};

/// One of many clients that one epoll descriptor watches. Its owner keeps it at one place.
class BenchClient {
 public:
    /// `number` is the owner's, and part of the client id.
    BenchClient(const Options& options, BenchEvents& events, int poller, std::size_t number)
        : options_(options), events_(events), poller_(poller), number_(number) {}
    ~BenchClient();
    BenchClient(const BenchClient&) = delete;
    BenchClient& operator=(const BenchClient&) = delete;

    /// Makes the client; `options` get its id.
    Outcome<void> create(Options& options);
    /// Opens the connection, which waits for TCP, and sends CONNECT. An error of the library.
    int connect();
    void disconnect();
    int subscribe(const std::string& filter);
    int publish(const std::string& topic, std::string_view payload);

    /// What the descriptor is ready for, as epoll tells it.
    void ready(std::uint32_t happened);
    /// Keep alive; to be called once a second.
    void tick();

    [[nodiscard]] std::size_t number() const { return number_; }
    /// The broker has accepted us.
    [[nodiscard]] bool up() const { return up_; }
    /// What was published before is not written yet.
    [[nodiscard]] bool clogged() const { return clogged_; }

 private:
    void set_callbacks();
    void answered(int code);
    void over(int error);
    void watch();

    const Options& options_;
    BenchEvents& events_;
    const int poller_;
    const std::size_t number_;
    ClientPointer client_;
    int watched_ = -1;  ///< the descriptor that the poller has
    bool clogged_ = false;
    bool up_ = false;
    int refused_ = 0;  ///< the code of CONNACK
};

}  // namespace mq::cli
