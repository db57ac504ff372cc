#pragma once

#include "base/problem.hpp"
#include "client/cli/received_message.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace mq::cli {

/// A format of `-F`, read once and then filled in for each message.
///
///     %[flags][width][.number]c   a value of the message; %% is a percent sign
///     @c                          strftime's %c of the time of receipt, local time; @@ and @N
///     \c                          \\ \0 \a \e \n \r \t \v
///
/// docs/man/mqsub.1 has the letters. Everything else stands for itself.
class OutputFormat {
 public:
    /// The longest format, and the largest width or number in one.
    static constexpr std::size_t format_bytes_max = 65536;
    static constexpr int number_max = 65535;

    static Outcome<OutputFormat> parse(std::string_view text);

    /// Appends a message to `out`. What cannot be shown (%J of a payload that is not JSON, %f of
    /// another size) is left out, and a line about it appended to `errors`.
    void write(const ReceivedMessage& message, bool pretty, std::string& out,
               std::string& errors) const;

 private:
    struct Part {
        enum class Kind { text, field, time } kind = Kind::text;
        char letter = 0;  ///< of a field or a time
        bool zeros = false;
        bool left = false;
        int width = 0;
        int number = -1;  ///< behind the point; -1: none
        char separator = ' ';
        std::string text;
    };
    class Reader;

    std::vector<Part> parts_;
};

}  // namespace mq::cli
