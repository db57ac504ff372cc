#include "installer/commands/doctor_checks.hpp"
#include "installer/commands/verbs.hpp"

namespace mq::installer::commands {
namespace {

using Grade = Finding::Grade;

const char* word_of(Grade grade) {
    return grade == Grade::good ? "ok" : grade == Grade::warning ? "warning" : "bad";
}

void show(Output& output, const Finding& finding) {
    const std::string word = word_of(finding.grade);
    output.say(word + std::string(9 - word.size(), ' ') + finding.subject + ": " + finding.text);
    if (!finding.next.empty()) {
        output.say("         -> " + finding.next);
    }
    output.append("checks", {{"grade", word},
                             {"subject", finding.subject},
                             {"text", finding.text},
                             {"next", finding.next}});
}

}  // namespace

Outcome<ExitCode> doctor(const Context& context) {
    const auto manifest = load_manifest(context.layout);
    if (!manifest) {
        return manifest.error();
    }
    ExitCode code = ExitCode::ok;
    for (const auto& finding : examine(context, *manifest)) {
        show(context.output, finding);
        if (code == ExitCode::ok && finding.grade == Grade::bad) {
            code = finding.code;
        }
    }
    return code;
}

}  // namespace mq::installer::commands
