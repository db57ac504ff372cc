// A snapshot of Mosquitto that may hold anything: what is accepted must be fit for the database.
#include "base/unique_fd.hpp"
#include "broker/store/record.hpp"
#include "broker/store/snapshot_reader.hpp"

#include <cstdint>
#include <cstdlib>
#include <sys/mman.h>
#include <unistd.h>

using namespace mq::broker;

namespace {

void check(bool holds) {
    if (!holds) {
        std::abort();
    }
}

void check_message(const MessageRef& message) {
    check(bool(message));
    check(to_message(to_row(*message)).has_value());
}

void check_session(const StoredSession& stored, EntryNumber& last) {
    check(!stored.session.client_id.empty() && stored.session.expiry_interval != 0);
    for (const SubscriptionRecord& record : stored.subscriptions) {
        check(
            to_subscription(record.filter, to_bits(record.options), record.identifier).has_value());
    }
    for (const EntryRecord& entry : stored.entries) {
        check(entry.number > last);
        last = entry.number;
        check((entry.state == EntryState::queued) == (entry.packet_id == 0));
        check_message(entry.message);
    }
    for (const mq::mqtt::PacketId id : stored.received) {
        check(id != 0);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const mq::UniqueFd file(::memfd_create("snapshot", MFD_CLOEXEC));
    check(bool(file) && ::write(file.get(), data, size) == static_cast<ssize_t>(size));
    const auto read = read_snapshot(file.get(), "snapshot");
    if (!read) {
        check(!read.error().what.empty());
        return 0;
    }
    std::size_t entries = 0;
    EntryNumber last = 0;
    for (const StoredSession& stored : read->state.sessions) {
        check_session(stored, last);
        entries += stored.entries.size();
    }
    check(entries == read->queued && last < read->state.next_entry);
    for (const MessageRef& message : read->state.retained) {
        check_message(message);
        check(!message->payload().empty());
        const Publisher publisher = message->publisher();
        check(to_publisher(publisher.client_id, publisher.user_name, publisher.realm).has_value());
    }
    for (const AcceptedMessage& accepted : read->state.accepted) {
        check_message(accepted.message);
    }
    return 0;
}
