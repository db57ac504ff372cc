#pragma once

#include "broker/config/load.hpp"

#include <string>

namespace mq::broker {

/// What `--test-config` prints, and with which code it ends: 0 or 3.
struct ConfigCheck {
    std::string text;
    int exit_code = 0;
};

/// What `--test-config` says: of the configuration, and when that is good of all files that it
/// names, as the start would read them. Opens no port, no database and no log.
ConfigCheck test_config(const ParseResult& parsed);

}  // namespace mq::broker
