#pragma once

#include "installer/steps/change.hpp"

/// Steps on the running broker. They are part of a plan only where a manager runs it.
namespace mq::installer {

/// Stops the broker. Undone: starts it again if it ran before, and waits until it listens.
Step stop_step(const SharedWork& work);

/// Makes the manager know the service, and start it. Undone: removes it again.
Step add_service_step(const SharedWork& work);

/// Starts the broker. Undone: stops it.
Step start_step(const SharedWork& work);

/// Adds a throw-away user to the password file. Undone: removes it.
Step add_probe_user_step(const SharedWork& work);

/// Proves the broker: on every listener without TLS a message goes round with MQTT 5 and 3.1.1, and
/// a wrong password is refused; then the manager must say RUNNING, and the process be the program
/// of the new version.
Step health_step(const SharedWork& work);

/// Takes the throw-away user out again, so that the password file is byte for byte what it was, and
/// lets the broker read it.
Step remove_probe_user_step(const SharedWork& work);

/// Waits until every listener of the configuration takes connections.
Outcome<void> wait_until_listening(const Work& work);

}  // namespace mq::installer
