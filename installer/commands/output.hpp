#pragma once

#include <boost/json/fwd.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace mq::installer {

/// What a command tells: lines for a person, or with `--json` one object on standard output that is
/// printed by `finish`. Commands call both kinds; the mode picks which are seen.
class Output {
 public:
    explicit Output(bool json);
    ~Output();
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;

    /// A line on standard output; silent with `--json`.
    void say(std::string_view line);
    /// A line on standard error, in both modes.
    void warn(std::string_view line);

    /// Members of the JSON object; silent without `--json`.
    void set(std::string_view key, std::string_view value);
    void set(std::string_view key, const char* value) { set(key, std::string_view(value)); }
    void set(std::string_view key, std::int64_t value);
    void set(std::string_view key, int value) { set(key, std::int64_t{value}); }
    void set(std::string_view key, bool value);
    /// Adds to the list under `key`; the list is made by the first call.
    void append(std::string_view key, std::string_view value);
    void append(std::string_view key, const std::map<std::string, std::string>& row);

    /// Prints the object with its `exit_code`. Called once, by `main`.
    void finish(int exit_code);

    [[nodiscard]] bool json() const { return object_ != nullptr; }

 private:
    std::unique_ptr<boost::json::object> object_;
};

}  // namespace mq::installer
