#include "client/lib/property.hpp"

#include "mqtt/reader.hpp"
#include "mqtt/topic.hpp"
#include "mqtt/writer.hpp"

#include <bitset>
#include <utility>

namespace mq::client {
namespace {

/// A server may send several identifiers with a PUBLISH, one a subscription that matches; so this
/// is no duplicate there when it comes to us [MQTT-3.3.4-4], but is in all that we send.
enum class Origin : std::uint8_t { program, peer };

bool may_repeat(const PropertyInfo& info, int command, Origin origin) {
    return info.id == MQTT_PROP_USER_PROPERTY ||
           (origin == Origin::peer && info.id == MQTT_PROP_SUBSCRIPTION_IDENTIFIER &&
            command == static_cast<int>(CMD_PUBLISH));
}

/// Ranges that §3 gives beyond those of the type.
bool is_value_in_range(const mosquitto_property& property) {
    switch (property.info->id) {
        case MQTT_PROP_RECEIVE_MAXIMUM:
        case MQTT_PROP_TOPIC_ALIAS:
        case MQTT_PROP_MAXIMUM_PACKET_SIZE:
        case MQTT_PROP_SUBSCRIPTION_IDENTIFIER:
            return property.number > 0;
        case MQTT_PROP_RESPONSE_TOPIC:
            return mqtt::is_valid_topic_name(property.value);
        default:
            return property.info->type != MQTT_PROP_TYPE_BYTE || property.number <= 1;
    }
}

int check(int command, const mosquitto_property* list, Origin origin) {
    std::bitset<64> seen;
    for (; list != nullptr; list = list->next) {
        const PropertyInfo& info = *list->info;
        if (!fits_command(info, command) || !is_value_in_range(*list)) {
            return MOSQ_ERR_PROTOCOL;
        }
        const auto place = static_cast<std::size_t>(info.id);
        if (seen.test(place) && !may_repeat(info, command, origin)) {
            return MOSQ_ERR_DUPLICATE_PROPERTY;
        }
        seen.set(place);
    }
    return MOSQ_ERR_SUCCESS;
}

template <class Sink>
void put(mqtt::Writer<Sink>& to, const mosquitto_property& property) {
    to.u8(static_cast<std::uint8_t>(property.info->id));
    switch (property.info->type) {
        case MQTT_PROP_TYPE_BYTE:
            return to.u8(static_cast<std::uint8_t>(property.number));
        case MQTT_PROP_TYPE_INT16:
            return to.u16(static_cast<std::uint16_t>(property.number));
        case MQTT_PROP_TYPE_INT32:
            return to.u32(property.number);
        case MQTT_PROP_TYPE_VARINT:
            return to.variable_byte_integer(property.number);
        case MQTT_PROP_TYPE_STRING_PAIR:
            to.string(property.name);
            [[fallthrough]];
        case MQTT_PROP_TYPE_BINARY:
        case MQTT_PROP_TYPE_STRING:
            return to.string(property.value);
    }
}

void read_value(mqtt::Reader& from, mosquitto_property& property) {
    switch (property.info->type) {
        case MQTT_PROP_TYPE_BYTE:
            property.number = from.u8();
            break;
        case MQTT_PROP_TYPE_INT16:
            property.number = from.u16();
            break;
        case MQTT_PROP_TYPE_INT32:
            property.number = from.u32();
            break;
        case MQTT_PROP_TYPE_VARINT:
            property.number = from.variable_byte_integer();
            break;
        case MQTT_PROP_TYPE_BINARY:
            property.value = from.unchecked_string();
            break;
        case MQTT_PROP_TYPE_STRING_PAIR:
            property.name = from.string();
            [[fallthrough]];
        case MQTT_PROP_TYPE_STRING:
            property.value = from.string();
            break;
    }
}

}  // namespace

void FreeProperties::operator()(mosquitto_property* list) const {
    while (list != nullptr) {
        delete std::exchange(list, list->next);
    }
}

PropertyList copy_properties(const mosquitto_property* list) {
    PropertyList copy;
    mosquitto_property* last = nullptr;
    for (; list != nullptr; list = list->next) {
        auto* made =
            new mosquitto_property{nullptr, list->info, list->number, list->name, list->value};
        if (last == nullptr) {
            copy.reset(made);
        } else {
            last->next = made;
        }
        last = made;
    }
    return copy;
}

const mosquitto_property* find_in(const mosquitto_property* list, mqtt5_property id) {
    while (list != nullptr && list->info->id != id) {
        list = list->next;
    }
    return list;
}

int check_properties(int command, const mosquitto_property* list) {
    return check(command, list, Origin::program);
}

std::size_t encoded_size(const mosquitto_property& property) {
    mqtt::Writer<mqtt::Counter> counting{mqtt::Counter()};
    put(counting, property);
    return counting.sink().size();
}

std::size_t encoded_size_of_list(const mosquitto_property* list) {
    std::size_t size = 0;
    for (; list != nullptr; list = list->next) {
        size += encoded_size(*list);
    }
    return size;
}

void encode_properties(const mosquitto_property* list, mqtt::Buffer& out) {
    mqtt::Writer<mqtt::Appender> writer{mqtt::Appender(out)};
    writer.variable_byte_integer(encoded_size_of_list(list));
    for (; list != nullptr; list = list->next) {
        put(writer, *list);
    }
}

int decode_properties(int command, mqtt::Bytes encoded, PropertyList& list) {
    list.reset();
    mqtt::Reader reader(encoded);
    mosquitto_property** end = nullptr;
    PropertyList read;
    while (!reader.at_end()) {
        const PropertyInfo* info = find_property(static_cast<int>(reader.u8()));
        if (info == nullptr) {
            return MOSQ_ERR_MALFORMED_PACKET;
        }
        auto element = std::make_unique<mosquitto_property>();
        element->info = info;
        read_value(reader, *element);
        if (!reader.ok()) {
            return MOSQ_ERR_MALFORMED_PACKET;
        }
        mosquitto_property* added = element.release();
        if (end == nullptr) {
            read.reset(added);
        } else {
            *end = added;
        }
        end = &added->next;
    }
    const int fits = check(command, read.get(), Origin::peer);
    if (fits == MOSQ_ERR_SUCCESS) {
        list = std::move(read);
    }
    return fits;
}

}  // namespace mq::client
