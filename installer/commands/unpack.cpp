#include "installer/archive/payload.hpp"
#include "installer/commands/verbs.hpp"
#include "installer/prefix/tree.hpp"

namespace mq::installer::commands {

Outcome<ExitCode> unpack(const Context& context, const std::filesystem::path& directory) {
    const auto payload = Payload::open();
    if (!payload) {
        return payload.error();
    }
    const auto list = payload->verify();
    if (!list) {
        return list.error();
    }
    std::error_code error;
    if (is_there(directory) && !std::filesystem::is_empty(directory, error)) {
        return Problem{directory.string() + " is there, and not empty", "Nothing was changed.",
                       "Name a new folder.", to_int(ExitCode::conflict)};
    }
    if (context.options.dry_run) {
        for (const auto& [name, unused] : list->files) {
            context.output.say((directory / name).string());
        }
        return ExitCode::ok;
    }
    auto done = make_directory(std::filesystem::absolute(directory));
    if (done) {
        done = payload->unpack(directory);
    }
    if (!done) {
        return done.error();
    }
    context.output.say("Unpacked version " + list->facts.at("version") + " to " +
                       directory.string());
    context.output.set("version", list->facts.at("version"));
    return ExitCode::ok;
}

}  // namespace mq::installer::commands
