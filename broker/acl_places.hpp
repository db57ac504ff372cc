#pragma once

#include "broker/auth/acl_explain.hpp"
#include "broker/config/config.hpp"

#include <vector>

namespace mq::broker {

/// The listeners of a configuration, by ACL file and mount point, in the order of the file.
std::vector<AclPlace> acl_places(const Config& config);

}  // namespace mq::broker
