#include "broker/auth/scram_message.hpp"

#include "broker/auth/base64.hpp"
#include "broker/auth/scram_keys.hpp"
#include "mqtt/utf8.hpp"

#include <algorithm>
#include <optional>

namespace mq::broker {
namespace {

Problem bad(std::string what) {
    return {std::move(what), ""};
}

/// Takes the text up to the next comma, or all of it.
std::string_view take_part(std::string_view& rest) {
    const std::size_t comma = rest.find(',');
    const std::string_view part = rest.substr(0, comma);
    rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
    return part;
}

/// The value of `letter=value`; nothing for another attribute.
std::optional<std::string_view> value_of(std::string_view part, char letter) {
    if (part.size() < 2 || part[0] != letter || part[1] != '=') {
        return std::nullopt;
    }
    return part.substr(2);
}

bool is_extension(std::string_view part) {
    const auto letter = static_cast<unsigned char>(part.empty() ? 0 : part[0] | 0x20);
    return part.size() > 2 && letter >= 'a' && letter <= 'z' && part[1] == '=';
}

/// `=2C` is a comma and `=3D` an equals sign, which stands for itself nowhere.
std::optional<std::string> name_of(std::string_view escaped) {
    std::string name;
    while (!escaped.empty()) {
        if (escaped.starts_with("=2C")) {
            name += ',';
            escaped.remove_prefix(3);
        } else if (escaped.starts_with("=3D")) {
            name += '=';
            escaped.remove_prefix(3);
        } else if (escaped.front() == '=') {
            return std::nullopt;
        } else {
            name += escaped.front();
            escaped.remove_prefix(1);
        }
    }
    return name;
}

bool is_nonce(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(),
                                        [](char c) { return c >= 0x21 && c <= 0x7E && c != ','; });
}

/// The two parts of the GS2 header; `authorization` is "" where there is none.
Outcome<void> read_gs2_header(std::string_view& rest, std::string_view& authorization) {
    const std::string_view binding = take_part(rest);
    if (binding.starts_with("p=")) {
        return bad("SCRAM: channel binding is not offered");
    }
    if (binding != "n" && binding != "y") {
        return bad("SCRAM: the first message begins with neither n nor y");
    }
    const std::string_view identity = take_part(rest);
    if (!identity.empty()) {
        const auto value = value_of(identity, 'a');
        if (!value || value->empty()) {
            return bad("SCRAM: an authorization identity that cannot be read");
        }
        authorization = *value;
    }
    return {};
}

Outcome<void> check_extensions(std::string_view rest) {
    while (!rest.empty()) {
        if (!is_extension(take_part(rest))) {
            return bad("SCRAM: an extension that cannot be read");
        }
    }
    return {};
}

}  // namespace

Outcome<ScramClientFirst> parse_scram_client_first(std::string_view message) {
    if (!mqtt::is_valid_utf8(message)) {
        return bad("SCRAM: the first message is not UTF-8");
    }
    std::string_view rest = message;
    std::string_view authorization;
    if (auto header = read_gs2_header(rest, authorization); !header) {
        return header.error();
    }
    ScramClientFirst first;
    first.gs2_header = message.substr(0, message.size() - rest.size());
    first.bare = rest;
    if (rest.starts_with("m=")) {
        return bad("SCRAM: the client demands an extension that is not known");
    }
    const auto escaped = value_of(take_part(rest), 'n');
    auto user = escaped ? name_of(*escaped) : std::nullopt;
    if (!user) {
        return bad("SCRAM: no user name where it should be");
    }
    if (auto usable = check_scram_text(*user, "SCRAM: the user name"); !usable) {
        return usable.error();
    }
    if (!authorization.empty() && name_of(authorization) != user) {
        return bad("SCRAM: to act for another user is not offered");
    }
    const auto nonce = value_of(take_part(rest), 'r');
    if (!nonce || !is_nonce(*nonce) || nonce->size() > scram_nonce_bytes_max) {
        return bad("SCRAM: no nonce of 1 to 512 printable characters where it should be");
    }
    if (auto extensions = check_extensions(rest); !extensions) {
        return extensions.error();
    }
    first.user = std::move(*user);
    first.nonce = *nonce;
    return first;
}

Outcome<ScramClientFinal> parse_scram_client_final(std::string_view message) {
    if (!mqtt::is_valid_utf8(message)) {
        return bad("SCRAM: the last message is not UTF-8");
    }
    const std::size_t comma = message.rfind(',');
    const auto proof =
        comma == std::string_view::npos ? std::nullopt : value_of(message.substr(comma + 1), 'p');
    auto proof_bytes = proof ? base64_decode(*proof, Padding::with) : std::nullopt;
    if (!proof_bytes || proof_bytes->size() != scram_key_bytes) {
        return bad("SCRAM: the last message does not end with a proof of 32 bytes");
    }
    ScramClientFinal last;
    last.without_proof = message.substr(0, comma);
    std::string_view rest = last.without_proof;
    const auto header = value_of(take_part(rest), 'c');
    auto header_bytes = header ? base64_decode(*header, Padding::with) : std::nullopt;
    if (!header_bytes) {
        return bad("SCRAM: the last message does not begin with the GS2 header in base64");
    }
    const auto nonce = value_of(take_part(rest), 'r');
    if (!nonce || !is_nonce(*nonce)) {
        return bad("SCRAM: the last message has no nonce where it should be");
    }
    if (auto extensions = check_extensions(rest); !extensions) {
        return extensions.error();
    }
    last.gs2_header = std::move(*header_bytes);
    last.nonce = *nonce;
    last.proof = std::move(*proof_bytes);
    return last;
}

}  // namespace mq::broker
