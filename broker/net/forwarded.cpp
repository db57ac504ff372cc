#include "broker/net/forwarded.hpp"

#include <cctype>
#include <string>
#include <vector>

namespace mq::broker {
namespace {

constexpr std::string_view blanks = " \t";

std::string_view trimmed(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(blanks);
    if (begin == std::string_view::npos) {
        return {};
    }
    return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

/// The nodes of a list in their order; each is an address, or text that is none.
using Nodes = std::vector<std::string>;

std::optional<HostPort> rightmost_untrusted(const Nodes& nodes, const TrustedProxies& trusted) {
    std::optional<HostPort> last;
    for (auto node = nodes.rbegin(); node != nodes.rend(); ++node) {
        auto place = read_host_port(*node);
        if (!place) {
            return std::nullopt;  // whoever comes next is hidden, and whoever is before that a
                                  // rumour
        }
        last = std::move(place);
        if (!trusted.contains(last->address)) {
            break;
        }
    }
    return last;
}

Nodes split_at_commas(std::string_view list) {
    Nodes nodes;
    for (;;) {
        const std::size_t comma = list.find(',');
        nodes.emplace_back(trimmed(list.substr(0, comma)));
        if (comma == std::string_view::npos) {
            return nodes;
        }
        list.remove_prefix(comma + 1);
    }
}

/// Reads the value of a `Forwarded` header: elements separated by commas, each of pairs separated
/// by semicolons, each a token, `=`, and a token or a quoted string.
class ForwardedReader {
 public:
    explicit ForwardedReader(std::string_view text) : text_(text) {}

    /// One node for each element, empty where it has no `for`. Nothing when the header is
    /// malformed.
    std::optional<Nodes> read() {
        Nodes nodes;
        do {
            std::string& node = nodes.emplace_back();
            do {
                if (!read_pair(node)) {
                    return std::nullopt;
                }
            } while (take(';'));
        } while (take(','));
        if (at_ != text_.size()) {
            return std::nullopt;
        }
        return nodes;
    }

 private:
    /// False when it is malformed. No pair at all is none that is wrong, as in `for=a;,for=b`.
    bool read_pair(std::string& node) {
        skip_blanks();
        const std::string_view name = take_token("");
        if (name.empty()) {
            return at_ == text_.size() || text_[at_] == ';' || text_[at_] == ',';
        }
        std::string value;
        if (!take('=') || !read_value(value)) {
            return false;
        }
        skip_blanks();
        if (is_for(name)) {
            if (!node.empty()) {
                return false;
            }
            node = std::move(value);
        }
        return true;
    }

    bool read_value(std::string& value) {
        if (!take('"')) {
            // Some proxies leave the quotes around an address with colons and brackets out.
            value = take_token(":[]");
            return !value.empty();
        }
        while (at_ < text_.size() && text_[at_] != '"') {
            if (text_[at_] == '\\') {
                ++at_;
            }
            if (at_ == text_.size()) {
                return false;
            }
            value += text_[at_++];
        }
        return take('"');
    }

    std::string_view take_token(std::string_view more_characters) {
        constexpr std::string_view special = "!#$%&'*+-.^_`|~";
        const std::size_t begin = at_;
        while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0 ||
                                      special.find(text_[at_]) != std::string_view::npos ||
                                      more_characters.find(text_[at_]) != std::string_view::npos)) {
            ++at_;
        }
        return text_.substr(begin, at_ - begin);
    }

    static bool is_for(std::string_view name) {
        return name.size() == 3 && (name[0] == 'f' || name[0] == 'F') &&
               (name[1] == 'o' || name[1] == 'O') && (name[2] == 'r' || name[2] == 'R');
    }

    bool take(char letter) {
        if (at_ < text_.size() && text_[at_] == letter) {
            ++at_;
            return true;
        }
        return false;
    }
    void skip_blanks() {
        while (at_ < text_.size() && blanks.find(text_[at_]) != std::string_view::npos) {
            ++at_;
        }
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace

std::optional<HostPort> forwarded_address(const ForwardedHeaders& headers, std::string_view peer,
                                          const TrustedProxies& trusted) {
    if (!trusted.contains(peer)) {
        return std::nullopt;
    }
    if (!headers.x_forwarded_for.empty()) {
        return rightmost_untrusted(split_at_commas(headers.x_forwarded_for), trusted);
    }
    if (!headers.forwarded.empty()) {
        const auto nodes = ForwardedReader(headers.forwarded).read();
        return nodes ? rightmost_untrusted(*nodes, trusted) : std::nullopt;
    }
    return read_host_port(trimmed(headers.x_real_ip));
}

}  // namespace mq::broker
