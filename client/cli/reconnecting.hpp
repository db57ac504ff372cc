#pragma once

#include "client/cli/connection.hpp"

namespace mq::cli {

/// Whether another attempt could cure a loss with this error of the library.
bool may_reconnect(int error);

/// Makes a lost connection anew: attempts with a pause of a second before each, until one of them
/// opens it (the broker has not answered yet then). False: another attempt would not help, or a
/// signal or the time limit came.
bool reconnect_until_up(Connection& connection, Interrupts& interrupts);

}  // namespace mq::cli
