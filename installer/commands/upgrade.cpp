#include "installer/commands/preflight.hpp"
#include "installer/commands/transition.hpp"
#include "installer/commands/verbs.hpp"

namespace mq::installer::commands {

Outcome<ExitCode> upgrade(const Context& context) {
    auto payload = Payload::open();
    if (!payload) {
        return payload.error();
    }
    auto list = payload->verify();
    if (!list) {
        return list.error();
    }
    auto transition = Transition::begin(context);
    if (!transition) {
        return transition.error();
    }
    const std::string version = list->facts.at("version");
    if (transition->manifest().version == version) {
        context.output.say("mqhome " + version + " is already in use.");
        context.output.set("version", version);
        context.output.set("changed", false);
        return ExitCode::ok;
    }
    if (auto place = check_place(context.layout, bytes_needed(payload->packed_bytes())); !place) {
        return place.error();
    }
    auto work = transition->decide("upgrade", version);
    if (!work) {
        return work.error();
    }
    (*work)->payload = std::move(*payload);
    (*work)->payload_list = std::move(*list);
    return transition->run(*work);
}

}  // namespace mq::installer::commands
