// What strangers send to a listener for WebSockets or HTTP: one connection to a whole server per
// input, through a pair of sockets, with the shard's loop turned by hand. Whatever comes, the
// connection ends with the client, and nothing is kept of it.
//
// The first byte chooses the listener; what follows is sent in two parts, the second one (behind
// the first empty line: what comes after an upgrade are frames) once the first was answered.
#include "base/runtime.hpp"
#include "broker/net/listener.hpp"
#include "broker/net/shard.hpp"
#include "broker/net/websocket.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <utility>

using namespace mq::broker;

namespace {

constexpr int turns_max = 10'000;

void check(bool holds) {
    if (!holds) {
        std::abort();
    }
}

class Silence final : public Log {
 public:
    Silence() { mask_ = log_mask_all; }
    void line(LogType, std::string_view) override {}
};

class Everybody final : public AccessPolicy {
 public:
    std::optional<mq::mqtt::ReasonCode> login(const LoginRequest&) override {
        return mq::mqtt::ReasonCode::success;
    }
    std::shared_ptr<const Grant> grant(const Identity&) override { return nullptr; }
};

/// A folder with something to be served, gone at the end.
class Site {
 public:
    Site() {
        std::string name = (std::filesystem::temp_directory_path() / "fuzz-http.XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
        std::filesystem::create_directories(folder_ / "sub");
        std::ofstream(folder_ / "index.html") << "front";
        std::ofstream(folder_ / "sub" / "a.js") << "a";
        std::ofstream(folder_ / ".hidden") << "hidden";
    }
    ~Site() {
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }
    [[nodiscard]] std::string path() const { return folder_; }

 private:
    std::filesystem::path folder_;
};

/// One server that lives as long as the program, with one listener of each kind.
class World {
 public:
    World() : shard_(*Shard::create(log_)) {
        mq::runtime_init();
        count_.trusted_proxies = TrustedProxies({"192.0.2.0/24"});
        BrokerSetup setup;
        setup.limits = &limits_;
        setup.access = &access_;
        setup.log = &log_;
        setup.seed = 1;
        shard_->make_broker(setup);
        server_ = *WebSocketServer::create(*shard_);
        ListenerConfig config = listener(ListenerProtocol::websockets);
        open(config);
        config.websockets_paths = {"/mqtt"};
        config.websockets_origins = {"https://a.example"};
        config.http_dir = site_.path();
        open(config);
        open(listener(ListenerProtocol::http_api));
        server_->show_listeners({config});
    }

    void visit(std::size_t which, std::string_view first, std::string_view second) {
        Listener& listener = *listeners_[which % listeners_.size()];
        int pair[2];
        check(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) == 0);
        mq::UniqueFd client(pair[0]);
        shard_->turn([&] {
            server_->start(listener, mq::UniqueFd(pair[1]), Peer{"192.0.2.1", 4711, {}});
        });
        send(client.get(), first);
        send(client.get(), second);
        client.reset();
        for (int i = 0; i < turns_max && listener.connections() > 0; ++i) {
            turn();
        }
        check(listener.connections() == 0);
    }

 private:
    static ListenerConfig listener(ListenerProtocol protocol) {
        ListenerConfig config;
        config.protocol = protocol;
        config.host = "127.0.0.1";
        config.port = 0;
        config.allow_anonymous = true;
        return config;
    }

    void open(const ListenerConfig& config) {
        listeners_.push_back(*Listener::open(*shard_, config, 0, count_, server_.get()));
    }

    bool turn() { return shard_->poll(); }

    /// Sends and drops what comes back, until nothing happens any more.
    void send(int fd, std::string_view bytes) {
        bool goes_on = true;
        while (goes_on) {
            const ssize_t n = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
            if (n > 0) {
                bytes.remove_prefix(static_cast<std::size_t>(n));
            }
            goes_on = turn();
            std::array<char, 4096> answer;
            while (::recv(fd, answer.data(), answer.size(), MSG_DONTWAIT) > 0) {
                goes_on = true;
            }
        }
    }

    Silence log_;
    Everybody access_;
    Limits limits_;
    Site site_;
    ConnectionCount count_;
    std::unique_ptr<Shard> shard_;
    std::unique_ptr<WebSocketServer> server_;
    std::vector<std::unique_ptr<Listener>> listeners_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static World world;
    if (size == 0) {
        return 0;
    }
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    const std::size_t end = bytes.find("\r\n\r\n");
    const std::size_t cut = end == std::string_view::npos ? bytes.size() : end + 4;
    world.visit(data[0], bytes.substr(0, cut), bytes.substr(cut));
    return 0;
}
