#include "broker/store/loader.hpp"

#include "broker/store/record.hpp"

#include <string>
#include <unordered_map>
#include <utility>

namespace mq::broker {
namespace {

class Loader {
 public:
    explicit Loader(Database& database) : database_(database) {}

    Result<Loaded, SqlError> load() {
        load_messages();
        load_retained();  // first: what is queued as well shares the block that has the publisher
        load_sessions();
        load_wills();
        load_subscriptions();
        load_entries();
        load_received();
        find_unused_messages();
        if (auto error = database_.take_error()) {
            return std::move(*error);
        }
        return std::move(loaded_);
    }

 private:
    struct StoredMessage {
        MessageRef message;
        bool used = false;
    };

    void load_messages() {
        Statement rows(database_,
                       "SELECT id, topic, properties, payload, qos, retain, expires, checksum"
                       " FROM messages");
        while (rows.row()) {
            auto message = to_message({rows.text(1), rows.blob(2), rows.blob(3), rows.number(4),
                                       rows.number(5), rows.number(6), rows.number(7)});
            if (message) {
                messages_[rows.number(0)].message = std::move(*message);
            } else {
                damaged(
                    "messages", rows.number(0),
                    "the message of topic " + in_quotes(rows.text(1)) + " is not what was stored");
            }
        }
    }

    void load_sessions() {
        Statement rows(database_,
                       "SELECT id, client_id, user_name, version, expiry_interval, expires, realm"
                       " FROM sessions ORDER BY id");
        while (rows.row()) {
            auto session = to_session({rows.text(1), rows.text(2), rows.number(3), rows.number(4),
                                       rows.number(5), rows.text(6)});
            if (session) {
                sessions_[rows.number(0)] = state().sessions.size();
                state().sessions.push_back({std::move(*session), {}, {}, {}});
            } else {
                damaged("sessions", rows.number(0),
                        "the session of client " + in_quotes(rows.text(1)) + " is not valid");
            }
        }
    }

    void load_wills() {
        Statement rows(database_,
                       "SELECT id, session, topic, properties, payload, qos, retain, delay,"
                       " message_expiry, due, checksum FROM wills ORDER BY id");
        while (rows.row()) {
            StoredSession* session = session_of("wills", rows);
            if (session == nullptr) {
                continue;
            }
            const WillRow row{rows.text(2),   rows.blob(3),   rows.blob(4),
                              rows.number(5), rows.number(6), rows.number(7),
                              rows.number(8), rows.number(9), rows.number(10)};
            session->session.will = to_will(row);
            if (session->session.will) {
                session->session.will_due = due_of(row);
            } else {
                damaged("wills", rows.number(0),
                        "the will" + of(*session) + " is not what was stored");
            }
        }
    }

    void load_subscriptions() {
        Statement rows(database_,
                       "SELECT id, session, filter, options, identifier FROM subscriptions"
                       " ORDER BY id");
        while (rows.row()) {
            StoredSession* session = session_of("subscriptions", rows);
            if (session == nullptr) {
                continue;
            }
            if (auto found = to_subscription(rows.text(2), rows.number(3), rows.number(4))) {
                session->subscriptions.push_back(std::move(*found));
            } else {
                damaged(
                    "subscriptions", rows.number(0),
                    "the subscription " + in_quotes(rows.text(2)) + of(*session) + " is not valid");
            }
        }
    }

    void load_entries() {
        Statement rows(database_,
                       "SELECT id, session, message, qos, retain, identifiers, state, packet_id"
                       " FROM entries ORDER BY id");
        while (rows.row()) {
            StoredSession* session = session_of("entries", rows);
            if (session == nullptr) {
                continue;
            }
            auto entry = to_entry({rows.number(0), rows.number(3), rows.number(4), rows.blob(5),
                                   rows.number(6), rows.number(7)});
            const MessageRef* message = use_message(rows.number(2));
            if (!entry || message == nullptr) {
                damaged("entries", rows.number(0),
                        std::string("a queued message") + of(*session) +
                            (entry ? " is damaged or missing" : " is not valid"));
                continue;
            }
            state().next_entry = entry->number + 1;
            entry->message = *message;
            session->entries.push_back(std::move(*entry));
        }
    }

    void load_received() {
        Statement rows(database_, "SELECT id, session, packet_id FROM received ORDER BY id");
        while (rows.row()) {
            StoredSession* session = session_of("received", rows);
            if (session == nullptr) {
                continue;
            }
            if (const auto packet_id = to_packet_id(rows.number(2))) {
                session->received.push_back(*packet_id);
            } else {
                damaged("received", rows.number(0),
                        "a packet identifier" + of(*session) + " is not valid");
            }
        }
    }

    void load_retained() {
        Statement rows(database_,
                       "SELECT id, topic, message, client_id, user_name, realm FROM retained"
                       " ORDER BY id");
        while (rows.row()) {
            MessageRef* message = use_message(rows.number(2));
            const auto publisher = to_publisher(rows.text(3), rows.text(4), rows.text(5));
            if (message != nullptr && publisher && (*message)->topic() == rows.text(1)) {
                if (!publisher->client_id.empty()) {
                    *message = message->published_by(*publisher);
                }
                state().retained.push_back(*message);
            } else {
                damaged("retained", rows.number(0),
                        "the retained message of topic " + in_quotes(rows.text(1)) +
                            " is damaged or missing");
            }
        }
    }

    void find_unused_messages() {
        for (const auto& [id, stored] : messages_) {
            if (!stored.used) {
                damaged("messages", id,
                        "the message of topic " + in_quotes(stored.message->topic()) +
                            " belongs to nobody");
            }
        }
    }

    /// The session that column 1 names; without one, the row is damaged.
    StoredSession* session_of(const char* table, const Statement& rows) {
        const auto found = sessions_.find(rows.number(1));
        if (found == sessions_.end()) {
            damaged(table, rows.number(0), "belongs to no session");
            return nullptr;
        }
        return &state().sessions[found->second];
    }

    MessageRef* use_message(std::int64_t id) {
        const auto found = messages_.find(id);
        if (found == messages_.end()) {
            return nullptr;
        }
        found->second.used = true;
        return &found->second.message;
    }

    static std::string of(const StoredSession& session) {
        return " of client " + in_quotes(session.session.client_id);
    }

    void damaged(const char* table, std::int64_t id, std::string what) {
        loaded_.damage.add(table, id, std::move(what));
    }

    StoredState& state() { return loaded_.state; }

    Database& database_;
    Loaded loaded_;
    std::unordered_map<std::int64_t, StoredMessage> messages_;
    std::unordered_map<std::int64_t, std::size_t> sessions_;
};

}  // namespace

Result<Loaded, SqlError> load_state(Database& database) {
    return Loader(database).load();
}

}  // namespace mq::broker
