#pragma once

#include "client/cli/received_message.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace mq::cli {

/// What stands between `%` and the letter of a field.
struct FieldShape {
    bool zeros = false;
    bool left = false;
    int width = 0;         ///< characters, filled up with blanks or zeros
    int number = -1;       ///< behind the point: a maximum, a group, decimals; -1: none
    char separator = ' ';  ///< of groups of hexadecimal digits
};

/// Appends the fields of one message to `out`, and lines about what cannot be shown to `errors`.
class FieldWriter {
 public:
    FieldWriter(const ReceivedMessage& message, bool pretty, std::string& out, std::string& errors)
        : message_(message), pretty_(pretty), out_(out), errors_(errors) {}

    /// `letter` is one that a format may have.
    void field(char letter, const FieldShape& shape);

    /// strftime's conversion of this letter, or nanoseconds for N.
    void time(char letter);

 private:
    void text(std::string_view value, const FieldShape& shape);
    void number(std::optional<std::uint32_t> value, const FieldShape& shape);
    void fill(std::size_t size, const FieldShape& shape);
    void payload(const FieldShape& shape);
    void hex(const FieldShape& shape, const char* digits);
    template <class Real>
    void real(const FieldShape& shape);
    void json(bool embed);
    void user_properties();
    void unix_time();
    [[nodiscard]] const mosquitto_property* property(int identifier) const;
    [[nodiscard]] std::string_view property_text(int identifier) const;
    [[nodiscard]] std::optional<std::uint32_t> property_number(int identifier) const;
    void strftime_part(const char* format);

    const ReceivedMessage& message_;
    bool pretty_;
    std::string& out_;
    std::string& errors_;
};

}  // namespace mq::cli
