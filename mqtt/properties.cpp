#include "mqtt/properties.hpp"

#include "mqtt/property_writer.hpp"
#include "mqtt/reader.hpp"

namespace mq::mqtt {
namespace {

/// Passes over the value of a property in a list that has been validated.
void skip_value(Reader& list, PropertyId id) {
    switch (id) {
        case PropertyId::payload_format_indicator:
        case PropertyId::request_problem_information:
        case PropertyId::request_response_information:
        case PropertyId::maximum_qos:
        case PropertyId::retain_available:
        case PropertyId::wildcard_subscription_available:
        case PropertyId::subscription_identifier_available:
        case PropertyId::shared_subscription_available:
            list.take(1);
            return;
        case PropertyId::server_keep_alive:
        case PropertyId::receive_maximum:
        case PropertyId::topic_alias_maximum:
        case PropertyId::topic_alias:
            list.take(2);
            return;
        case PropertyId::message_expiry_interval:
        case PropertyId::session_expiry_interval:
        case PropertyId::will_delay_interval:
        case PropertyId::maximum_packet_size:
            list.take(4);
            return;
        case PropertyId::subscription_identifier:
            list.variable_byte_integer();
            return;
        case PropertyId::content_type:
        case PropertyId::response_topic:
        case PropertyId::correlation_data:
        case PropertyId::assigned_client_identifier:
        case PropertyId::authentication_method:
        case PropertyId::authentication_data:
        case PropertyId::response_information:
        case PropertyId::server_reference:
        case PropertyId::reason_string:
            list.binary();
            return;
        case PropertyId::user_property:
            list.binary();
            list.binary();
            return;
    }
    list.fail(ReasonCode::malformed_packet);
}

/// Goes on to the value of the next property `wanted`; false when there is none left.
bool find(Reader& list, PropertyId wanted) {
    while (!list.at_end()) {
        const auto id = static_cast<PropertyId>(list.u8());
        if (id == wanted) {
            return true;
        }
        skip_value(list, id);
    }
    return false;
}

bool holds(Bytes bytes, PropertyId wanted) {
    Reader list(bytes);
    return find(list, wanted);
}

bool is_forwarded(PropertyId id) {
    switch (id) {
        case PropertyId::payload_format_indicator:
        case PropertyId::content_type:
        case PropertyId::response_topic:
        case PropertyId::correlation_data:
        case PropertyId::user_property:
            return true;
        default:
            return false;
    }
}

}  // namespace

void copy_forwarded(Bytes validated_list, Buffer& out) {
    for (Reader list(validated_list); !list.at_end();) {
        const Bytes from_here = list.rest();
        const auto id = static_cast<PropertyId>(list.u8());
        skip_value(list, id);
        if (is_forwarded(id)) {
            const Bytes entry = from_here.first(from_here.size() - list.rest().size());
            out.insert(out.end(), entry.begin(), entry.end());
        }
    }
}

std::optional<UserProperty> UserProperties::next() {
    Reader list(list_);
    std::optional<UserProperty> property;
    if (find(list, PropertyId::user_property)) {
        const std::string_view key = list.unchecked_string();
        property = UserProperty{key, list.unchecked_string()};
    }
    list_ = list.rest();
    return property;
}

bool UserProperties::empty() const {
    return !holds(list_, PropertyId::user_property);
}

std::size_t UserProperties::encoded_size() const {
    constexpr std::size_t id_and_lengths = 5;
    std::size_t size = 0;
    UserProperties rest = *this;
    while (const auto property = rest.next()) {
        size += id_and_lengths + property->key.size() + property->value.size();
    }
    return size;
}

std::optional<std::uint32_t> SubscriptionIdentifiers::next() {
    Reader list(list_);
    std::optional<std::uint32_t> identifier;
    if (find(list, PropertyId::subscription_identifier)) {
        identifier = list.variable_byte_integer();
    }
    list_ = list.rest();
    return identifier;
}

bool SubscriptionIdentifiers::empty() const {
    return !holds(list_, PropertyId::subscription_identifier);
}

}  // namespace mq::mqtt
