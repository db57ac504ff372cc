#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mq::cli {

/// Appends JSON text to a string, value by value: on one line without blanks, or `pretty` as
/// Mosquitto's clients lay it out (members on lines of their own, indented by tabs; arrays on one).
/// The caller sees to it that what is opened is closed and that members have a key.
class JsonWriter {
 public:
    JsonWriter(std::string& out, bool pretty) : out_(out), pretty_(pretty) {}

    void begin_object();
    void end_object();
    void begin_array();
    void end_array();
    /// The name of the member whose value comes next.
    void key(std::string_view name);
    /// A string; bytes from 0x80 on are taken as they are.
    void string(std::string_view value);
    void number(double value);
    /// A value that is JSON text already.
    void raw(std::string_view value);

 private:
    struct Level {
        bool array;
        bool empty = true;
    };

    void before_value();
    void indent();
    void quoted(std::string_view text);

    std::string& out_;
    bool pretty_;
    std::vector<Level> levels_;
};

}  // namespace mq::cli
