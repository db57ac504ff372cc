#include "broker/store/writer.hpp"

#include "broker/store/record.hpp"

#include <unordered_map>
#include <utility>

namespace mq::broker {
namespace {

/// The statements of one transaction and the row numbers that it learns.
class Transaction {
 public:
    Transaction(Database& database, BatchPart part)
        : database_(database), additions_(part == BatchPart::all) {}

    void write(const Batch& batch) {
        if (additions_) {
            for (const auto& [message, pending] : batch.messages()) {
                add_message(*message);
            }
        }
        for (const auto& [client_id, changes] : batch.sessions()) {
            write(client_id, changes);
        }
        for (const auto& [topic, message] : batch.retained()) {
            if (message == nullptr) {
                delete_retained_.run(topic);
            } else if (additions_) {
                const Publisher publisher = message->publisher();
                put_retained_.run(topic, messages_[message], publisher.client_id,
                                  publisher.user_name, publisher.realm);
            }
        }
    }

 private:
    void add_message(const Message& message) {
        const MessageRow row = to_row(message);
        const auto id = add_message_.find_number(row.topic, row.properties, row.payload, row.qos,
                                                 row.retain, row.expires, row.checksum);
        if (id) {
            messages_[&message] = *id;
        }
    }

    void write(const std::string& client_id, const SessionChanges& changes) {
        if (changes.removed) {
            delete_session_.run(client_id);
        }
        if (changes.record) {
            const SessionRecord& record = *changes.record;
            put_session_.run(client_id, record.user_name, static_cast<std::int64_t>(record.version),
                             static_cast<std::int64_t>(record.expiry_interval),
                             static_cast<std::int64_t>(record.expires.time_since_epoch().count()),
                             record.realm);
        }
        const auto found = find_session_.find_number(client_id);
        if (!found) {
            return;  // removed: what was reported later is of no session
        }
        const std::int64_t session = *found;
        if (additions_ && changes.record && changes.record->will) {
            put_will(session, to_row(*changes.record->will, changes.record->will_due));
        }
        write_subscriptions(session, changes);
        for (const auto& [number, change] : changes.entries) {
            write_entry(session, static_cast<std::int64_t>(number), change);
        }
        for (const auto& [packet_id, present] : changes.received) {
            (present ? put_received_ : delete_received_)
                .run(session, static_cast<std::int64_t>(packet_id));
        }
    }

    /// There is none: a trigger has removed it when the session was put.
    void put_will(std::int64_t session, const WillRow& row) {
        put_will_.run(session, row.topic, row.properties, row.payload, row.qos, row.retain,
                      row.delay, row.message_expiry, row.due, row.checksum);
    }

    void write_subscriptions(std::int64_t session, const SessionChanges& changes) {
        for (const auto& [filter, record] : changes.subscriptions) {
            if (record) {
                put_subscription_.run(session, filter, to_bits(record->options),
                                      static_cast<std::int64_t>(record->identifier));
            } else {
                delete_subscription_.run(session, filter);
            }
        }
    }

    void write_entry(std::int64_t session, std::int64_t number, const EntryChange& change) {
        switch (change.kind) {
            case EntryChange::Kind::removed:
                delete_entry_.run(number);
                return;
            case EntryChange::Kind::state:
                update_entry_.run(static_cast<std::int64_t>(change.state),
                                  static_cast<std::int64_t>(change.packet_id), number);
                return;
            case EntryChange::Kind::stored:
                break;
        }
        if (!additions_) {
            return;
        }
        const std::string identifiers = encode_identifiers(change.identifiers);
        put_entry_.run(number, session, messages_[change.message],
                       static_cast<std::int64_t>(change.qos), std::int64_t{change.retain},
                       mqtt::Bytes(reinterpret_cast<const std::uint8_t*>(identifiers.data()),
                                   identifiers.size()),
                       static_cast<std::int64_t>(change.state),
                       static_cast<std::int64_t>(change.packet_id));
    }

    Database& database_;
    bool additions_;
    std::unordered_map<const Message*, std::int64_t> messages_;
    Statement add_message_{database_,
                           "INSERT INTO messages"
                           " (topic, properties, payload, qos, retain, expires, checksum)"
                           " VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id"};
    Statement delete_session_{database_, "DELETE FROM sessions WHERE client_id = ?"};
    Statement put_session_{database_,
                           "INSERT INTO sessions"
                           " (client_id, user_name, version, expiry_interval, expires, realm)"
                           " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (client_id) DO UPDATE SET"
                           " user_name = excluded.user_name, version = excluded.version,"
                           " expiry_interval = excluded.expiry_interval,"
                           " expires = excluded.expires, realm = excluded.realm"};
    Statement put_will_{database_,
                        "INSERT OR REPLACE INTO wills (session, topic, properties, payload, qos,"
                        " retain, delay, message_expiry, due, checksum)"
                        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};
    Statement find_session_{database_, "SELECT id FROM sessions WHERE client_id = ?"};
    Statement put_subscription_{database_,
                                "INSERT OR REPLACE INTO subscriptions"
                                " (session, filter, options, identifier) VALUES (?, ?, ?, ?)"};
    Statement delete_subscription_{database_,
                                   "DELETE FROM subscriptions WHERE session = ? AND filter = ?"};
    Statement put_entry_{database_,
                         "INSERT OR REPLACE INTO entries"
                         " (id, session, message, qos, retain, identifiers, state, packet_id)"
                         " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"};
    Statement update_entry_{database_, "UPDATE entries SET state = ?, packet_id = ? WHERE id = ?"};
    Statement delete_entry_{database_, "DELETE FROM entries WHERE id = ?"};
    Statement put_received_{database_,
                            "INSERT OR REPLACE INTO received (session, packet_id) VALUES (?, ?)"};
    Statement delete_received_{database_,
                               "DELETE FROM received WHERE session = ? AND packet_id = ?"};
    Statement put_retained_{database_,
                            "INSERT OR REPLACE INTO retained"
                            " (topic, message, client_id, user_name, realm)"
                            " VALUES (?, ?, ?, ?, ?)"};
    Statement delete_retained_{database_, "DELETE FROM retained WHERE topic = ?"};
};

}  // namespace

std::optional<SqlError> write_batch(Database& database, const Batch& batch, BatchPart part) {
    database.run("BEGIN IMMEDIATE");
    {
        Transaction transaction(database, part);
        transaction.write(batch);
    }
    database.run("COMMIT");
    auto error = database.take_error();
    if (error) {
        database.run("ROLLBACK");
        database.take_error();  // there is none to roll back when BEGIN failed
    }
    database.release_memory();
    return error;
}

std::optional<SqlError> merge_log(Database& database) {
    database.run("PRAGMA incremental_vacuum");
    database.run("PRAGMA wal_checkpoint(TRUNCATE)");
    database.release_memory();
    return database.take_error();
}

std::optional<std::uint64_t> store_size(Database& database, const std::filesystem::path& path) {
    const std::int64_t pages = database.number("PRAGMA page_count");
    const std::int64_t page_size = database.number("PRAGMA page_size");
    if (database.take_error()) {
        return std::nullopt;
    }
    std::error_code no_log;
    const auto log_size = std::filesystem::file_size(path.string() + "-wal", no_log);
    return static_cast<std::uint64_t>(pages * page_size) +
           (no_log ? std::uint64_t{0} : std::uint64_t{log_size});
}

}  // namespace mq::broker
