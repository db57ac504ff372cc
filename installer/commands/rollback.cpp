#include "base/file.hpp"
#include "installer/commands/transition.hpp"
#include "installer/commands/verbs.hpp"
#include "installer/prefix/tree.hpp"

namespace mq::installer::commands {

Outcome<ExitCode> rollback(const Context& context) {
    auto transition = Transition::begin(context);
    if (!transition) {
        return transition.error();
    }
    const std::string& parent = transition->manifest().parent;
    if (parent.empty()) {
        return Problem{"version " + transition->manifest().version + " came after no other one",
                       "Nothing was changed.", "", to_int(ExitCode::usage)};
    }
    const auto text = read_file(context.layout.version(parent) / "MANIFEST");
    if (!text) {
        return Problem{"version " + parent + " is not there any more: " + text.error().what,
                       "Nothing was changed.",
                       "Fetch the mqinstall of version " + parent + " and type `upgrade` with it."};
    }
    auto list = FileList::parse(*text, "payload");
    if (!list) {
        return list.error();
    }
    auto work = transition->decide("rollback", parent);
    if (!work) {
        return work.error();
    }
    (*work)->payload_list = std::move(*list);
    return transition->run(*work);
}

}  // namespace mq::installer::commands
