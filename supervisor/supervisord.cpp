#include "supervisor/supervisord.hpp"

#include "base/directories.hpp"
#include "base/file.hpp"
#include "supervisor/program_section.hpp"

#include <cerrno>
#include <optional>
#include <unistd.h>

namespace mq::supervisor {
namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;

/// A start waits for `startsecs` of the section, which a user may have raised; a stop for
/// `stopwaitsecs`.
constexpr seconds start_time_limit{180};
constexpr seconds stop_time_limit{120};
/// For a program that is being started already, perhaps for the second or third time.
constexpr seconds settle_time_limit{60};

/// The text of a file; nothing when there is none.
Outcome<std::optional<std::string>> read_if_there(const fs::path& file) {
    std::error_code ignored;
    if (!fs::exists(file, ignored)) {
        return std::optional<std::string>();
    }
    auto text = read_file(file);
    if (!text) {
        return text.error();
    }
    return std::optional<std::string>(std::move(*text));
}

bool has_ended(State state) {
    return state == State::stopped || state == State::exited || state == State::fatal ||
           state == State::absent;
}

}  // namespace

fs::path SupervisordDriver::file_of(const std::string& service) const {
    return home_ / "etc" / "services.d" / (service + ".ini");
}

std::vector<fs::path> SupervisordDriver::files(const Service& service) const {
    return {file_of(service.name)};
}

FileState SupervisordDriver::file_state(const Service& service) const {
    const auto text = read_if_there(file_of(service.name));
    if (!text || !*text) {
        return FileState::missing;
    }
    const SectionFacts facts = section_facts(**text);
    return !facts.ours ? FileState::foreign : facts.edited ? FileState::edited : FileState::ours;
}

Outcome<void> SupervisordDriver::write_file(const Service& service) {
    const fs::path file = file_of(service.name);
    const auto old = read_if_there(file);
    if (!old) {
        return old.error();
    }
    int directories_made = 0;
    if (*old) {
        const SectionFacts facts = section_facts(**old);
        if (!facts.ours) {
            return Problem{file.string() + " is there already and was not written by mqinstall",
                           "it was left as it was", "Move it away or rename it, then run again.",
                           12};
        }
        if (facts.edited) {
            return {};
        }
        directories_made = facts.directories_made;
    }
    const auto made = make_directories(file.parent_path());
    if (!made) {
        return made.error();
    }
    const auto text = program_section(service, directories_made + *made);
    if (!text || *text == *old) {
        return text ? Outcome<void>() : Outcome<void>(text.error());
    }
    return replace_file(file, *text, 0644);
}

Outcome<void> SupervisordDriver::make_known(const std::string& service) {
    const fs::path file = file_of(service);
    const auto reread = supervisorctl_.run({"reread"});
    if (!reread) {
        return reread.error();
    }
    if (reread->exit_code != 0) {
        const std::string broken = broken_file(reread->text);
        if (!broken.empty() && fs::path(broken).filename() != file.filename()) {
            return Problem{"supervisord cannot read " + broken +
                               ", a file of another program: " + reread->text,
                           "supervisord takes no change for any program until that file is right",
                           "Correct or move away " + broken + ", then run again.", 7};
        }
        return Problem{"supervisord refused " + file.string() + ": " + reread->text, "", "", 7};
    }
    const auto update = supervisorctl_.run({"update", service}, stop_time_limit);
    if (!update) {
        return update.error();
    }
    const auto now = status(service);
    if (!now) {
        return now.error();
    }
    if (now->state == State::absent) {
        return Problem{"supervisord does not take up " + file.string(), "",
                       "Its configuration must include " + (file.parent_path() / "*.ini").string() +
                           " (section [include]). Or choose --host-driver none.",
                       7};
    }
    if (update->exit_code != 0) {
        return Problem{"supervisord refused the change: " + update->text, "", "", 7};
    }
    return {};
}

Outcome<void> SupervisordDriver::install(const Service& service) {
    const fs::path file = file_of(service.name);
    const auto old = read_if_there(file);
    if (!old) {
        return old.error();
    }
    // supervisord refuses a log file whose directory is missing.
    const auto log_directory = make_directories(service.log_file.parent_path());
    if (!log_directory) {
        return log_directory.error();
    }
    auto done = write_file(service);
    const bool written = done.has_value();
    if (written) {
        done = make_known(service.name);
    }
    if (done) {
        return {};
    }
    Problem problem = done.error();
    if (*old && written) {
        const auto restored = replace_file(file, **old, 0644);
        problem.left += problem.left.empty() ? "" : "\n";
        problem.left += restored ? file.string() + " is as it was" : restored.error().what;
    } else if (!*old) {
        const auto text = read_if_there(file);
        const int made = text && *text ? section_facts(**text).directories_made : 0;
        ::unlink(file.c_str());
        remove_directories(file.parent_path(), made);
        remove_directories(service.log_file.parent_path(), *log_directory);
        problem.left += problem.left.empty() ? "" : "\n";
        problem.left += file.string() + " was taken away again";
    }
    return problem;
}

Outcome<void> SupervisordDriver::remove(const std::string& service) {
    const fs::path file = file_of(service);
    const auto text = read_if_there(file);
    if (!text) {
        return text.error();
    }
    const SectionFacts facts = *text ? section_facts(**text) : SectionFacts{};
    if (*text && !facts.ours) {
        return {};
    }
    const auto before = status(service);
    if (!before) {
        return before.error();
    }
    if (before->state != State::absent) {
        auto stopped = stop(service);
        if (!stopped) {
            return stopped;
        }
    }
    const fs::path kept = file.string() + ".edited";
    if (facts.edited ? ::rename(file.c_str(), kept.c_str()) != 0
                     : ::unlink(file.c_str()) != 0 && errno != ENOENT) {
        return system_problem("cannot remove " + file.string(), errno, 7);
    }
    // `remove` reads no file, so a broken one of another program is not in the way here.
    const auto forgotten = supervisorctl_.run({"remove", service});
    if (!forgotten) {
        return forgotten.error();
    }
    const auto reread = supervisorctl_.run({"reread"});
    const auto after = reread ? status(service) : Outcome<Status>(reread.error());
    if (!after) {
        return after.error();
    }
    if (after->state != State::absent) {
        return Problem{"supervisord still knows " + service + ": " + forgotten->text,
                       file.string() + " is gone", "Type: supervisorctl update", 7};
    }
    remove_directories(file.parent_path(), facts.directories_made);
    return {};
}

Outcome<void> SupervisordDriver::require_running(const std::string& service) {
    // STARTING may be the next try of a program that fails each time, so it is waited for as well.
    const auto settled = [](const Status& s) {
        return s.state != State::starting && s.state != State::backoff &&
               s.state != State::stopping;
    };
    const auto now = wait_until(service, settled, settle_time_limit);
    if (!now) {
        return now.error();
    }
    if (now->state == State::running || now->state == State::starting) {
        return {};
    }
    return Problem{service + " does not start: " + std::string(to_string(now->state)) +
                       (now->detail.empty() ? "" : ", " + now->detail),
                   "", "The reason stands in the log: mqinstall service logs", 7};
}

Outcome<void> SupervisordDriver::start(const std::string& service) {
    const auto answer = supervisorctl_.run({"start", service}, start_time_limit);
    if (!answer) {
        return answer.error();
    }
    if (answer->text.find("no such process") != std::string::npos ||
        answer->text.find("no such group") != std::string::npos) {
        return Problem{"supervisord does not know " + service, "nothing was started",
                       "Type: mqinstall install", 7};
    }
    return require_running(service);
}

Outcome<void> SupervisordDriver::stop(const std::string& service) {
    const auto answer = supervisorctl_.run({"stop", service}, stop_time_limit);
    if (!answer) {
        return answer.error();
    }
    const auto now = wait_until(
        service, [](const Status& s) { return has_ended(s.state); }, stop_time_limit);
    if (!now) {
        return now.error();
    }
    if (!has_ended(now->state)) {
        return Problem{
            service + " does not stop: " + std::string(to_string(now->state)) + ", " + answer->text,
            "", "", 7};
    }
    return {};
}

Outcome<void> SupervisordDriver::restart(const std::string& service) {
    auto stopped = stop(service);
    return stopped ? start(service) : stopped;
}

Outcome<Status> SupervisordDriver::status(const std::string& service) {
    return supervisorctl_.status(service);
}

std::vector<std::string> SupervisordDriver::remaining_commands(const Service&, int, int) const {
    return {};
}

}  // namespace mq::supervisor
