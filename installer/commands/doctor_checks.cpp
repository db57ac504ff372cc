#include "installer/commands/doctor_checks.hpp"

#include "base/file.hpp"
#include "base/sha256.hpp"
#include "broker/auth/file_permissions.hpp"
#include "broker/auth/password_store.hpp"
#include "installer/commands/broker_control.hpp"
#include "installer/health/probe.hpp"
#include "installer/health/socket.hpp"
#include "installer/plan/journal.hpp"
#include "installer/prefix/configuration.hpp"
#include "installer/prefix/profile_block.hpp"

#include <sys/statvfs.h>
#include <unistd.h>

namespace mq::installer {
namespace {

namespace fs = std::filesystem;
using Grade = Finding::Grade;
using Findings = std::vector<Finding>;

constexpr std::chrono::seconds answer_timeout{5};
/// An upgrade needs about this much beside what is there.
constexpr std::uint64_t free_bytes_wanted = std::uint64_t{100} << 20;
constexpr std::uint64_t free_files_wanted = 1000;

Finding good(std::string subject, std::string text) {
    return {Grade::good, std::move(subject), std::move(text), "", ExitCode::ok};
}

Finding warning(std::string subject, std::string text, std::string next) {
    return {Grade::warning, std::move(subject), std::move(text), std::move(next), ExitCode::ok};
}

Finding bad(std::string subject, std::string text, std::string next, ExitCode code) {
    return {Grade::bad, std::move(subject), std::move(text), std::move(next), code};
}

void check_last_run(const Context& context, Findings& findings) {
    const auto record = Journal::read(context.layout.journal());
    if (!record) {
        findings.push_back(bad("last run", record.error().what, "", ExitCode::unexpected));
    } else if (*record && !(*record)->finished) {
        findings.push_back(bad("last run", "`mqinstall " + (*record)->command + "` was cut off",
                               "mqinstall recover", ExitCode::unfinished));
    } else {
        findings.push_back(good("last run", "finished"));
    }
}

void check_programs(const Context& context, const Manifest& manifest, Findings& findings) {
    std::string wrong;
    for (const auto& [name, checksum] : manifest.files) {
        const auto text = read_file(context.layout.version(manifest.version) / name);
        if (!text || sha256_hex(*text) != checksum) {
            wrong += (wrong.empty() ? "" : ", ") + name + (text ? " was changed" : " is missing");
        }
    }
    std::error_code error;
    const auto current = fs::read_symlink(context.layout.current(), error);
    if (error || current.filename() != manifest.version) {
        wrong += std::string(wrong.empty() ? "" : ", ") + context.layout.current().string() +
                 " does not name version " + manifest.version;
    }
    if (wrong.empty()) {
        findings.push_back(good("programs", "version " + manifest.version + ", " +
                                                std::to_string(manifest.files.size()) +
                                                " files as delivered"));
    } else {
        findings.push_back(bad("programs", wrong, "mqinstall install", ExitCode::bad_checksum));
    }
}

void check_conf(const Context& context, Findings& findings) {
    const auto valid = check_configuration(context.layout);
    if (valid) {
        findings.push_back(
            good("configuration", context.layout.configuration().string() + " is valid"));
    } else {
        findings.push_back(bad("configuration", valid.error().what,
                               "correct " + context.layout.configuration().string(),
                               ExitCode::bad_configuration));
    }
}

void check_passwords(const fs::path& file, Findings& findings) {
    const auto users = broker::load_password_file(file);
    if (!users) {
        findings.push_back(bad("users", users.error().what, "mqinstall user add NAME",
                               ExitCode::bad_configuration));
        return;
    }
    const std::size_t before = findings.size();
    for (const auto& flaw : users->findings()) {
        findings.push_back(warning("users", file.string() + ": " + flaw.text,
                                   "correct the line, or: mqinstall user passwd NAME"));
    }
    for (const auto& sentence : broker::permission_warnings(file)) {
        findings.push_back(warning("users", sentence, "chmod 600 " + file.string()));
    }
    if (users->list().empty()) {
        findings.push_back(
            warning("users", "nobody can log in, there is no user", "mqinstall user add NAME"));
    }
    if (findings.size() == before) {
        findings.push_back(good("users", std::to_string(users->list().size()) + " in " +
                                             file.string() + ", readable by you alone"));
    }
}

/// Whether the name looks like what an interrupted or old tool left beside `pwfile`.
bool is_leftover(const std::string& name, const std::string& beside) {
    return name.size() > beside.size() + 1 && name.starts_with(beside + ".");
}

void check_leftovers(const Context& context, const fs::path& password_file, Findings& findings) {
    std::vector<std::string> left;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(password_file.parent_path(), ignored)) {
        if (is_leftover(entry.path().filename().string(), password_file.filename().string())) {
            left.push_back(entry.path().string());
        }
    }
    for (const auto& entry : fs::directory_iterator(context.layout.versions(), ignored)) {
        if (entry.path().filename().string().starts_with(".tmp-")) {
            left.push_back(entry.path().string());
        }
    }
    for (const auto& path : left) {
        findings.push_back(warning("leftovers", path + " belongs to nothing any more",
                                   "look at it, then remove it"));
    }
    if (left.empty()) {
        findings.push_back(good("leftovers", "none"));
    }
}

ShellSyntax syntax_of(const fs::path& file) {
    return file.extension() == ".fish"    ? ShellSyntax::fish
           : file.filename() == ".tcshrc" ? ShellSyntax::csh
                                          : ShellSyntax::posix;
}

void check_profile(const Context& context, const Manifest& manifest, Findings& findings) {
    const std::size_t before = findings.size();
    for (const char* name : {"env.sh", "env.fish", "env.csh"}) {
        if (::access((context.layout.prefix / name).c_str(), R_OK) != 0) {
            findings.push_back(warning("shell",
                                       (context.layout.prefix / name).string() + " is missing",
                                       "mqinstall install"));
        }
    }
    for (const auto& file : manifest.profile_files) {
        if (!has_profile_block({file, syntax_of(file)}, context.layout.prefix)) {
            findings.push_back(
                warning("shell", "the block of mqhome in " + file + " is missing or was changed",
                        "mqinstall install"));
        }
    }
    if (findings.size() == before) {
        findings.push_back(good("shell", std::to_string(manifest.profile_files.size()) +
                                             " start-up files have the block"));
    }
}

void check_service_file(supervisor::Driver& driver, const supervisor::Service& service,
                        Findings& findings) {
    const auto files = driver.files(service);
    const std::string file = files.empty() ? "" : files.front().string();
    switch (driver.file_state(service)) {
        case supervisor::FileState::none:
            break;
        case supervisor::FileState::ours:
            findings.push_back(good("service file", file + " is as written"));
            break;
        case supervisor::FileState::edited:
            findings.push_back(
                warning("service file", file + " was changed by hand; it is left alone", ""));
            break;
        case supervisor::FileState::missing:
            findings.push_back(bad("service file", file + " is missing", "mqinstall install",
                                   ExitCode::manager_refused));
            break;
        case supervisor::FileState::foreign:
            findings.push_back(bad("service file", file + " is not of mqinstall",
                                   "move it away, then: mqinstall install", ExitCode::conflict));
            break;
    }
}

/// Whether the broker runs.
bool check_service(const Context& context, const Manifest& manifest, Findings& findings) {
    const auto driver = context.make_driver(&manifest);
    if (driver && manifest.service) {
        check_service_file(**driver, broker_service(context.home, context.layout), findings);
    }
    const auto state = broker_state(context, manifest);
    if (!state) {
        findings.push_back(
            bad("service", state.error().what, state.error().next, ExitCode::service_unknown));
        return false;
    }
    const ExitCode code = exit_code_of(state->state);
    if (code == ExitCode::ok) {
        findings.push_back(good("service", describe(*state)));
        return true;
    }
    const std::string detail = state->detail.empty() ? "" : ": " + state->detail;
    findings.push_back(
        bad("service", describe(*state) + detail,
            state->by_hand.empty()
                ? "mqinstall service start; mqinstall service logs tells why it ended"
                : state->by_hand.front(),
            code));
    return false;
}

void check_listener(const ConfigurationFacts::Listener& listener, Findings& findings) {
    const std::string subject = "port " + std::to_string(listener.port);
    const auto deadline = std::chrono::steady_clock::now() + answer_timeout;
    Outcome<void> answer;
    if (!listener.speaks_plainly()) {
        const auto connected = Socket::connect(listener.host, listener.port, deadline);
        answer = connected ? Outcome<void>() : Outcome<void>(connected.error());
    } else {
        answer = expect_answer({listener.host, listener.port, listener.websocket}, answer_timeout);
    }
    if (answer) {
        findings.push_back(
            good(subject, listener.websocket ? "answers over WebSocket" : "answers"));
    } else {
        findings.push_back(
            bad(subject, answer.error().what, "mqinstall service restart", ExitCode::not_running));
    }
}

void check_space(const Context& context, Findings& findings) {
    struct statvfs facts {};
    if (::statvfs(context.layout.prefix.c_str(), &facts) != 0) {
        findings.push_back(
            warning("disk", "cannot be asked for " + context.layout.prefix.string(), ""));
        return;
    }
    const std::uint64_t bytes = std::uint64_t{facts.f_bavail} * facts.f_frsize;
    const std::string text = std::to_string(bytes >> 20) + " MiB free";
    if (bytes < free_bytes_wanted || (facts.f_files != 0 && facts.f_favail < free_files_wanted)) {
        findings.push_back(warning(
            "disk",
            text + ", " + std::to_string(facts.f_favail) + " files free: an upgrade may not fit",
            "make room; old versions are in " + context.layout.versions().string()));
    } else {
        findings.push_back(good("disk", text + " (a quota of the host may be lower)"));
    }
    for (const auto& folder : {context.layout.etc(), context.layout.var()}) {
        if (::access(folder.c_str(), R_OK | W_OK | X_OK) != 0) {
            findings.push_back(bad("disk", folder.string() + " is missing or cannot be written",
                                   "chmod u+rwx " + folder.string(), ExitCode::preflight));
        }
    }
}

}  // namespace

std::vector<Finding> examine(const Context& context, const Manifest& manifest) {
    Findings findings;
    check_last_run(context, findings);
    check_programs(context, manifest, findings);
    check_conf(context, findings);
    const auto facts = read_configuration(context.layout.configuration());
    const fs::path password_file = facts && !facts->password_file.empty()
                                       ? facts->password_file
                                       : context.layout.password_file();
    check_passwords(password_file, findings);
    check_leftovers(context, password_file, findings);
    check_profile(context, manifest, findings);
    check_space(context, findings);
    if (check_service(context, manifest, findings) && facts) {
        for (const auto& listener : facts->listeners) {
            if (listener.port != 0) {
                check_listener(listener, findings);
            }
        }
    }
    return findings;
}

}  // namespace mq::installer
