// The probe against a broker that we did not write.
#include "installer/health/probe.hpp"

#include "base/unique_fd.hpp"
#include "tests/support/home.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <csignal>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace mq::installer;
using mq::mqtt::Version;
using mq::test::Home;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

namespace {

/// A socket on a free port of 127.0.0.1, and the port.
std::pair<mq::UniqueFd, int> free_port() {
    mq::UniqueFd fd(::socket(AF_INET, SOCK_STREAM, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), size);
    ::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size);
    return {std::move(fd), ntohs(address.sin_port)};
}

/// Debian's mosquitto with user `u`, password `p`, one TCP and one WebSocket listener.
class Mosquitto {
 public:
    Mosquitto() {
        port_ = free_port().second;
        ws_port_ = free_port().second;
        home_.write("conf", "per_listener_settings false\nallow_anonymous false\npassword_file " +
                                (home_.path() / "pw").string() + "\nlistener " +
                                std::to_string(port_) + " 127.0.0.1\nlistener " +
                                std::to_string(ws_port_) + " 127.0.0.1\nprotocol websockets\n");
        run({"mosquitto_passwd", "-b", "-c", (home_.path() / "pw").string(), "u", "p"}, true);
        std::filesystem::permissions(home_.path() / "pw", std::filesystem::perms::all);
        std::filesystem::permissions(home_.path(), std::filesystem::perms::all);
        std::filesystem::permissions(home_.path().parent_path(), std::filesystem::perms::all);
        pid_ = run({program(), "-c", (home_.path() / "conf").string()}, false);
    }
    ~Mosquitto() {
        ::kill(pid_, SIGTERM);
        ::waitpid(pid_, nullptr, 0);
    }
    Mosquitto(const Mosquitto&) = delete;
    Mosquitto& operator=(const Mosquitto&) = delete;

    static const char* program() { return "/usr/sbin/mosquitto"; }

    [[nodiscard]] ProbeTarget target(bool websocket) const {
        return {"127.0.0.1", websocket ? ws_port_ : port_, websocket};
    }
    /// Waits until both listeners take connections; false when the broker ended before.
    [[nodiscard]] bool ready() const {
        while (!expect_answer(target(false), seconds(20)) ||
               !expect_answer(target(true), seconds(20))) {
            if (::waitpid(pid_, nullptr, WNOHANG) != 0) {
                return false;
            }
            ::usleep(10000);
        }
        return true;
    }

 private:
    static pid_t run(std::vector<std::string> arguments, bool wait) {
        const pid_t pid = ::fork();
        if (pid == 0) {
            std::vector<char*> raw;
            for (auto& argument : arguments) {
                raw.push_back(argument.data());
            }
            raw.push_back(nullptr);
            const int null = ::open("/dev/null", O_RDWR);
            ::dup2(null, 1);
            ::dup2(null, 2);
            ::execvp(raw[0], raw.data());
            ::_exit(127);
        }
        if (wait) {
            ::waitpid(pid, nullptr, 0);
        }
        return pid;
    }

    Home home_;
    int port_ = 0;
    int ws_port_ = 0;
    pid_t pid_ = 0;
};

}  // namespace

TEST(Probe, GoesThroughAForeignBroker) {
    if (::access(Mosquitto::program(), X_OK) != 0) {
        GTEST_SKIP() << "mosquitto is not on this machine";
    }
    const Mosquitto broker;
    ASSERT_TRUE(broker.ready());
    for (const bool websocket : {false, true}) {
        for (const auto version : {Version::v3_1, Version::v3_1_1, Version::v5}) {
            const auto went =
                round_trip(broker.target(websocket), {"u", "p"}, version, seconds(20));
            EXPECT_TRUE(went) << went.error().text();
            const auto refused =
                expect_refusal(broker.target(websocket), {"u", "wrong"}, version, seconds(20));
            EXPECT_TRUE(refused) << refused.error().text();
        }
    }
    const auto wrong = round_trip(broker.target(false), {"u", "wrong"}, Version::v5, seconds(20));
    ASSERT_FALSE(wrong);
    EXPECT_THAT(wrong.error().what, HasSubstr("MQTT 5.0 over TCP, port "));
    EXPECT_THAT(wrong.error().what, HasSubstr("login: refused"));
    EXPECT_FALSE(expect_refusal(broker.target(false), {"u", "p"}, Version::v5, seconds(20)));

    ProbeTarget by_name = broker.target(false);
    by_name.host = "localhost";
    EXPECT_TRUE(round_trip(by_name, {"u", "p"}, Version::v5, seconds(20)));
}

TEST(Probe, NobodyThereIsToldAtOnce) {
    const auto [fd, port] = free_port();
    const auto went = round_trip({"127.0.0.1", port, false}, {}, Version::v5, seconds(20));
    ASSERT_FALSE(went);
    EXPECT_THAT(went.error().what, HasSubstr("Connection refused"));
}

TEST(Probe, AServerThatSaysNothingIsLeftAfterTheTimeout) {
    const auto [fd, port] = free_port();
    ASSERT_EQ(::listen(fd.get(), 4), 0);
    for (const bool websocket : {false, true}) {
        const auto went =
            round_trip({"127.0.0.1", port, websocket}, {}, Version::v5, milliseconds(50));
        ASSERT_FALSE(went);
        EXPECT_THAT(went.error().what, HasSubstr("no answer in time"));
    }
}

TEST(Probe, ANameIsNotResolved) {
    const auto went = round_trip({"example.org", 1883, false}, {}, Version::v5, seconds(20));
    ASSERT_FALSE(went);
    EXPECT_THAT(went.error().what, HasSubstr("is not a numeric address"));
}
