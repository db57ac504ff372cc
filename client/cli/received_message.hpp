#pragma once

#include <ctime>
#include <mosquitto.h>
#include <string_view>

namespace mq::cli {

/// A message as the library hands it to us, and when that was. Borrows everything.
struct ReceivedMessage {
    std::string_view topic;
    std::string_view payload;
    int qos = 0;
    bool retain = false;
    int id = 0;                                      ///< 0 for QoS 0
    const mosquitto_property* properties = nullptr;  ///< MQTT 5.0
    bool properties_known = false;                   ///< whether the version has properties
    std::timespec time{};                            ///< real time
};

}  // namespace mq::cli
