#include "tests/bench/logins.hpp"

#include "tests/bench/client.hpp"
#include "tests/bench/paced.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <future>
#include <pthread.h>
#include <span>
#include <stdexcept>
#include <string>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>
#include <unordered_map>
#include <vector>

namespace mq::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int answer_deadline_ms = 60'000;
constexpr const char* attacker = "PROXY TCP4 203.0.113.7 127.0.0.1 40000 1883\r\n";

/// Keeps `options.clients` wrong logins open until all have had their answer.
class Attack {
 public:
    explicit Attack(const Options& options)
        : options_(options), poller_(::epoll_create1(EPOLL_CLOEXEC)) {}

    void run(LoginsResult& result) {
        // The machine of an attacker is not ours: he gets what the others leave.
        const sched_param usual{};
        ::pthread_setschedparam(::pthread_self(), SCHED_OTHER, &usual);
        ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), 19);
        const auto started = Clock::now();
        std::array<epoll_event, 64> events;
        while (result.refused + result.not_refused < options_.logins) {
            while (begun_ < options_.logins && open_.size() < options_.clients) {
                begin();
            }
            const int count = ::epoll_wait(poller_.get(), events.data(),
                                           static_cast<int>(events.size()), answer_deadline_ms);
            if (count <= 0) {
                throw std::runtime_error("wrong logins get no answer within 60 s");
            }
            for (int index = 0; index < count; ++index) {
                end(events[static_cast<std::size_t>(index)].data.fd, result);
            }
        }
        result.seconds = std::chrono::duration<double>(Clock::now() - started).count();
    }

 private:
    void begin() {
        UniqueFd fd = connected_socket(options_.login_port);
        mqtt::Connect connect;
        connect.version = mqtt::Version::v3_1_1;
        const std::string guess = "guess-" + std::to_string(begun_++);
        connect.client_id = guess;
        connect.user_name = "alice";
        connect.password =
            mqtt::Bytes(reinterpret_cast<const std::uint8_t*>(guess.data()), guess.size());
        mqtt::Buffer bytes(attacker, attacker + std::char_traits<char>::length(attacker));
        mqtt::encode(connect, mqtt::Version::v3_1_1, bytes);
        // A broker may close before it has read: that is an answer too.
        (void)::send(fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.fd = fd.get();
        if (::epoll_ctl(poller_.get(), EPOLL_CTL_ADD, fd.get(), &event) != 0) {
            throw std::system_error(errno, std::generic_category(), "epoll_ctl");
        }
        open_.emplace(fd.get(), std::move(fd));
    }

    void end(int fd, LoginsResult& result) {
        constexpr std::array<std::uint8_t, 3> refusal = {0x20, 0x02, 0x00};  // then the code
        std::array<std::uint8_t, refusal.size() + 1> connack{};
        const ssize_t count = ::recv(fd, connack.data(), connack.size(), 0);
        const bool is_refused = count == static_cast<ssize_t>(connack.size()) &&
                                std::ranges::equal(refusal, std::span(connack).first<3>()) &&
                                connack.back() != 0;
        is_refused ? ++result.refused : ++result.not_refused;
        open_.erase(fd);
    }

    const Options& options_;
    UniqueFd poller_;
    std::unordered_map<int, UniqueFd> open_;
    std::uint64_t begun_ = 0;
};

}  // namespace

LoginsResult run_logins(const Options& options) {
    LoginsResult result;
    PacedFlow flow(options.port, options.payload_bytes);
    for (std::uint64_t index = 0; index < options.messages; ++index) {
        flow.send_one();
    }
    flow.take_percentiles(result.p50_us_before, result.p99_us_before);
    auto attack = std::async(std::launch::async, [&] { Attack(options).run(result); });
    while (attack.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
        flow.send_one();
    }
    attack.get();
    flow.take_percentiles(result.p50_us_beside, result.p99_us_beside);
    result.delivered = flow.delivered();
    result.wrong = flow.wrong();
    return result;
}

}  // namespace mq::bench
