#include "client/lib/websocket_handshake.hpp"

#include "client/include/mosquitto/defs.h"

#include <openssl/evp.h>

#include <algorithm>

namespace mq::client {
namespace {

constexpr std::string_view start_of_head = "HTTP/1.";
constexpr std::string_view end_of_head = "\r\n\r\n";

std::string base64(std::span<const std::uint8_t> bytes) {
    std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
    const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(),
                                     static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(size));
    return text;
}

char lower(char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

bool same_word(std::string_view one, std::string_view other) {
    return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                      [](char left, char right) { return lower(left) == lower(right); });
}

std::string_view trimmed(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos) {
        return {};
    }
    return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

/// Takes the text up to `separator` off the front.
std::string_view take(std::string_view& text, std::string_view separator) {
    const std::size_t end = text.find(separator);
    const std::string_view part = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + separator.size());
    return part;
}

bool has_word(std::string_view list, std::string_view word) {
    while (!list.empty()) {
        if (same_word(trimmed(take(list, ",")), word)) {
            return true;
        }
    }
    return false;
}

/// "HTTP/1.1 101 Switching Protocols": 101; 0 for what is no status line.
int status_of(std::string_view line) {
    const bool is_http = line.starts_with(start_of_head) && line.size() >= 12 && line[8] == ' ';
    if (!is_http || (line.size() > 12 && line[12] != ' ')) {
        return 0;
    }
    int status = 0;
    for (const char digit : line.substr(9, 3)) {
        if (digit < '0' || digit > '9') {
            return 0;
        }
        status = status * 10 + (digit - '0');
    }
    return status;
}

struct Answer {
    bool upgrade = false;
    bool connection = false;
    bool accept = false;
    bool other_protocol = false;
    bool extension = false;
};

void note_header(std::string_view line, std::string_view accept, Answer& answer) {
    const std::string_view name = take(line, ":");
    const std::string_view value = trimmed(line);
    if (same_word(name, "Upgrade")) {
        answer.upgrade = same_word(value, "websocket");
    } else if (same_word(name, "Connection")) {
        answer.connection = answer.connection || has_word(value, "upgrade");
    } else if (same_word(name, "Sec-WebSocket-Accept")) {
        answer.accept = value == accept;
    } else if (same_word(name, "Sec-WebSocket-Protocol")) {
        answer.other_protocol = value != "mqtt";
    } else if (same_word(name, "Sec-WebSocket-Extensions")) {
        answer.extension = !value.empty();
    }
}

}  // namespace

std::string websocket_accept(std::string_view encoded_key) {
    const std::string text = std::string(encoded_key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    std::array<std::uint8_t, 20> digest{};
    EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha1(), nullptr);
    return base64(digest);
}

WebSocketHandshake::WebSocketHandshake(const WebSocketTarget& target,
                                       std::span<const std::uint8_t, 16> key)
    : answer_size_max_(target.answer_size_max) {
    const std::string encoded = base64(key);
    accept_ = websocket_accept(encoded);
    request_ = "GET " + target.path + " HTTP/1.1\r\nHost: " + target.host +
               "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: " + encoded +
               "\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: mqtt\r\n" +
               target.headers + "\r\n";
}

int WebSocketHandshake::feed(std::span<const std::uint8_t> bytes) {
    answer_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    const std::size_t end = answer_.find(end_of_head);
    if (!std::string_view(answer_).starts_with(start_of_head.substr(0, answer_.size()))) {
        return MOSQ_ERR_PROTOCOL;  // no web server: more may never come
    }
    if (end == std::string::npos) {
        return answer_.size() > answer_size_max_ ? MOSQ_ERR_PROTOCOL : MOSQ_ERR_SUCCESS;
    }
    head_size_ = end + end_of_head.size();
    if (head_size_ > answer_size_max_) {
        return MOSQ_ERR_PROTOCOL;
    }
    done_ = true;
    return judge(std::string_view(answer_).substr(0, end));
}

std::string_view WebSocketHandshake::rest() const {
    return std::string_view(answer_).substr(head_size_);
}

/// RFC 6455, 4.1. We offer no extension, so there is none.
int WebSocketHandshake::judge(std::string_view head) const {
    const int status = status_of(take(head, "\r\n"));
    if (status != 101) {
        return status == 0 ? MOSQ_ERR_PROTOCOL : MOSQ_ERR_CONN_REFUSED;
    }
    Answer answer;
    while (!head.empty()) {
        note_header(take(head, "\r\n"), accept_, answer);
    }
    const bool right = answer.upgrade && answer.connection && answer.accept &&
                       !answer.other_protocol && !answer.extension;
    return right ? MOSQ_ERR_SUCCESS : MOSQ_ERR_PROTOCOL;
}

bool are_additional_headers(std::string_view lines) {
    constexpr std::string_view own[] = {"Host", "Upgrade", "Connection", "Content-Length",
                                        "Transfer-Encoding"};
    while (!lines.empty()) {
        const std::string_view line = take(lines, "\r\n");
        const std::size_t colon = line.find(':');
        const std::string_view name = line.substr(0, colon);
        const bool is_line = colon != std::string_view::npos && colon > 0 &&
                             name.find_first_of(" \t\r\n") == std::string_view::npos &&
                             line.find_first_of("\r\n") == std::string_view::npos;
        const bool is_own = same_word(name.substr(0, 14), "Sec-WebSocket-") ||
                            std::any_of(std::begin(own), std::end(own), [&](std::string_view word) {
                                return same_word(word, name);
                            });
        if (!is_line || is_own) {
            return false;
        }
    }
    return true;
}

}  // namespace mq::client
