#include "broker/config/load.hpp"

#include "broker/config/parser.hpp"

#include <cstdlib>

namespace mq::broker {

std::string Config::persistence_path() const {
    if (persistence_location.empty()) {
        return persistence_file;
    }
    return persistence_location + (persistence_location.ends_with('/') ? "" : "/") +
           persistence_file;
}

std::string ListenerConfig::place() const {
    if (is_unix()) {
        return "0 " + unix_path;
    }
    std::string text = std::to_string(port);
    for (const std::string& part : {host, bind_interface.empty() ? "" : "%" + bind_interface}) {
        text += part.empty() ? "" : " " + part;
    }
    if (socket_domain != SocketDomain::any) {
        text += socket_domain == SocketDomain::ipv4 ? " ipv4" : " ipv6";
    }
    return text;
}

ParseResult parse_config(std::string_view text, const std::string& name, ConfigSource& source,
                         const ConfigCircumstances& circumstances) {
    config::Parser parser(source, circumstances);
    parser.text(text, name);
    return parser.finish();
}

ParseResult load_config(std::span<const std::string> paths,
                        const ConfigCircumstances& circumstances) {
    ConfigDisk disk;
    config::Parser parser(disk, circumstances);
    for (const std::string& path : paths) {
        parser.file(path);
    }
    ParseResult result = parser.finish();
    if (const char* location = std::getenv("MOSQUITTO_PERSISTENCE_LOCATION");
        location != nullptr && *location != '\0') {
        result.config.persistence_location = location;
    }
    return result;
}

}  // namespace mq::broker
