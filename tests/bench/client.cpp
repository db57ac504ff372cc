#include "tests/bench/client.hpp"

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <system_error>

namespace mq::bench {
namespace {

constexpr std::size_t packet_bytes_max = std::size_t{1} << 20U;
constexpr std::size_t read_bytes = std::size_t{64} << 10U;
constexpr time_t handshake_timeout_s = 10;
constexpr std::uint16_t keep_alive_s = 300;  // beyond every run

[[noreturn]] void fail(const std::string& what) {
    throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

UniqueFd connected_socket(std::uint16_t port) {
    UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!fd) {
        fail("socket");
    }
    const int on = 1;
    const timeval timeout = {handshake_timeout_s, 0};
    ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        fail("connect to port " + std::to_string(port));
    }
    return fd;
}

Client::Client(std::uint16_t port, const std::string& id, bool clean_session)
    : fd_(connected_socket(port)) {
    mqtt::Connect connect;
    connect.version = version;
    connect.client_id = id;
    connect.keep_alive = keep_alive_s;
    connect.clean_start = clean_session;
    mqtt::encode(connect, unsent_);
    flush();
    expect(mqtt::PacketType::connack, [](const mqtt::Frame& frame) {
        const auto connack = mqtt::decode_connack(frame, version);
        return connack && connack->return_code == mqtt::ConnectReturnCode::accepted;
    });
}

void Client::subscribe(const std::string& filter, mqtt::QoS qos) {
    mqtt::SubscriptionRequest request;
    request.filter = filter;
    request.options.qos = qos;
    mqtt::Buffer requests;
    mqtt::append_request(request, version, requests);
    mqtt::Subscribe subscribe;
    subscribe.packet_id = 1;
    subscribe.requests = mqtt::SubscriptionRequests(requests, version);
    queue(subscribe);
    flush();
    expect(mqtt::PacketType::suback, [qos](const mqtt::Frame& frame) {
        const auto suback = mqtt::decode_suback(frame, version);
        return suback && suback->reason_codes.size() == 1 &&
               suback->reason_codes[0] == static_cast<std::uint8_t>(qos);
    });
}

void Client::start() {
    if (::fcntl(fd_.get(), F_SETFL, O_NONBLOCK) != 0) {
        fail("fcntl");
    }
}

void Client::flush() {
    std::size_t sent = 0;
    while (sent < unsent_.size()) {
        const ssize_t count =
            ::send(fd_.get(), unsent_.data() + sent, unsent_.size() - sent, MSG_NOSIGNAL);
        if (count < 0) {
            if (errno == EAGAIN) {
                break;
            }
            fail("send");
        }
        sent += static_cast<std::size_t>(count);
    }
    unsent_.erase(unsent_.begin(), unsent_.begin() + static_cast<std::ptrdiff_t>(sent));
}

bool Client::read_some() {
    static std::array<std::uint8_t, read_bytes> chunk;
    const ssize_t count = ::recv(fd_.get(), chunk.data(), chunk.size(), 0);
    if (count == 0) {
        throw std::runtime_error("the broker closes a connection");
    }
    if (count < 0) {
        if (errno == EAGAIN) {
            return false;
        }
        fail("recv");
    }
    unread_.insert(unread_.end(), chunk.begin(), chunk.begin() + count);
    return true;
}

mqtt::Framing Client::frame_at(std::size_t offset) const {
    const auto framing = mqtt::cut_frame(mqtt::Bytes(unread_).subspan(offset), packet_bytes_max);
    if (!framing) {
        throw std::runtime_error("the broker sends no MQTT: " +
                                 std::string(mqtt::name(framing.error())));
    }
    return *framing;
}

void Client::drop(std::size_t bytes) {
    unread_.erase(unread_.begin(), unread_.begin() + static_cast<std::ptrdiff_t>(bytes));
}

mqtt::Frame Client::first_frame(std::string_view missing) {
    mqtt::Framing framing;
    while ((framing = frame_at(0)).kind != mqtt::Framing::Kind::packet) {
        if (!read_some()) {
            throw std::runtime_error("the broker sends no " + std::string(missing) +
                                     " within 10 s");
        }
    }
    return framing.frame;
}

mqtt::PacketType Client::wait_for_packet() {
    return wait_for_packet([](const mqtt::Frame&) {});
}

template <class Check>
void Client::expect(mqtt::PacketType type, const Check& check) {
    const mqtt::Frame frame = first_frame(mqtt::name(type));
    if (mqtt::packet_type(frame) != type || !check(frame)) {
        throw std::runtime_error("the broker refuses: no good " + std::string(mqtt::name(type)));
    }
    drop(frame.size);
}

}  // namespace mq::bench
