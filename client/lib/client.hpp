#pragma once

#include "client/lib/callbacks.hpp"
#include "client/lib/input.hpp"
#include "client/lib/owned_mutex.hpp"
#include "client/lib/session.hpp"
#include "client/lib/settings.hpp"
#include "client/lib/transport.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace mq::client {

/// Milliseconds of the clock of the library.
Time now();

/// What the application said about connecting, apart from the session.
struct Connecting {
    std::string host;  ///< empty: never connected
    std::uint16_t port = 0;
    std::string bind_address;
    std::unique_ptr<Proxy> proxy;
    std::unique_ptr<TlsSettings> tls;
    std::unique_ptr<WebSocketTarget> websocket;  ///< path, headers and size of the answer
    bool by_websocket = false;
    bool no_delay = false;
};

/// Pauses between attempts to reconnect, in seconds.
struct Backoff {
    unsigned delay = 1;
    unsigned delay_max = 1;
    bool exponential = false;

    /// Before the attempt that follows `failures` failed ones.
    [[nodiscard]] unsigned pause(unsigned failures) const;
};

/// One client of the C interface.
///
/// Threads: every function may be called from every thread, but for those that run the loop, which
/// are for one thread at a time. One mutex guards all members; `input_` and `topic_` are of the
/// thread that runs the loop. Callbacks are called without the mutex. Whoever closes a connection
/// while another thread waits for its socket first wakes that thread and waits for it, so that no
/// descriptor is closed under somebody's poll(2).
///
/// Writing: with a thread of the library, what is published is collected and written by that
/// thread, which is woken when it sleeps; the publisher itself writes when much has gathered.
/// Without one it is written at once, but for calls from callbacks, after which the loop writes.
///
/// Functions that return `int` return a number of `mosq_err_t`. Throws std::bad_alloc.
class Client {
 public:
    using Lock = std::unique_lock<OwnedMutex>;

    Client(const char* id, bool clean, void* user_data);
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    /// Guards what the setters of the C interface touch.
    [[nodiscard]] Lock lock() { return Lock(mutex_); }
    Settings& settings() { return settings_; }
    Connecting& connecting() { return connecting_; }
    TlsSettings& tls();
    WebSocketTarget& websocket();
    Backoff& backoff() { return backoff_; }
    Callbacks& callbacks() { return callbacks_; }
    void set_log_callback(LIBMOSQ_CB_log callback);
    void set_user_data(void* user_data);
    [[nodiscard]] void* user_data();
    bool& without_wakeup() { return without_wakeup_; }

    // Connecting.

    struct Target {
        const char* host = nullptr;
        int port = 0;
        int keep_alive = 0;
        const char* bind_address = nullptr;
        const mosquitto_property* properties = nullptr;
    };
    int connect(const Target& target, bool wait);
    int reconnect(bool wait);
    int disconnect(int reason, const mosquitto_property* properties);

    // Talking.

    int publish(const Publication& publication, int* mid);
    int subscribe(const SubscribeRequest& request, int* mid);
    int unsubscribe(const UnsubscribeRequest& request, int* mid);
    int authenticate(mqtt::Bytes properties);

    // The loop.

    int loop(int timeout_ms);
    int loop_forever(int timeout_ms);
    int loop_read();
    int loop_write();
    int loop_misc();
    int start_thread();
    int stop_thread(bool force);
    [[nodiscard]] int socket();
    [[nodiscard]] bool wants_to_write();
    [[nodiscard]] void* ssl();
    /// Whether this thread is in a callback of this client.
    [[nodiscard]] bool in_callback() const;

    /// Ends the thread, if there is one, and waits for it. Not from that thread.
    void end_thread();
    /// For the client's own thread, in a callback: no more callbacks, and the client is deleted
    /// when the thread has ended. False for other threads, and nothing has changed.
    bool leave_to_own_thread();

 private:
    struct Failure;

    [[nodiscard]] mosquitto* handle();

    // client_connect.cpp
    int open(Lock& lock, bool wait);
    int prepare_tls();
    Route route() const;
    int start(Lock& lock, Transport& transport, bool wait);
    int wait_until_connected(Transport& transport);
    void close(Lock& lock, int reason, mqtt::Bytes properties);
    void let_go_of_socket(Lock& lock);
    int finish(Lock& lock, int reason);

    // client_loop.cpp
    int wait_for_socket(Lock& lock, int timeout_ms);
    int serve(Lock& lock, bool readable, bool writable);
    int after_opening(Lock& lock);
    int tick(Lock& lock);
    void note_end_by_signal();
    int end_if_signalled(Lock& lock);
    [[nodiscard]] int poll_timeout(int timeout_ms) const;
    [[nodiscard]] int time_to_tick() const;
    int run(int timeout_ms);
    bool pause_before_reconnecting(Lock& lock);
    int reconnect_until_it_works();
    void thread_main();

    // client_read.cpp
    int read(Lock& lock);
    int handle_input(Lock& lock, std::uint64_t epoch);
    void breathe(Lock& lock);
    int protest(Lock& lock, int problem);

    // client_write.cpp
    int flush();
    int flush_and_tell(Lock& lock);
    int after_request(Lock& lock);
    void tell_completions(Lock& lock);
    [[nodiscard]] bool another_thread_loops() const;
    void wake();
    bool make_wakeup();

    // client_callbacks.cpp
    template <class Call>
    void call_out(Lock& lock, const Call& call);
    template <class Call>
    [[nodiscard]] int call_with_properties(Lock& lock, int command, mqtt::Bytes properties,
                                           bool wanted, const Call& call);
    void deliver_log(Lock& lock);
    int deliver(Lock& lock, const Event& event);
    int deliver_connack(Lock& lock, const Event& event);
    int deliver_message(Lock& lock, const Message& message);
    int deliver_published(Lock& lock, int mid, int reason, mqtt::Bytes properties, int command);
    int deliver_suback(Lock& lock, const Event& event);
    int deliver_unsuback(Lock& lock, const Event& event);
    int deliver_auth(Lock& lock, const Event& event);
    void deliver_disconnect(Lock& lock, int reason, mqtt::Bytes properties);
    void announce_attempt(Lock& lock);

    OwnedMutex mutex_;
    OwnedCondition changed_;
    /// mosquitto_disconnect was called from a signal handler while this thread held the mutex.
    std::atomic<bool> end_by_signal_ = false;
    Settings settings_;
    LogLines log_;
    Session session_{settings_, log_};
    Connecting connecting_;
    Backoff backoff_;
    Callbacks callbacks_;
    void* user_data_;
    std::unique_ptr<Transport> transport_;
    TlsContext tls_context_;   ///< made from the settings, until those change
    std::uint64_t epoch_ = 0;  ///< goes up with each connection and each end of one
    unsigned failures_ = 0;    ///< attempts to reconnect since the last CONNACK

    Descriptor wakeup_;
    bool without_wakeup_ = false;
    bool polling_ = false;
    std::thread::id polling_thread_;  ///< which
                                      ///< a thread waits for the socket
    bool woken_ = false;              ///< and has been woken
    unsigned closers_ = 0;            ///< threads that want to close that socket
    bool end_wanted_ = false;         ///< by mosquitto_disconnect

    std::thread thread_;
    std::thread::id runner_;      ///< the thread in loop_forever, ours or the program's
    std::thread::id own_thread_;  ///< its id, while it runs
    bool stop_ = false;           ///< the thread is to end now
    bool orphaned_ = false;       ///< and to delete the client

    // Of the thread that runs the loop.
    Input input_;
    std::uint64_t input_epoch_ = 0;
    Time breathed_at_ = 0;
    std::string topic_;
};

}  // namespace mq::client

/// The type behind the C interface's pointer.
struct mosquitto final : mq::client::Client {
    using Client::Client;
};
