#include "client/cli/message_output.hpp"

#include "client/cli/message_json.hpp"

#include <cstdio>

namespace mq::cli {

MessageOutput::MessageOutput(const Options& options) : options_(options) {}

void MessageOutput::plain(const ReceivedMessage& message) {
    const bool shown_on_terminal = terminal_.active();
    if (options_.verbose) {
        if (shown_on_terminal) {
            terminal_.append_topic(message.topic, line_);
        } else {
            line_ += message.topic;
        }
        line_ += ' ';
        if (message.payload.empty()) {
            line_ += "(null)";
        }
    }
    if (shown_on_terminal) {
        terminal_.append_payload(message.payload, options_.pretty, line_);
    } else {
        line_ += message.payload;
    }
}

void MessageOutput::print(const ReceivedMessage& message) {
    line_.clear();
    if (options_.format) {
        options_.format->write(message, options_.pretty, line_, errors_);
    } else if (options_.json) {
        write_json_line(message, line_);
    } else if (options_.watch && terminal_.active()) {
        terminal_.append_watched(message.topic, message.payload, line_);
        std::fwrite(line_.data(), 1, line_.size(), stdout);
        return;
    } else {
        if (message.payload.empty() && !options_.verbose) {
            return;  // there is nothing to print, not even a line
        }
        plain(message);
    }
    if (options_.newline) {
        line_ += '\n';
    }
    std::fwrite(line_.data(), 1, line_.size(), stdout);
    if (!errors_.empty()) {
        if (!options_.quiet) {
            std::fflush(stdout);
            std::fprintf(stderr, "Error: %s", errors_.c_str());
        }
        errors_.clear();
    }
}

}  // namespace mq::cli
