#pragma once

#include "client/cli/options.hpp"
#include "client/cli/received_message.hpp"
#include "client/cli/terminal_view.hpp"

#include <string>

namespace mq::cli {

/// Prints messages on standard output, in the way that the options want: by a format, as JSON, with
/// the topic (-v), or the payload alone. On a terminal, and where no format is given, topics are
/// coloured and bytes that would disturb the terminal are shown as \xNN.
///
/// What is printed is in stdio's buffer; whoever waits flushes it before.
class MessageOutput {
 public:
    explicit MessageOutput(const Options& options);

    void print(const ReceivedMessage& message);

 private:
    void plain(const ReceivedMessage& message);

    const Options& options_;
    TerminalView terminal_;
    std::string line_;    ///< reused
    std::string errors_;  ///< reused
};

}  // namespace mq::cli
