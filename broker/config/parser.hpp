#pragma once

#include "broker/config/directive.hpp"
#include "broker/config/load.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace mq::broker::config {

/// Reads mosquitto.conf line by line into a draft and collects what there is to say. Use: `text` or
/// `file` as often as needed, then `finish` once.
class Parser {
 public:
    Parser(ConfigSource& source, const ConfigCircumstances& circumstances)
        : source_(source), circumstances_(circumstances) {}

    void text(std::string_view text, const std::string& name);
    void file(const std::string& path);
    ParseResult finish();

 private:
    /// What ends with each file.
    struct Context {
        std::string file;
        std::size_t line = 0;
        bool in_bridge = false;
        bool in_plugin = false;
    };

    void line(std::string_view line);
    void directive(const Directive& directive, std::string_view name, std::string_view rest);
    bool may_stand_here(const Directive& directive, std::string_view name);
    bool is_duplicate(const Directive& directive, std::string_view name);
    void take(const Directive& directive, std::string_view name, const Value& value);
    void refuse(const Directive& directive, std::string_view name, const Value& value);
    void unknown(std::string_view name);
    void include(const std::string& directory);
    void included_file(const std::string& path);

    Seen& seen_by(const Directive& directive);
    [[nodiscard]] Places here() const;
    void say(Severity severity, std::string text) { say(severity, std::move(text), here()); }
    void say(Severity severity, std::string text, Places places);

    ConfigSource& source_;
    const ConfigCircumstances& circumstances_;
    Draft draft_;
    std::vector<Diagnostic> diagnostics_;
    std::vector<Context> files_;  ///< the file being read; below it the one that includes it
    std::size_t files_read_ = 0;
};

/// Fills in what depends on the whole file and checks what spans several lines: the listeners,
/// local- only mode, certificate and key, who may connect without a name. Adds to `diagnostics`.
Config complete(Draft draft, const ConfigCircumstances& circumstances,
                std::vector<Diagnostic>& diagnostics);

}  // namespace mq::broker::config
