#include "client/cli/ctl_verbs.hpp"

#include "client/cli/ctl_table.hpp"

#include <boost/json/serialize.hpp>

#include <cstdio>
#include <utility>

namespace mq::cli {
namespace {

namespace json = boost::json;

constexpr int page_size = 500;

void print(const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
}

void print_json(const json::value& value) {
    print(json::serialize(value) + "\n");
}

/// A member as text; empty where there is none.
std::string cell(const json::object& entry, const char* name) {
    const json::value* value = entry.if_contains(name);
    if (value == nullptr) {
        return {};
    }
    if (value->is_string()) {
        return {value->get_string().data(), value->get_string().size()};
    }
    return value->is_bool() ? (value->get_bool() ? "yes" : "no") : json::serialize(*value);
}

/// When a session ends; empty while its client is there.
std::string expiry_cell(const json::object& entry, const char* name) {
    const bool away = cell(entry, "connected") == "no";
    return away && !entry.contains(name) ? "never" : cell(entry, name);
}

/// A column's head, the member that stands below it, and how.
struct Column {
    const char* head;
    const char* member;
    std::string (*text)(const json::object& entry, const char* member) = cell;
};
using Columns = std::vector<Column>;

const Columns client_columns = {
    {"CLIENT", "clientid"},       {"USER", "username"}, {"ADDRESS", "address"},
    {"MQTT", "protocol"},         {"TLS", "tls"},       {"FILTERS", "subscriptionCount"},
    {"QUEUED", "queuedMessages"},
};
const Columns session_columns = {
    {"CLIENT", "clientid"},
    {"USER", "username"},
    {"HERE", "connected"},
    {"EXPIRES IN", "expiresIn", expiry_cell},
    {"FILTERS", "subscriptionCount"},
    {"QUEUED", "queuedMessages"},
    {"BYTES", "queuedBytes"},
};
const Columns queue_columns = {
    {"CLIENT", "clientid"},
    {"HERE", "connected"},
    {"QUEUED", "queuedMessages"},
    {"BYTES", "queuedBytes"},
    {"IN FLIGHT", "inflightMessages"},
    {"UNSENT", "waitingBytes"},
};
const Columns retained_columns = {
    {"BYTES", "bytes"},
    {"QOS", "qos"},
    {"EXPIRES IN", "expiresIn"},
    {"TOPIC", "topic"},
};
const Columns listener_columns = {
    {"PORT", "port"},
    {"ADDRESS", "bind-address"},
    {"SOCKET", "socket-path"},
    {"PROTOCOL", "protocol"},
    {"TLS", "tls"},
    {"CLIENTS", "connections"},
};
/// What mosquitto_ctrl asks for does not tell the clients.
const Columns broker_listener_columns(listener_columns.begin(), listener_columns.end() - 1);

std::string table_of(const json::array& entries, const Columns& columns) {
    std::vector<std::string> heads;
    for (const Column& column : columns) {
        heads.emplace_back(column.head);
    }
    CtlTable table(std::move(heads));
    for (const json::value& entry : entries) {
        std::vector<std::string> cells;
        for (const Column& column : columns) {
            cells.push_back(column.text(entry.as_object(), column.member));
        }
        table.add(std::move(cells));
    }
    return table.text();
}

/// A list of pages, as a table or as one JSON array.
Outcome<void> print_list(CtlLink& link, const CtlOptions& options, json::object command,
                         const std::string& list, const Columns& columns) {
    json::array entries;
    auto done = for_each_entry(link, std::move(command), list, [&](const json::object& entry) {
        entries.push_back(entry);
        return Outcome<void>();
    });
    if (!done) {
        return done;
    }
    options.broker.json ? print_json(entries) : print(table_of(entries, columns));
    return {};
}

/// A list that comes as a whole.
Outcome<void> print_short_list(CtlLink& link, const CtlOptions& options, json::object command,
                               const char* list, const Columns& columns) {
    const auto data = ask_one(link, std::move(command));
    if (!data) {
        return data.error();
    }
    const json::value* entries = data->if_contains(list);
    if (entries == nullptr || !entries->is_array()) {
        return Problem{"The broker's answer has no " + std::string(list), ""};
    }
    options.broker.json ? print_json(*entries) : print(table_of(entries->get_array(), columns));
    return {};
}

/// One line a member; a list has one line an entry.
void print_members(const json::object& entry) {
    for (const auto& member : entry) {
        const std::string name = std::string(member.key().data(), member.key().size());
        if (!member.value().is_array()) {
            print(name + ": " + shown(cell(entry, name.c_str())) + "\n");
            continue;
        }
        print(name + ":\n");
        for (const json::value& each : member.value().get_array()) {
            const json::object& one = each.as_object();
            const std::string qos = cell(one, "qos");
            print("  " + shown(cell(one, "filter")) + (qos.empty() ? "" : " (QoS " + qos + ")") +
                  "\n");
        }
    }
}

Outcome<void> show_client(CtlLink& link, const CtlOptions& options) {
    const auto data = ask_one(link, {{"command", "getClient"}, {"clientid", options.client}});
    if (!data) {
        return data.error();
    }
    const json::value* client = data->if_contains("client");
    if (client == nullptr || !client->is_object()) {
        return Problem{"The broker's answer has no client", ""};
    }
    if (options.broker.json) {
        print_json(*client);
    } else {
        print_members(client->get_object());
    }
    return {};
}

/// An order about which there is nothing more to tell than that it was carried out.
Outcome<void> order(CtlLink& link, const CtlOptions& options, json::object command,
                    const std::string& done) {
    const auto data = ask_one(link, std::move(command));
    if (!data) {
        return data.error();
    }
    options.broker.json ? print_json(*data) : print(done + "\n");
    return {};
}

Outcome<void> delete_retained(CtlLink& link, const CtlOptions& options) {
    const auto data = ask_one(link, {{"command", "deleteRetained"}, {"filter", options.filter}});
    if (!data) {
        return data.error();
    }
    options.broker.json ? print_json(*data)
                        : print(cell(*data, "deleted") + " retained message(s) deleted.\n");
    return {};
}

Outcome<void> log_level(CtlLink& link, const CtlOptions& options) {
    json::object command{{"command", options.types.empty() ? "getLogLevel" : "setLogLevel"}};
    if (!options.types.empty()) {
        command["types"] = json::array(options.types.begin(), options.types.end());
    }
    const auto data = ask_one(link, std::move(command));
    if (!data) {
        return data.error();
    }
    if (options.broker.json) {
        print_json(*data);
        return {};
    }
    std::string line;
    for (const json::value& type : data->at("types").as_array()) {
        line += (line.empty() ? "" : " ") + std::string(type.as_string());
    }
    print((line.empty() ? "none" : line) + "\n");
    return {};
}

Outcome<void> list_plugins(CtlLink& link, const CtlOptions& options) {
    const auto data = ask_one(link, {{"command", "listPlugins"}});
    if (!data) {
        return data.error();
    }
    options.broker.json ? print_json(*data) : print("There are no plugins.\n");
    return {};
}

json::object retained_page(const char* command, const CtlOptions& options) {
    return {{"command", command},
            {"count", page_size},
            {"filter", options.filter.empty() ? "#" : options.filter}};
}

Outcome<void> run_verb(CtlLink& link, const CtlOptions& options) {
    switch (options.verb) {
        case CtlVerb::clients_list:
            return print_list(link, options, {{"command", "listClients"}, {"count", page_size}},
                              "clients", client_columns);
        case CtlVerb::clients_show:
            return show_client(link, options);
        case CtlVerb::clients_kick:
            return order(link, options,
                         {{"command", "disconnectClient"}, {"clientid", options.client}},
                         "Client " + shown(options.client) + " is disconnected.");
        case CtlVerb::sessions_list:
            return print_list(link, options, {{"command", "listSessions"}, {"count", page_size}},
                              "sessions", session_columns);
        case CtlVerb::sessions_delete:
            return order(link, options,
                         {{"command", "deleteSession"},
                          {"clientid", options.client},
                          {"force", options.force}},
                         "The session of " + shown(options.client) + " is deleted.");
        case CtlVerb::retained_list:
            return print_list(link, options, retained_page("listRetained", options), "retained",
                              retained_columns);
        case CtlVerb::retained_delete:
            return delete_retained(link, options);
        case CtlVerb::retained_export:
            return export_retained(link, options);
        case CtlVerb::retained_import:
            return import_retained(link, options);
        case CtlVerb::queues_top:
            return print_short_list(link, options,
                                    {{"command", "topQueues"}, {"count", options.count}}, "queues",
                                    queue_columns);
        case CtlVerb::listeners:
        case CtlVerb::broker_listeners:
            return print_short_list(
                link, options, {{"command", "listListeners"}}, "listeners",
                options.verb == CtlVerb::listeners ? listener_columns : broker_listener_columns);
        case CtlVerb::broker_plugins:
            return list_plugins(link, options);
        case CtlVerb::log_level:
            return log_level(link, options);
        default:
            return {};
    }
}

Problem failed(const json::object& response) {
    return {"The broker says: " + shown(cell(response, "error")), "", "", ctl_exit_failed};
}

}  // namespace

Outcome<json::object> ask_one(CtlLink& link, json::object command) {
    const auto responses = link.ask({std::move(command)});
    if (!responses) {
        return responses.error();
    }
    const json::object* response = responses->front().if_object();
    if (response == nullptr || response->contains("error")) {
        return response == nullptr ? Problem{"The broker's answer is none", ""} : failed(*response);
    }
    const json::value* data = response->if_contains("data");
    return data != nullptr && data->is_object() ? data->get_object() : json::object();
}

Outcome<void> for_each_entry(CtlLink& link, json::object command, const std::string& list,
                             const VisitEntry& visit) {
    for (bool more = true; more;) {
        const auto data = ask_one(link, command);
        if (!data) {
            return data.error();
        }
        const json::value* entries = data->if_contains(list);
        const json::value* next = data->if_contains("next");
        if (entries == nullptr || !entries->is_array()) {
            return Problem{"The broker's answer has no " + list, ""};
        }
        for (const json::value& entry : entries->get_array()) {
            if (!entry.is_object()) {
                return Problem{"The broker's answer has a wrong entry", ""};
            }
            if (auto done = visit(entry.get_object()); !done) {
                return done;
            }
        }
        more = next != nullptr && next->is_string();
        if (more) {
            command["after"] = *next;
        }
    }
    return {};
}

Outcome<void> run_ctl(CtlOptions& options) {
    const bool of_broker =
        options.verb == CtlVerb::broker_listeners || options.verb == CtlVerb::broker_plugins;
    const auto link = CtlLink::open(options.broker, of_broker ? "broker" : "mqhome");
    if (!link) {
        return link.error();
    }
    return run_verb(**link, options);
}

}  // namespace mq::cli
