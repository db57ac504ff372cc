#pragma once

#include "base/problem.hpp"
#include "client/cli/connection_settings.hpp"
#include "client/cli/options.hpp"

#include <boost/json/array.hpp>

#include <chrono>
#include <memory>
#include <mosquitto.h>
#include <optional>
#include <string>

namespace mq::cli {

/// A connection to a broker by which commands are given to it, at one topic under `$CONTROL/`.
/// All calls on one thread; each waits for the broker, at most as long as the route says.
class CtlLink {
 public:
    /// Connects by the control socket or by MQTT, and subscribes to the responses. `name` is the
    /// topic's: broker or mqhome. Puts into the options what they leave open: the socket's path,
    /// the client id, the password that is asked for. They must outlive the link.
    static Outcome<std::unique_ptr<CtlLink>> open(Options& options, const std::string& name);
    ~CtlLink();
    CtlLink(const CtlLink&) = delete;
    CtlLink& operator=(const CtlLink&) = delete;

    /// One response for each command, in their order, unless the broker has found one malformed.
    Outcome<boost::json::array> ask(boost::json::array commands);

 private:
    using Deadline = std::chrono::steady_clock::time_point;

    CtlLink(const Options& options, const std::string& name)
        : options_(options), topic_("$CONTROL/" + name + "/v1"), peer_(broker_name(options)) {}
    void set_callbacks();
    Outcome<void> connect();
    Outcome<void> subscribe();
    template <class Done>
    Outcome<void> wait_until(Done done, const std::string& what);
    [[nodiscard]] Problem refused(int code) const;
    void received(const mosquitto_message& message);

    const Options& options_;
    const std::string topic_;
    const std::string peer_;  ///< the broker, as messages name it
    ClientPointer client_;
    std::optional<int> connected_;  ///< the code of CONNACK
    std::optional<int> granted_;    ///< the code of SUBACK
    std::optional<int> published_;  ///< the code of the last request's PUBACK
    std::string awaited_;           ///< correlation data of the last request
    std::optional<boost::json::array> responses_;
};

}  // namespace mq::cli
