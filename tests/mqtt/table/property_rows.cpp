#include "mqtt/table/notation.hpp"
#include "mqtt/table/packet_table.hpp"

#include <algorithm>
#include <string_view>

namespace mq::mqtt {
namespace {

/// A packet with a hole for its property list.
struct Place {
    std::string_view name;
    Receiver receiver;
    std::string before;   ///< notation up to the list
    std::string after;    ///< notation behind it
    std::string printed;  ///< printed form up to the properties
    std::string closing;  ///< and behind them
};

/// A property, the places that §2.2.2.2 allows it in, values at the limits and wrong ones.
struct Sample {
    std::string id;
    std::string name;
    std::vector<std::string_view> places;
    struct Value {
        std::string bytes;
        std::string printed;
    };
    std::vector<Value> values;
    struct Wrong {
        std::string bytes;
        ReasonCode error;
    };
    std::vector<Wrong> wrong;
};

constexpr auto malformed = ReasonCode::malformed_packet;
constexpr auto protocol = ReasonCode::protocol_error;

std::vector<Place> all_places() {
    const auto server = Receiver::server;
    const auto client = Receiver::client;
    return {
        {"CONNECT", server, "10 [ 'MQTT' 05 02 0000 ", "'c' ]",
         "CONNECT 5.0 client_id=\"c\" keep_alive=0 clean_start", ""},
        {"will", server, "10 [ 'MQTT' 05 06 0000 [] 'c' ", "'w' 'x' ]",
         "CONNECT 5.0 client_id=\"c\" keep_alive=0 clean_start will{ topic=\"w\" qos=0 "
         "payload=\"x\"",
         " }"},
        {"CONNACK", client, "20 [ 00 00 ", "]", "CONNACK reason_code=0x00 return_code=0x00", ""},
        {"PUBLISH in", server, "30 [ 't' ", "<x> ]", "PUBLISH topic=\"t\" qos=0 payload=\"x\"", ""},
        {"PUBLISH out", client, "30 [ 't' ", "<x> ]", "PUBLISH topic=\"t\" qos=0 payload=\"x\"",
         ""},
        {"PUBACK", server, "40 [ 0001 10 ", "]", "PUBACK packet_id=1 reason_code=0x10", ""},
        {"PUBREC", server, "50 [ 0001 10 ", "]", "PUBREC packet_id=1 reason_code=0x10", ""},
        {"PUBREL", server, "62 [ 0001 92 ", "]", "PUBREL packet_id=1 reason_code=0x92", ""},
        {"PUBCOMP", server, "70 [ 0001 92 ", "]", "PUBCOMP packet_id=1 reason_code=0x92", ""},
        {"SUBSCRIBE", server, "82 [ 0001 ", "'f' 00 ]",
         "SUBSCRIBE packet_id=1 \"f\"{ qos=0 retain_handling=0 }", ""},
        {"SUBACK", client, "90 [ 0001 ", "00 ]", "SUBACK packet_id=1 reason_codes=0x00", ""},
        {"UNSUBSCRIBE", server, "A2 [ 0001 ", "'f' ]", "UNSUBSCRIBE packet_id=1 \"f\"", ""},
        {"UNSUBACK", client, "B0 [ 0001 ", "00 ]", "UNSUBACK packet_id=1 reason_codes=0x00", ""},
        {"DISCONNECT in", server, "E0 [ 80 ", "]", "DISCONNECT reason_code=0x80", ""},
        {"DISCONNECT out", client, "E0 [ 80 ", "]", "DISCONNECT reason_code=0x80", ""},
        {"AUTH", server, "F0 [ 18 ", "]", "AUTH reason_code=0x18", ""},
    };
}

Sample flag_sample(std::string id, std::string name, std::vector<std::string_view> places) {
    return {std::move(id),
            std::move(name),
            std::move(places),
            {{"00", "0"}, {"01", "1"}},
            {{"02", protocol}, {"FF", protocol}}};
}

Sample u32_sample(std::string id, std::string name, std::vector<std::string_view> places) {
    return {std::move(id),
            std::move(name),
            std::move(places),
            {{"00000000", "0"}, {"01020304", "16909060"}, {"FFFFFFFF", "4294967295"}},
            {}};
}

Sample u16_sample(std::string id, std::string name, std::vector<std::string_view> places) {
    return {std::move(id),
            std::move(name),
            std::move(places),
            {{"0000", "0"}, {"0102", "258"}, {"FFFF", "65535"}},
            {}};
}

Sample string_sample(std::string id, std::string name, std::vector<std::string_view> places) {
    return {std::move(id),
            std::move(name),
            std::move(places),
            {{"''", "\"\""}, {"'text'", "\"text\""}, {"'a+#/b'", "\"a+#/b\""}},
            {{"0002 C080", malformed}, {"0001 00", malformed}, {"0003 EDA080", malformed}}};
}

Sample binary_sample(std::string id, std::string name, std::vector<std::string_view> places) {
    return {std::move(id),
            std::move(name),
            std::move(places),
            {{"''", "\"\""}, {"0002 00FF", "\"\\x00\\xFF\""}},
            {}};
}

std::vector<Sample> message_samples() {
    const std::vector<std::string_view> places = {"will", "PUBLISH in", "PUBLISH out"};
    return {
        flag_sample("01", "payload_format_indicator", places),
        u32_sample("02", "message_expiry_interval", places),
        string_sample("03", "content_type", places),
        {"08",
         "response_topic",
         places,
         {{"'a/b'", "\"a/b\""}, {"'$SYS/x'", "\"$SYS/x\""}},
         {{"''", protocol}, {"'a/+'", protocol}, {"'#'", protocol}, {"0001 00", malformed}}},
        binary_sample("09", "correlation_data", places),
        u32_sample("18", "will_delay_interval", {"will"}),
        {"23",
         "topic_alias",
         {"PUBLISH in", "PUBLISH out"},
         {{"0001", "1"}, {"FFFF", "65535"}},
         {{"0000", ReasonCode::topic_alias_invalid}}},
        {"0B",
         "subscription_identifier",
         {"PUBLISH out", "SUBSCRIBE"},
         {{"01", "1"}, {"8001", "128"}, {"FFFFFF7F", "268435455"}},
         {{"00", protocol}, {"8100", malformed}, {"FFFFFFFF01", malformed}}},
    };
}

std::vector<Sample> session_samples() {
    return {
        u32_sample("11", "session_expiry_interval", {"CONNECT", "CONNACK", "DISCONNECT in"}),
        string_sample("12", "assigned_client_identifier", {"CONNACK"}),
        u16_sample("13", "server_keep_alive", {"CONNACK"}),
        string_sample("15", "authentication_method", {"CONNECT", "CONNACK", "AUTH"}),
        binary_sample("16", "authentication_data", {"CONNECT", "CONNACK", "AUTH"}),
        flag_sample("17", "request_problem_information", {"CONNECT"}),
        flag_sample("19", "request_response_information", {"CONNECT"}),
        string_sample("1A", "response_information", {"CONNACK"}),
        string_sample("1C", "server_reference", {"CONNACK", "DISCONNECT in", "DISCONNECT out"}),
        string_sample("1F", "reason_string",
                      {"CONNACK", "PUBACK", "PUBREC", "PUBREL", "PUBCOMP", "SUBACK", "UNSUBACK",
                       "DISCONNECT in", "DISCONNECT out", "AUTH"}),
        {"21",
         "receive_maximum",
         {"CONNECT", "CONNACK"},
         {{"0001", "1"}, {"FFFF", "65535"}},
         {{"0000", protocol}}},
        u16_sample("22", "topic_alias_maximum", {"CONNECT", "CONNACK"}),
        {"27",
         "maximum_packet_size",
         {"CONNECT", "CONNACK"},
         {{"00000001", "1"}, {"FFFFFFFF", "4294967295"}},
         {{"00000000", protocol}}},
    };
}

std::vector<Sample> capability_samples() {
    return {
        flag_sample("24", "maximum_qos", {"CONNACK"}),
        flag_sample("25", "retain_available", {"CONNACK"}),
        flag_sample("28", "wildcard_subscription_available", {"CONNACK"}),
        flag_sample("29", "subscription_identifier_available", {"CONNACK"}),
        flag_sample("2A", "shared_subscription_available", {"CONNACK"}),
        {"26",
         "user_property",
         {"CONNECT", "will", "CONNACK", "PUBLISH in", "PUBLISH out", "PUBACK", "PUBREC", "PUBREL",
          "PUBCOMP", "SUBSCRIBE", "SUBACK", "UNSUBSCRIBE", "UNSUBACK", "DISCONNECT in",
          "DISCONNECT out", "AUTH"},
         {{"'k' 'v'", "\"k\"=\"v\""}, {"'' ''", "\"\"=\"\""}},
         {{"0001 00 'v'", malformed}, {"'k' 0001 FF", malformed}, {"'k'", malformed}}},
    };
}

bool is_allowed(const Sample& sample, const Place& place) {
    return std::find(sample.places.begin(), sample.places.end(), place.name) != sample.places.end();
}

/// Those that another sender might use in the same packet are refused as protocol errors.
ReasonCode refusal(const Sample& sample, const Place& place) {
    const bool wrong_sender = (sample.id == "0B" && place.name == "PUBLISH in") ||
                              (sample.id == "11" && place.name == "DISCONNECT out");
    return wrong_sender ? protocol : malformed;
}

bool may_repeat(const Sample& sample, const Place& place) {
    return sample.id == "26" || (sample.id == "0B" && place.name == "PUBLISH out");
}

/// AUTH always carries a method, and CONNECT carries one where it carries data.
bool needs_method(const Sample& sample, const Place& place) {
    return (place.name == "AUTH" && sample.id != "15") ||
           (place.name == "CONNECT" && sample.id == "16");
}

/// Rows for one property in one packet.
class RowMaker {
 public:
    RowMaker(const Place& place, const Sample& sample, PacketTable& table)
        : place_(place), sample_(sample), table_(table) {
        if (needs_method(sample, place)) {
            method_ = "15 'm' ";
            printed_method_ = " authentication_method=\"m\"";
        }
    }

    void make() {
        if (!is_allowed(sample_, place_)) {
            refuse(property(sample_.values.front().bytes), refusal(sample_, place_));
            return;
        }
        for (const auto& value : sample_.values) {
            accept(property(value.bytes), printed(value));
            refuse(cut(property(value.bytes)), malformed);
        }
        for (const auto& wrong : sample_.wrong) {
            refuse(property(wrong.bytes), wrong.error);
        }
        make_twice();
    }

 private:
    [[nodiscard]] std::string property(const std::string& value) const {
        return sample_.id + " " + value + " ";
    }
    [[nodiscard]] std::string printed(const Sample::Value& value) const {
        return " " + sample_.name + "=" + value.printed;
    }
    static std::string cut(const std::string& property) {
        auto bytes = bytes_of(property);
        bytes.pop_back();
        return hex_of(bytes);
    }
    void make_twice() {
        const auto& value = sample_.values.back();
        const std::string twice = property(value.bytes) + property(value.bytes);
        if (may_repeat(sample_, place_)) {
            accept(twice, printed(value) + printed(value));
        } else {
            refuse(twice, protocol);
        }
    }
    [[nodiscard]] std::string packet(const std::string& list) const {
        return place_.before + "[ " + method_ + list + "] " + place_.after;
    }
    void accept(const std::string& list, const std::string& properties) {
        table_.push_back(accepted(Version::v5, place_.receiver, packet(list),
                                  place_.printed + printed_method_ + properties + place_.closing));
    }
    void refuse(const std::string& list, ReasonCode error) {
        table_.push_back(refused(Version::v5, place_.receiver, packet(list), error));
    }

    const Place& place_;
    const Sample& sample_;
    PacketTable& table_;
    std::string method_;
    std::string printed_method_;
};

/// What no packet may hold: unknown identifiers, a list longer than the packet, a size that is not
/// in its shortest form.
void add_broken_lists(const Place& place, PacketTable& table) {
    for (const std::string list : {"[ 00 00 ]", "[ 04 00 ]", "[ 2B 00 ]", "[ 7F 00 ]", "[ A6 00 ]",
                                   "7F", "FFFFFF7F", "8000", "FFFFFFFF7F"}) {
        table.push_back(refused(Version::v5, place.receiver,
                                place.before + list + " " + place.after, malformed));
    }
}

}  // namespace

PacketTable property_rows() {
    PacketTable table;
    for (const Place& place : all_places()) {
        for (const auto& samples : {message_samples(), session_samples(), capability_samples()}) {
            for (const Sample& sample : samples) {
                RowMaker(place, sample, table).make();
            }
        }
        add_broken_lists(place, table);
    }
    return table;
}

}  // namespace mq::mqtt
