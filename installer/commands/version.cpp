#include "base/version.hpp"

#include "installer/archive/payload.hpp"
#include "installer/commands/verbs.hpp"

#include <openssl/crypto.h>

namespace mq::installer::commands {

Outcome<ExitCode> version(const Context& context) {
    Output& out = context.output;
    out.say(std::string("mqinstall ") + mq::version);
    out.say(OpenSSL_version(OPENSSL_VERSION));
    out.set("mqinstall", mq::version);
    out.set("openssl", OpenSSL_version(OPENSSL_VERSION));
    if (const auto payload = Payload::open()) {
        const auto list = payload->verify();
        if (!list) {
            return list.error();
        }
        out.say("carries mqhome " + list->facts.at("version"));
        out.set("payload", list->facts.at("version"));
    } else if (payload.error().exit_code == to_int(ExitCode::bad_checksum)) {
        return payload.error();
    }
    if (const auto manifest = load_manifest(context.layout)) {
        out.say("installed: mqhome " + manifest->version + " in " + context.layout.prefix.string());
        out.set("installed", manifest->version);
    }
    return ExitCode::ok;
}

}  // namespace mq::installer::commands
