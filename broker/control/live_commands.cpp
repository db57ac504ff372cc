#include "broker/control/live_commands.hpp"

#include "broker/control/broker_commands.hpp"
#include "broker/control/live_facts.hpp"
#include "broker/control/live_retained.hpp"
#include "broker/control/request_members.hpp"
#include "mqtt/topic.hpp"

#include <boost/json/array.hpp>

#include <string>
#include <utility>

namespace mq::broker {
namespace {

namespace json = boost::json;

constexpr std::size_t count_default = 100;

/// Makes the errand of a request, and JSON of what has come of it.
using ReadErrand = std::function<Errand(RequestMembers& members, Time now)>;
using TellResult = std::function<CommandResult(const ErrandResult& result, Time now)>;

Command errand_command(std::string_view name, ReadErrand read, TellResult tell) {
    Command command{name, {}};
    command.start = [read = std::move(read), tell = std::move(tell)](
                        const json::object& request, const Identity& client, ControlDesk& desk,
                        CommandDone done) {
        RequestMembers members(request);
        Errand errand = read(members, desk.turn_time());
        if (!members.mistake().empty()) {
            return done({{}, members.mistake()});
        }
        errand.asker = client.client_id;
        desk.run(std::move(errand),
                 [tell, done = std::move(done), &desk](const ErrandResult& result) {
                     done(result.error.empty() ? tell(result, desk.turn_time())
                                               : CommandResult{{}, result.error});
                 });
    };
    return command;
}

void read_page(RequestMembers& members, Errand& errand) {
    errand.count = members.number("count", count_default, 1, Errand::count_max);
    errand.offset = members.number("offset", 0, 0, Errand::offset_max);
    errand.after = members.text("after", "");
}

ReadErrand sessions_page(bool connected) {
    return [connected](RequestMembers& members, Time) {
        Errand errand;
        errand.kind = ErrandKind::list_sessions;
        errand.connected = connected;
        read_page(members, errand);
        return errand;
    };
}

ReadErrand about_client(ErrandKind kind) {
    return [kind](RequestMembers& members, Time) {
        Errand errand;
        errand.kind = kind;
        errand.name = members.text("clientid");
        errand.force = kind == ErrandKind::end_session && members.flag("force", false);
        return errand;
    };
}

Errand queues(RequestMembers& members, Time) {
    Errand errand;
    errand.kind = ErrandKind::top_queues;
    errand.count = members.number("count", 10, 1, Errand::count_max);
    return errand;
}

/// Topics of `$SYS` are the broker's own, and must be asked for by name.
std::string read_filter(RequestMembers& members, std::string_view missing) {
    std::string filter = missing.empty() ? members.text("filter") : members.text("filter", missing);
    if (!mqtt::is_valid_topic_filter(filter) || mqtt::is_shared_filter(filter)) {
        members.refuse("Invalid filter");
    }
    return filter;
}

ReadErrand retained_page(bool payloads) {
    return [payloads](RequestMembers& members, Time) {
        Errand errand;
        errand.kind = ErrandKind::list_retained;
        errand.payloads = payloads;
        errand.name = read_filter(members, "#");
        read_page(members, errand);
        if (!errand.after.empty() && !mqtt::is_valid_topic_name(errand.after)) {
            members.refuse("Invalid after");
        }
        return errand;
    };
}

Errand retained_to_delete(RequestMembers& members, Time) {
    Errand errand;
    errand.kind = ErrandKind::delete_retained;
    errand.name = read_filter(members, "");
    if (errand.name.starts_with("$SYS")) {
        members.refuse("Topics of $SYS are the broker's own");
    }
    return errand;
}

/// The name of the last entry stands as `next` where there is more.
template <class Item, class Describe>
CommandResult page(std::string_view name, const std::vector<Item>& items, std::string Item::*key,
                   bool more, Describe describe_one) {
    json::array list;
    for (const Item& item : items) {
        list.push_back(describe_one(item));
    }
    CommandResult told;
    told.data[{name.data(), name.size()}] = std::move(list);
    told.data["more"] = more;
    if (more && !items.empty()) {
        told.data["next"] = items.back().*key;
    }
    return told;
}

TellResult tell_sessions(std::string_view name) {
    return [name](const ErrandResult& result, Time now) {
        CommandResult told = page(name, result.sessions, &SessionFacts::client_id, result.more,
                                  [&](const auto& session) { return describe(session, now); });
        told.data["totalCount"] = result.total;
        return told;
    };
}

CommandResult tell_queues(const ErrandResult& result, Time now) {
    json::array list;
    for (const SessionFacts& session : result.sessions) {
        list.push_back(describe(session, now));
    }
    return {{{"queues", std::move(list)}}};
}

CommandResult tell_session(const ErrandResult& result, Time now) {
    return result.sessions.empty()
               ? CommandResult{{}, "Client not found"}
               : CommandResult{{{"client", describe(result.sessions.front(), now)}}};
}

CommandResult tell_done(const ErrandResult& result, Time) {
    return result.total == 0 ? CommandResult{{}, "Client not found"} : CommandResult();
}

CommandResult tell_retained(const ErrandResult& result, Time now) {
    return page("retained", result.retained, &RetainedFacts::topic, result.more,
                [&](const auto& message) { return describe(message, now); });
}

CommandResult tell_messages(const ErrandResult& result, Time now) {
    return page("retained", result.retained, &RetainedFacts::topic, result.more,
                [&](const auto& message) { return export_of(message, now); });
}

constexpr struct {
    std::string_view name;
    LogType type;
} log_types[] = {
    {"error", LogType::error},
    {"warning", LogType::warning},
    {"notice", LogType::notice},
    {"information", LogType::information},
    {"debug", LogType::debug},
    {"subscribe", LogType::subscribe},
    {"unsubscribe", LogType::unsubscribe},
    {"websockets", LogType::websockets},
    {"internal", LogType::internal},
};

CommandResult tell_log_types(LogMask mask) {
    json::array names;
    for (const auto& each : log_types) {
        if ((mask & log_mask(each.type)) != 0) {
            names.emplace_back(json::string_view(each.name.data(), each.name.size()));
        }
    }
    return {{{"types", std::move(names)}}};
}

/// Words as `log_type` has them, `all` and `none` included.
LogMask read_log_types(RequestMembers& members) {
    unsigned mask = 0;
    for (const std::string& word : members.texts("types")) {
        unsigned added = word == "all" ? log_mask_all : 0U;
        for (const auto& each : log_types) {
            added |= each.name == word ? log_mask(each.type) : 0U;
        }
        if (added == 0 && word != "none") {
            members.refuse("Invalid types: a word that log_type does not know");
        }
        mask |= added;
    }
    return static_cast<LogMask>(mask);
}

Command list_listeners(const LiveSources& sources) {
    return {"listListeners", [listeners = sources.listeners](const json::object&, const Identity&) {
                json::array list;
                for (const OpenListener& listener : listeners()) {
                    json::object entry = describe(listener.config);
                    entry["connections"] = listener.connections;
                    list.push_back(std::move(entry));
                }
                return CommandResult{{{"listeners", std::move(list)}}};
            }};
}

Command get_log_level(const LiveSources& sources) {
    return {"getLogLevel", [types = sources.log_types](const json::object&, const Identity&) {
                return tell_log_types(types());
            }};
}

Command set_log_level(const LiveSources& sources) {
    return {"setLogLevel",
            [set = sources.set_log_types](const json::object& request, const Identity&) {
                RequestMembers members(request);
                const LogMask mask = read_log_types(members);
                if (!members.mistake().empty()) {
                    return CommandResult{{}, members.mistake()};
                }
                set(mask);
                return tell_log_types(mask);
            }};
}

}  // namespace

Commands live_commands(LiveSources sources) {
    using enum ErrandKind;
    return {
        errand_command("listClients", sessions_page(true), tell_sessions("clients")),
        errand_command("getClient", about_client(show_session), tell_session),
        errand_command("disconnectClient", about_client(disconnect), tell_done),
        errand_command("listSessions", sessions_page(false), tell_sessions("sessions")),
        errand_command("deleteSession", about_client(end_session), tell_done),
        errand_command("topQueues", queues, tell_queues),
        errand_command("listRetained", retained_page(false), tell_retained),
        errand_command("getRetained", retained_page(true), tell_messages),
        errand_command("setRetained", read_retained,
                       [](const ErrandResult&, Time) { return CommandResult(); }),
        errand_command("deleteRetained", retained_to_delete,
                       [](const ErrandResult& result, Time) {
                           return CommandResult{{{"deleted", result.total}}};
                       }),
        list_listeners(sources),
        get_log_level(sources),
        set_log_level(sources),
    };
}

}  // namespace mq::broker
