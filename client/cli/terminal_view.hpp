#pragma once

#include <map>
#include <string>
#include <string_view>

namespace mq::cli {

/// How messages look on a terminal, which is a person's: topics in colour (unless NO_COLOR is set),
/// bytes that would disturb it as \xNN. Elsewhere it is not active.
class TerminalView {
 public:
    /// Looks at standard output.
    TerminalView();

    [[nodiscard]] bool active() const { return active_; }

    void append_topic(std::string_view topic, std::string& out) const;

    /// With `indent`, payloads that are JSON objects or arrays are laid out over several lines.
    void append_payload(std::string_view payload, bool indent, std::string& out) const;

    /// Appends what rewrites the one line that the topic has on the screen. Topics that find no
    /// room share the last line.
    void append_watched(std::string_view topic, std::string_view payload, std::string& out);

 private:
    bool active_ = false;
    bool colours_ = false;
    int columns_ = 80;
    std::size_t rows_ = 24;
    std::map<std::string, std::size_t, std::less<>> row_of_;  ///< at most as many as rows
};

}  // namespace mq::cli
