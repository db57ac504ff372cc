// Rows of the store as a damaged file may hold them: whatever is accepted must stay the same when
// it is written and read again.
#include "broker/store/record.hpp"

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string_view>

using namespace mq::broker;

namespace {

void check(bool holds) {
    if (!holds) {
        std::abort();
    }
}

/// Takes numbers and strings off the front of the input.
class Input {
 public:
    Input(const std::uint8_t* data, std::size_t size) : rest_(data, size) {}

    /// Small numbers are likely, all are possible: a length byte, then so many bytes.
    std::int64_t number() {
        std::uint64_t value = 0;
        for (std::size_t left = byte() % 9U; left > 0; --left) {
            value = value << 8U | byte();
        }
        return static_cast<std::int64_t>(value);
    }
    mq::mqtt::Bytes blob() {
        const std::size_t size = std::min<std::size_t>(byte(), rest_.size());
        const auto taken = rest_.first(size);
        rest_ = rest_.subspan(size);
        return taken;
    }
    std::string_view text() {
        const auto bytes = blob();
        return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    }

 private:
    std::uint8_t byte() {
        if (rest_.empty()) {
            return 0;
        }
        const std::uint8_t first = rest_.front();
        rest_ = rest_.subspan(1);
        return first;
    }

    mq::mqtt::Bytes rest_;
};

void fuzz_message(Input input) {
    MessageRow row;
    row.topic = input.text();
    row.properties = input.blob();
    row.payload = input.blob();
    row.qos = input.number();
    row.retain = input.number();
    row.expires = input.number();
    row.checksum = input.number();
    if (const auto message = to_message(row)) {
        check(to_row(**message).checksum == row.checksum);
    }
}

void fuzz_session(Input input) {
    SessionRow row;
    row.client_id = input.text();
    row.user_name = input.text();
    row.version = input.number();
    row.expiry_interval = input.number();
    row.expires = input.number();
    row.realm = input.text();
    if (const auto session = to_session(row)) {
        check(session->client_id == row.client_id && session->realm == row.realm);
        check(static_cast<std::int64_t>(session->expiry_interval) == row.expiry_interval);
    }
}

void fuzz_publisher(Input input) {
    const std::string_view client_id = input.text();
    const std::string_view user_name = input.text();
    const std::string_view realm = input.text();
    if (const auto publisher = to_publisher(client_id, user_name, realm)) {
        const MessageRef message =
            MessageRef::create("t", {}, {}, mq::mqtt::QoS::at_most_once, true, {}, *publisher);
        check(message->publisher().client_id == client_id &&
              message->publisher().user_name == user_name && message->publisher().realm == realm);
    }
}

void fuzz_will(Input input) {
    StoredWill original;
    const std::string_view topic = input.text();
    const mq::mqtt::Bytes properties = input.blob();
    original.message = MessageRef::create(topic, properties, input.blob(),
                                          static_cast<mq::mqtt::QoS>(input.number() & 3),
                                          (input.number() & 1) != 0, {});
    original.delay_seconds = static_cast<std::uint32_t>(input.number());
    original.has_message_expiry = (input.number() & 1) != 0;
    original.message_expiry_seconds = static_cast<std::uint32_t>(input.number());
    const WillRow row = to_row(original, Time(mq::broker::Duration(input.number())));
    if (const auto will = to_will(row)) {  // its checksum is right, so the rest decides
        check(to_row(*will, due_of(row)).checksum == row.checksum);
    }
    WillRow damaged = row;
    damaged.delay ^= 1;
    check(!to_will(damaged));
}

void fuzz_subscription(Input input) {
    const std::string_view filter = input.text();
    const std::int64_t bits = input.number();
    if (const auto subscription = to_subscription(filter, bits, input.number())) {
        check(to_bits(subscription->options) == bits);
    }
}

void fuzz_entry(Input input) {
    EntryRow row;
    row.number = input.number();
    row.qos = input.number();
    row.retain = input.number();
    row.identifiers = input.blob();
    row.state = input.number();
    row.packet_id = input.number();
    if (const auto entry = to_entry(row)) {
        const std::string again = encode_identifiers(entry->identifiers);
        const mq::mqtt::Bytes bytes(reinterpret_cast<const std::uint8_t*>(again.data()),
                                    again.size());
        check(decode_identifiers(bytes) == entry->identifiers);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Input input(data, size);
    fuzz_message(input);
    fuzz_session(input);
    fuzz_publisher(input);
    fuzz_will(input);
    fuzz_subscription(input);
    fuzz_entry(input);
    return 0;
}
