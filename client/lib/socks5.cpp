#include "client/lib/socks5.hpp"

#include "client/include/mosquitto/defs.h"

#include <algorithm>
#include <arpa/inet.h>
#include <cstddef>

namespace mq::client {
namespace {

constexpr std::uint8_t version = 5;
constexpr std::uint8_t login_version = 1;
constexpr std::uint8_t no_login = 0;
constexpr std::uint8_t by_password = 2;

enum AddressType : std::uint8_t { ipv4 = 1, domain = 3, ipv6 = 4 };

void append(std::vector<std::uint8_t>& out, const std::string& text) {
    out.push_back(static_cast<std::uint8_t>(text.size()));
    out.insert(out.end(), text.begin(), text.end());
}

template <std::size_t size>
void append(std::vector<std::uint8_t>& out, AddressType type, const std::uint8_t (&address)[size]) {
    out.push_back(type);
    out.insert(out.end(), address, address + size);
}

/// An address as it is, a name with its length.
void append_destination(std::vector<std::uint8_t>& out, const std::string& host) {
    std::uint8_t four[4];
    std::uint8_t sixteen[16];
    if (::inet_pton(AF_INET, host.c_str(), four) == 1) {
        append(out, ipv4, four);
    } else if (::inet_pton(AF_INET6, host.c_str(), sixteen) == 1) {
        append(out, ipv6, sixteen);
    } else {
        out.push_back(domain);
        append(out, host);
    }
}

/// RFC 1928, 6.
int error_of_reply(std::uint8_t code) {
    switch (code) {
        case 0:
            return MOSQ_ERR_SUCCESS;
        case 2:  // not allowed by the rules
            return MOSQ_ERR_AUTH;
        case 3:  // network unreachable
        case 4:  // host unreachable
        case 6:  // time to live expired
            return MOSQ_ERR_NO_CONN;
        case 5:
            return MOSQ_ERR_CONN_REFUSED;
        case 7:  // command
        case 8:  // kind of address
            return MOSQ_ERR_NOT_SUPPORTED;
        default:
            return MOSQ_ERR_PROXY;
    }
}

}  // namespace

Socks5::Socks5(const Proxy& proxy, std::string host, std::uint16_t port)
    : user_name_(proxy.user_name.value_or("")),
      password_(proxy.password.value_or("")),
      with_login_(proxy.user_name.has_value()),
      host_(std::move(host)),
      port_(port) {
    if (with_login_) {
        output_ = {version, 2, no_login, by_password};
    } else {
        output_ = {version, 1, no_login};
    }
}

/// The length of a reply to CONNECT is known from its fifth byte on.
std::size_t Socks5::wanted() const {
    constexpr std::size_t two_bytes = 2;
    constexpr std::size_t start = 5;
    if (state_ == State::done) {
        return 0;
    }
    if (state_ != State::reply) {
        return two_bytes - input_.size();
    }
    if (input_.size() < start) {
        return start - input_.size();
    }
    constexpr std::size_t port_size = 2;
    switch (input_[3]) {
        case ipv4:
            return 4 + 4 + port_size - input_.size();
        case ipv6:
            return 4 + 16 + port_size - input_.size();
        default:
            return 4 + 1 + input_[4] + port_size - input_.size();
    }
}

int Socks5::feed(std::span<const std::uint8_t> bytes) {
    while (!bytes.empty() && state_ != State::done) {
        const std::size_t size = std::min(bytes.size(), wanted());
        input_.insert(input_.end(), bytes.begin(),
                      bytes.begin() + static_cast<std::ptrdiff_t>(size));
        bytes = bytes.subspan(size);
        const int result = take_reply();
        if (result != MOSQ_ERR_SUCCESS) {
            return result;
        }
    }
    return MOSQ_ERR_SUCCESS;
}

int Socks5::take_reply() {
    const std::uint8_t expected = state_ == State::login ? login_version : version;
    if (input_[0] != expected) {
        return MOSQ_ERR_PROXY;
    }
    switch (state_) {
        case State::method:
            return wanted() == 0 ? on_method() : MOSQ_ERR_SUCCESS;
        case State::login:
            return wanted() == 0 ? on_login() : MOSQ_ERR_SUCCESS;
        default:
            return on_reply();
    }
}

int Socks5::on_method() {
    const std::uint8_t method = input_[1];
    input_.clear();
    if (method == no_login) {
        ask_connect();
        return MOSQ_ERR_SUCCESS;
    }
    if (method == by_password && with_login_) {
        ask_login();
        return MOSQ_ERR_SUCCESS;
    }
    return method == 0xFF ? MOSQ_ERR_AUTH : MOSQ_ERR_PROXY;
}

int Socks5::on_login() {
    const bool accepted = input_[1] == 0;
    input_.clear();
    if (!accepted) {
        return MOSQ_ERR_AUTH;
    }
    ask_connect();
    return MOSQ_ERR_SUCCESS;
}

/// A refusal counts at once, since a proxy may break off in its middle.
int Socks5::on_reply() {
    if (input_.size() >= 2 && input_[1] != 0) {
        return error_of_reply(input_[1]);
    }
    if (input_.size() >= 4 && input_[3] != ipv4 && input_[3] != domain && input_[3] != ipv6) {
        return MOSQ_ERR_PROXY;
    }
    if (wanted() == 0) {
        input_ = {};
        state_ = State::done;
    }
    return MOSQ_ERR_SUCCESS;
}

void Socks5::ask_login() {
    state_ = State::login;
    output_ = {login_version};
    append(output_, user_name_);
    append(output_, password_);
}

void Socks5::ask_connect() {
    constexpr std::uint8_t connect_command = 1;
    state_ = State::reply;
    output_ = {version, connect_command, 0};
    append_destination(output_, host_);
    output_.push_back(static_cast<std::uint8_t>(port_ >> 8U));
    output_.push_back(static_cast<std::uint8_t>(port_ & 0xFFU));
}

}  // namespace mq::client
