#include "broker/net/network_interface.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ifaddrs.h>
#include <memory>
#include <netinet/in.h>
#include <vector>

namespace mq::broker {
namespace {

struct Entry {
    std::string interface;
    std::string address;  ///< empty: it has none of IP
};

Outcome<std::vector<Entry>> all_interfaces() {
    ifaddrs* first = nullptr;
    if (::getifaddrs(&first) != 0) {
        return system_problem("Error: cannot list the network interfaces", errno);
    }
    const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner(first, &::freeifaddrs);
    std::vector<Entry> found;
    for (const ifaddrs* each = first; each != nullptr; each = each->ifa_next) {
        Entry& entry = found.emplace_back();
        entry.interface = each->ifa_name;
        const int family = each->ifa_addr == nullptr ? AF_UNSPEC : each->ifa_addr->sa_family;
        if (family == AF_INET || family == AF_INET6) {
            Endpoint endpoint;
            endpoint.size = family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
            std::memcpy(&endpoint.storage, each->ifa_addr, endpoint.size);
            entry.address = endpoint.address();
        }
    }
    return found;
}

/// The texts without repetition, separated by commas.
void add(std::string& list, const std::string& text) {
    if (!text.empty() && (", " + list + ",").find(", " + text + ",") == std::string::npos) {
        list += (list.empty() ? "" : ", ") + text;
    }
}

bool of_all_interfaces(const std::string& address) {
    return address == "0.0.0.0" || address == "::";
}

}  // namespace

Outcome<void> check_interface(const std::string& name, std::span<const Endpoint> endpoints) {
    auto entries = all_interfaces();
    if (!entries) {
        return entries.error();
    }
    std::string interfaces;
    std::string addresses;
    for (const Entry& entry : *entries) {
        add(interfaces, entry.interface);
        if (entry.interface == name) {
            add(addresses, entry.address);
        }
    }
    if ((", " + interfaces + ",").find(", " + name + ",") == std::string::npos) {
        return Problem{"Error: bind_interface " + name + ": there is no such network interface", "",
                       "There are: " + interfaces + "."};
    }
    for (const Endpoint& endpoint : endpoints) {
        const std::string address = endpoint.address();
        const bool has_it = std::any_of(entries->begin(), entries->end(), [&](const Entry& entry) {
            return entry.interface == name && entry.address == address;
        });
        if (!of_all_interfaces(address) && !has_it) {
            return Problem{"Error: bind_interface " + name + " does not have the address " +
                               address + " of the listener",
                           "", addresses.empty() ? "It has none." : "It has: " + addresses + "."};
        }
    }
    return {};
}

}  // namespace mq::broker
