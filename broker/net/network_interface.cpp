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

/// Texts that are different, in their order.
class Names {
 public:
    void add(const std::string& text) {
        if (!text.empty() && !contains(text)) {
            texts_.push_back(text);
        }
    }
    [[nodiscard]] bool contains(const std::string& text) const {
        return std::find(texts_.begin(), texts_.end(), text) != texts_.end();
    }
    [[nodiscard]] bool empty() const { return texts_.empty(); }
    /// Separated by commas.
    [[nodiscard]] std::string list() const {
        std::string all;
        for (const std::string& text : texts_) {
            all += all.empty() ? "" : ", ";
            all += text;
        }
        return all;
    }

 private:
    std::vector<std::string> texts_;
};

bool of_all_interfaces(const std::string& address) {
    return address == "0.0.0.0" || address == "::";
}

}  // namespace

Outcome<void> check_interface(const std::string& name, std::span<const Endpoint> endpoints) {
    auto entries = all_interfaces();
    if (!entries) {
        return entries.error();
    }
    Names interfaces;
    Names addresses;
    for (const Entry& entry : *entries) {
        interfaces.add(entry.interface);
        if (entry.interface == name) {
            addresses.add(entry.address);
        }
    }
    if (!interfaces.contains(name)) {
        return Problem{"Error: bind_interface " + name + ": there is no such network interface", "",
                       "There are: " + interfaces.list() + "."};
    }
    for (const Endpoint& endpoint : endpoints) {
        const std::string address = endpoint.address();
        if (!of_all_interfaces(address) && !addresses.contains(address)) {
            return Problem{
                "Error: bind_interface " + name + " does not have the address " + address +
                    " of the listener",
                "", addresses.empty() ? "It has none." : "It has: " + addresses.list() + "."};
        }
    }
    return {};
}

}  // namespace mq::broker
