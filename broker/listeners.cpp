#include "broker/listeners.hpp"

#include "base/version.hpp"

#include <algorithm>
#include <utility>

namespace mq::broker {
namespace {

WebSocketSettings websocket_settings(const Config& config) {
    WebSocketSettings settings;
    settings.header_bytes_max = config.packet_buffer_size;
    settings.log_level = config.websockets_log_level;
    settings.version = version;
    return settings;
}

}  // namespace

bool speaks_http(const Config& config) {
    return std::any_of(config.listeners.begin(), config.listeners.end(), [](const auto& listener) {
        return listener.protocol != ListenerProtocol::mqtt;
    });
}

Listeners::~Listeners() = default;

void set_limits(ConnectionCount& count, const Config& config) {
    count.max = config.global_max_connections;
    count.log_connections = config.connection_messages;
    count.trusted_proxies = TrustedProxies(config.trusted_proxies);
}

void Listeners::use(const Config& config) {
    if (websockets_ != nullptr) {
        websockets_->use(websocket_settings(config));
    }
}

Outcome<void> Listeners::need_websockets(const Config& config) {
    if (websockets_ != nullptr || !speaks_http(config)) {
        return {};
    }
    auto made = WebSocketServer::create(shard_, websocket_settings(config));
    if (!made) {
        return made.error();
    }
    websockets_ = std::move(*made);
    return {};
}

Listener* Listeners::find(const std::string& place) const {
    const auto found = std::find_if(open_.begin(), open_.end(), [&](const auto& listener) {
        return listener->config().place() == place;
    });
    return found == open_.end() ? nullptr : found->get();
}

Listeners::Change Listeners::prepare(const Config& config, const RealmNumbers& realms) {
    Change change;
    if (auto done = need_websockets(config); !done) {
        change.problems.push_back(done.error());
        return change;
    }
    for (const auto& listener : open_) {
        listener->share_address(true);
    }
    for (const ListenerConfig& listener : config.listeners) {
        change.entries_.push_back(prepare(listener, realms.at(listener.place()), change));
    }
    for (const auto& listener : open_) {
        listener->share_address(false);
    }
    return change;
}

Listeners::Change::Entry Listeners::prepare(const ListenerConfig& config, std::size_t realm,
                                            Change& change) {
    Listener* before = find(config.place());
    if (before != nullptr && before->config() == config) {
        if (auto good = before->check_certificate(); !good) {
            change.problems.push_back(good.error());
        }
        return {nullptr, before};
    }
    auto made =
        before != nullptr ? before->successor(config, realm, websockets_.get())
        : inner_          ? Listener::open_inner(shard_, config, realm, count_, websockets_.get())
                 : Listener::open(shard_, config, realm, count_, websockets_.get(), !open_.empty());
    if (!made) {
        change.problems.push_back(made.error());
        return {};
    }
    return {std::move(*made), before};
}

void Listeners::use(Change change) {
    std::vector<std::unique_ptr<Listener>> next;
    for (auto& [made, before] : change.entries_) {
        if (made != nullptr && before != nullptr) {
            made->take_sockets(*before);
        }
        if (made != nullptr) {
            next.push_back(std::move(made));
            continue;
        }
        if (auto loaded = before->reload_certificate(); !loaded) {
            shard_.log().line(LogType::error,
                              loaded.error().text() + "; the old one stays in use.");
        }
        const auto kept = std::find_if(open_.begin(), open_.end(), [kept_one = before](auto& each) {
            return each.get() == kept_one;
        });
        next.push_back(std::move(*kept));
    }
    const auto replaced = [&](const Listener& listener) {
        return std::any_of(next.begin(), next.end(), [&](const auto& each) {
            return each->config().place() == listener.config().place();
        });
    };
    for (auto& listener : open_) {
        if (listener != nullptr) {
            replaced(*listener) ? listener->close() : listener->retire();
            closed_.push_back(std::move(listener));
        }
    }
    open_ = std::move(next);
    show();
}

/// Tells the HTTP interface which listeners there are.
void Listeners::show() {
    if (websockets_ == nullptr) {
        return;
    }
    auto shown = list();
    std::erase_if(shown, [](const auto& listener) { return listener.security.owner_only; });
    websockets_->show_listeners(std::move(shown));
}

std::vector<ListenerConfig> Listeners::list() const {
    std::vector<ListenerConfig> all;
    for (const auto& listener : open_) {
        all.push_back(listener->config());
        all.back().port = listener->port();
    }
    return all;
}

std::vector<OpenListener> Listeners::list_open() const {
    std::vector<OpenListener> all;
    for (const auto& listener : open_) {
        all.push_back({listener->config(), listener->connections_at_place()});
        all.back().config.port = listener->port();
    }
    return all;
}

void Listeners::close() {
    for (const auto& listener : open_) {
        listener->close();
    }
}

void Listeners::take(const std::string& place, UniqueFd client, const Endpoint& from) {
    if (Listener* listener = find(place)) {
        listener->start(std::move(client), from);
    }
}

const Listener* Listeners::current(const ListenerSettings& settings) const {
    for (const auto& listener : open_) {
        if (&listener->settings() == &settings) {
            return listener.get();
        }
    }
    for (const auto& listener : closed_) {
        if (&listener->settings() == &settings) {
            return find(listener->config().place());
        }
    }
    return nullptr;
}

void Listeners::forget_closed() {
    std::erase_if(closed_, [](const auto& listener) { return listener->connections() == 0; });
}

}  // namespace mq::broker
