#include "client/cli/property_argument.hpp"

#include <charconv>
#include <limits>

namespace mq::cli {
namespace {

struct Command {
    int number;
    PropertyTarget target;
};

Outcome<Command> command_of(const std::string& name) {
    int number = 0;
    if (mosquitto_string_to_command(name.c_str(), &number) == MOSQ_ERR_SUCCESS) {
        switch (static_cast<unsigned>(number)) {
            case CMD_CONNECT:
                return Command{number, for_connect};
            case CMD_PUBLISH:
                return Command{number, for_publish};
            case CMD_SUBSCRIBE:
                return Command{number, for_subscribe};
            case CMD_UNSUBSCRIBE:
                return Command{number, for_unsubscribe};
            case CMD_DISCONNECT:
                return Command{number, for_disconnect};
            case CMD_WILL:
                return Command{number, for_will};
            default:
                break;
        }
    }
    return Problem{
        "'" + name +
            "' cannot have properties; there are connect, publish, subscribe, unsubscribe, "
            "disconnect and will",
        ""};
}

Outcome<std::uint32_t> number_of(const std::string& text, std::uint32_t largest) {
    std::uint32_t value = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || stop != end || value > largest) {
        return Problem{"'" + text + "' is no number from 0 to " + std::to_string(largest), ""};
    }
    return value;
}

/// The largest value of a type of number; 0 for other types.
std::uint32_t largest_of(int type) {
    switch (type) {
        case MQTT_PROP_TYPE_BYTE:
            return std::numeric_limits<std::uint8_t>::max();
        case MQTT_PROP_TYPE_INT16:
            return std::numeric_limits<std::uint16_t>::max();
        case MQTT_PROP_TYPE_INT32:
            return std::numeric_limits<std::uint32_t>::max();
        case MQTT_PROP_TYPE_VARINT:
            return 268'435'455;
        default:
            return 0;
    }
}

int add_number(PropertyList& list, int identifier, int type, std::uint32_t value) {
    switch (type) {
        case MQTT_PROP_TYPE_BYTE:
            return append_property(list, mosquitto_property_add_byte, identifier,
                                   static_cast<std::uint8_t>(value));
        case MQTT_PROP_TYPE_INT16:
            return append_property(list, mosquitto_property_add_int16, identifier,
                                   static_cast<std::uint16_t>(value));
        case MQTT_PROP_TYPE_INT32:
            return append_property(list, mosquitto_property_add_int32, identifier, value);
        default:
            return append_property(list, mosquitto_property_add_varint, identifier, value);
    }
}

Outcome<void> add_value(PropertyList& list, int identifier, int type,
                        std::span<const std::string> values) {
    int result = MOSQ_ERR_INVAL;
    if (const std::uint32_t largest = largest_of(type); largest != 0) {
        const auto value = number_of(values[0], largest);
        if (!value) {
            return value.error();
        }
        result = add_number(list, identifier, type, *value);
    } else if (values[0].size() > 65535 || (values.size() > 1 && values[1].size() > 65535)) {
        return Problem{"a value may have at most 65535 bytes", ""};
    } else if (type == MQTT_PROP_TYPE_BINARY) {
        result = append_property(list, mosquitto_property_add_binary, identifier,
                                 static_cast<const void*>(values[0].data()),
                                 static_cast<std::uint16_t>(values[0].size()));
    } else if (type == MQTT_PROP_TYPE_STRING) {
        result =
            append_property(list, mosquitto_property_add_string, identifier, values[0].c_str());
    } else {
        result = append_property(list, mosquitto_property_add_string_pair, identifier,
                                 values[0].c_str(), values[1].c_str());
    }
    if (result != MOSQ_ERR_SUCCESS) {
        return Problem{std::string("the value is refused: ") + mosquitto_strerror(result), ""};
    }
    return {};
}

}  // namespace

bool is_user_property(const std::string& property_name) {
    int identifier = 0;
    int type = 0;
    return mosquitto_string_to_property_info(property_name.c_str(), &identifier, &type) ==
               MOSQ_ERR_SUCCESS &&
           type == MQTT_PROP_TYPE_STRING_PAIR;
}

Outcome<void> add_property(Options& options, std::span<const std::string> values) {
    const auto command = command_of(values[0]);
    if (!command) {
        return command.error();
    }
    int identifier = 0;
    int type = 0;
    if (mosquitto_string_to_property_info(values[1].c_str(), &identifier, &type) !=
        MOSQ_ERR_SUCCESS) {
        return Problem{"there is no property '" + values[1] + "'", ""};
    }
    const bool published_identifier =
        command->target == for_publish && identifier == MQTT_PROP_SUBSCRIPTION_IDENTIFIER;
    if (published_identifier ||
        mosquitto_property_check_command(command->number, identifier) != MOSQ_ERR_SUCCESS) {
        return Problem{values[0] + " cannot have the property " + values[1], ""};
    }
    options.version = MQTT_PROTOCOL_V5;
    return add_value(options.properties[command->target], identifier, type, values.subspan(2));
}

}  // namespace mq::cli
