#include "broker/acl_places.hpp"

#include <algorithm>
#include <string>

namespace mq::broker {

std::vector<AclPlace> acl_places(const Config& config) {
    std::vector<AclPlace> places;
    for (const ListenerConfig& listener : config.listeners) {
        if (listener.security.owner_only) {
            continue;  // what may be done there stands in no file
        }
        const std::string name = listener.is_unix() ? "socket " + listener.unix_path
                                                    : "port " + std::to_string(listener.port);
        const auto same = std::find_if(places.begin(), places.end(), [&](const AclPlace& place) {
            return place.acl_file == listener.security.acl_file &&
                   place.mount_point == listener.mount_point;
        });
        if (same == places.end()) {
            places.push_back({name, listener.security.acl_file, listener.mount_point});
        } else {
            same->listeners += ", " + name;
        }
    }
    return places;
}

}  // namespace mq::broker
