#include "installer/prefix/configuration.hpp"

#include "base/file.hpp"

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace mq::installer {
namespace {

/// The facts while lines come in.
struct Reader {
    ConfigurationFacts facts;
    ConfigurationFacts::Listener first;  ///< of `port`, `bind_address` before any `listener`
    bool has_first = false;
    bool persistence = false;
    std::filesystem::path location;
    std::string file = "mosquitto.db";
    int depth = 0;

    ConfigurationFacts::Listener& listener() {
        return facts.listeners.empty() ? first : facts.listeners.back();
    }
    void take(const std::string& name, const std::string& value);
    Outcome<void> read(const std::filesystem::path& path);
    Outcome<void> read_directory(const std::filesystem::path& path);
};

std::string trimmed(std::string_view text) {
    const auto from = text.find_first_not_of(" \t\r");
    if (from == std::string_view::npos) {
        return {};
    }
    return std::string(text.substr(from, text.find_last_not_of(" \t\r") - from + 1));
}

/// The address at which a listener bound to `host` is reached from this account.
std::string reachable(const std::string& host) {
    if (host.empty() || host == "0.0.0.0" || host == "localhost") {
        return "127.0.0.1";
    }
    return host == "::" ? "::1" : host;
}

void Reader::take(const std::string& name, const std::string& value) {
    if (name == "listener") {
        ConfigurationFacts::Listener next;
        const auto blank = value.find(' ');
        next.port = std::atoi(value.c_str());
        next.host = reachable(blank == std::string::npos ? "" : trimmed(value.substr(blank)));
        facts.listeners.push_back(next);
    } else if (name == "port") {
        first.port = std::atoi(value.c_str());
        has_first = true;
    } else if (name == "bind_address") {
        listener().host = reachable(value);
    } else if (name == "protocol") {
        listener().websocket = value == "websockets";
        listener().http_only = value == "http_api";
    } else if (name == "enable_proxy_protocol") {
        listener().proxied = true;
    } else if (name == "certfile" || name == "psk_hint") {
        listener().tls = true;
    } else if (name == "password_file") {
        facts.password_file = value;
    } else if (name == "allow_anonymous") {
        facts.anonymous = value == "true" || value == "1";
    } else if (name == "persistence") {
        persistence = value == "true" || value == "1";
    } else if (name == "persistence_location") {
        location = value;
    } else if (name == "persistence_file") {
        file = value;
    }
}

Outcome<void> Reader::read_directory(const std::filesystem::path& path) {
    std::vector<std::filesystem::path> files;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(path, error)) {
        if (entry.path().extension() == ".conf") {
            files.push_back(entry.path());
        }
    }
    if (error) {
        return system_problem("cannot read the folder " + path.string(), error.value());
    }
    std::sort(files.begin(), files.end());
    for (const auto& one : files) {
        if (auto done = read(one); !done) {
            return done;
        }
    }
    return {};
}

Outcome<void> Reader::read(const std::filesystem::path& path) {
    const auto text = read_file(path);
    if (!text) {
        return text.error();
    }
    if (++depth > 10) {
        return Problem{path.string() + ": include_dir goes in circles", ""};
    }
    for (std::size_t from = 0; from < text->size();) {
        const auto newline = std::min(text->find('\n', from), text->size());
        const std::string line = trimmed(std::string_view(*text).substr(from, newline - from));
        from = newline + 1;
        if (line.empty() || line.front() == '#') {
            continue;
        }
        const auto blank = line.find_first_of(" \t");
        const std::string name = line.substr(0, blank);
        const std::string value = blank == std::string::npos ? "" : trimmed(line.substr(blank));
        if (name == "include_dir") {
            if (auto done = read_directory(value); !done) {
                return done;
            }
        } else {
            take(name, value);
        }
    }
    --depth;
    return {};
}

}  // namespace

Outcome<ConfigurationFacts> read_configuration(const std::filesystem::path& path) {
    Reader reader;
    if (auto done = reader.read(path); !done) {
        return done.error();
    }
    if (reader.has_first || reader.facts.listeners.empty()) {
        reader.facts.listeners.insert(reader.facts.listeners.begin(), reader.first);
    }
    if (reader.persistence) {
        reader.facts.database = reader.location / reader.file;
    }
    return reader.facts;
}

}  // namespace mq::installer
