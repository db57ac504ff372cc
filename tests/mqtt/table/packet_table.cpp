#include "mqtt/table/packet_table.hpp"

#include <utility>

namespace mq::mqtt {
namespace {

void append(PacketTable& table, PacketTable rows) {
    for (PacketRow& row : rows) {
        table.push_back(std::move(row));
    }
}

PacketTable join(std::vector<PacketTable> parts) {
    PacketTable table;
    for (PacketTable& part : parts) {
        append(table, std::move(part));
    }
    return table;
}

}  // namespace

PacketRow accepted(Version version, Receiver receiver, std::string bytes, std::string packet) {
    return {version, receiver, std::move(bytes), std::move(packet), ReasonCode::success, true};
}

PacketRow tolerated(Version version, Receiver receiver, std::string bytes, std::string packet) {
    return {version, receiver, std::move(bytes), std::move(packet), ReasonCode::success, false};
}

PacketRow refused(Version version, Receiver receiver, std::string bytes, ReasonCode error) {
    return {version, receiver, std::move(bytes), {}, error, false};
}

const PacketTable& written_rows() {
    static const PacketTable rows =
        join({connect_rows(), connack_rows(), publish_rows(), acknowledgement_rows(),
              subscription_rows(), closing_rows(), framing_rows()});
    return rows;
}

const PacketTable& packet_table() {
    static const PacketTable table =
        join({written_rows(), property_rows(), reason_code_rows(), header_rows()});
    return table;
}

}  // namespace mq::mqtt
