// The format of -F, up to the first zero byte, and behind it the payload of a message that it
// shows.
#include "client/cli/message_json.hpp"
#include "client/cli/output_format.hpp"

#include <cstdlib>

using namespace mq::cli;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::size_t end = input.find('\0');
    ReceivedMessage message;
    message.topic = "a/b";
    message.payload = end == std::string_view::npos ? std::string_view{} : input.substr(end + 1);
    message.qos = 1;
    message.id = 65535;
    message.time = {1769860805, 123456789};
    std::string line;
    write_json_line(message, line);
    if (line.find('\n') != std::string::npos) {
        std::abort();
    }
    // Widths of a few letters are enough to see what they do.
    const auto format = OutputFormat::parse(input.substr(0, end).substr(0, 256));
    if (format) {
        std::string out;
        std::string errors;
        format->write(message, size % 2 == 0, out, errors);
    }
    return 0;
}
