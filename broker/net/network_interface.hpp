#pragma once

#include "base/problem.hpp"
#include "broker/net/endpoint.hpp"

#include <span>
#include <string>

namespace mq::broker {

/// Whether a listener can be bound to the network interface `name`: it is there, and has each of
/// the addresses that are not those of all interfaces.
Outcome<void> check_interface(const std::string& name, std::span<const Endpoint> endpoints);

}  // namespace mq::broker
