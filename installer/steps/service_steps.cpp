#include "installer/steps/service_steps.hpp"

#include "base/file.hpp"
#include "broker/auth/password_store.hpp"
#include "installer/commands/interrupt.hpp"
#include "installer/health/listening.hpp"
#include "installer/health/probe.hpp"
#include "installer/prefix/configuration.hpp"
#include "installer/prefix/tree.hpp"
#include "installer/steps/program_steps.hpp"

#include <cerrno>
#include <csignal>
#include <thread>

namespace mq::installer {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds try_again_after{200};
constexpr milliseconds one_try{3000};
/// A manager calls a program RUNNING after its own `startsecs`, at most 30 on known hosts.
constexpr milliseconds running_timeout{60'000};

Problem unhealthy(const Work& work, const std::string& what) {
    return {what, "", "The broker's own words: " + work.service.log_file.string(),
            to_int(ExitCode::unexpected)};
}

bool has_failed(const supervisor::Status& status) {
    return status.state == supervisor::State::fatal || status.state == supervisor::State::exited ||
           status.state == supervisor::State::stopped || status.state == supervisor::State::absent;
}

std::string name_of(const ConfigurationFacts::Listener& listener) {
    return std::string(listener.websocket ? "WebSocket" : "TCP") + " port " +
           std::to_string(listener.port);
}

/// Asks until `ask` succeeds, the broker is beyond hope, or the time is over.
Outcome<void> try_until(const Work& work, Clock::time_point deadline,
                        const std::function<Outcome<void>()>& ask) {
    for (;;) {
        auto done = ask();
        if (done) {
            return done;
        }
        if (interrupted()) {
            return Problem{"interrupted", "", "", to_int(ExitCode::interrupted)};
        }
        const auto status = work.driver->status(work.service.name);
        if (status && has_failed(*status)) {
            return unhealthy(work, "the broker does not run: " + status->detail);
        }
        if (Clock::now() + try_again_after >= deadline) {
            return unhealthy(work, done.error().text());
        }
        std::this_thread::sleep_for(try_again_after);
    }
}

Outcome<void> probe_listener(const Work& work, const ConfigurationFacts& facts,
                             const ConfigurationFacts::Listener& listener,
                             Clock::time_point deadline) {
    const ProbeTarget target{listener.host, listener.port, listener.websocket};
    ProbeLogin login;
    if (!facts.password_file.empty()) {
        login = {work.change.probe_user, work.probe_password};
    }
    for (const auto version : {mqtt::Version::v5, mqtt::Version::v3_1_1}) {
        auto round =
            try_until(work, deadline, [&] { return round_trip(target, login, version, one_try); });
        if (!round) {
            return Problem{
                "no message went round over " + name_of(listener) + ": " + round.error().what,
                round.error().left, round.error().next, round.error().exit_code};
        }
        if (facts.password_file.empty()) {
            continue;
        }
        const ProbeLogin wrong{login.user, random_word()};
        auto refused = try_until(work, deadline,
                                 [&] { return expect_refusal(target, wrong, version, one_try); });
        if (!refused) {
            return Problem{"a wrong password was not refused over " + name_of(listener) + ": " +
                               refused.error().what,
                           refused.error().left, refused.error().next, refused.error().exit_code};
        }
    }
    return {};
}

/// The manager says RUNNING, and what runs is the program of the new version.
Outcome<void> expect_running(const Work& work) {
    const auto status = work.driver->wait_until(
        work.service.name,
        [](const supervisor::Status& now) {
            return now.state == supervisor::State::running || has_failed(now) || interrupted();
        },
        running_timeout);
    if (!status) {
        return status.error();
    }
    if (status->state != supervisor::State::running) {
        return unhealthy(work, "the service is not RUNNING: " + status->detail);
    }
    std::error_code error;
    const auto program =
        std::filesystem::read_symlink("/proc/" + std::to_string(status->pid) + "/exe", error);
    const auto versions = std::filesystem::weakly_canonical(work.layout.versions(), error);
    const auto below = program.lexically_relative(versions);
    if (!error && !below.empty() && *below.begin() != ".." && *below.begin() != work.change.to) {
        return unhealthy(work, "the broker that runs is " + program.string() + ", not version " +
                                   work.change.to);
    }
    return {};
}

Outcome<void> check_health(const Work& work) {
    const auto facts = read_configuration(work.layout.configuration());
    if (!facts) {
        return facts.error();
    }
    const auto deadline = Clock::now() + work.change.health_timeout;
    for (const auto& listener : facts->listeners) {
        if (!listener.speaks_plainly()) {
            continue;
        }
        if (auto healthy = probe_listener(work, *facts, listener, deadline); !healthy) {
            return healthy;
        }
    }
    return expect_running(work);
}

Outcome<void> add_probe_user(Work& work) {
    const auto& file = work.change.passwords;
    if (file.empty()) {
        return {};
    }
    if (auto kept = copy_whole_file(file, kept_probe_passwords(work.layout)); !kept) {
        return kept;
    }
    work.probe_password = random_word();
    const auto hash = broker::PasswordHash::make(work.probe_password);
    if (!hash) {
        return hash.error();
    }
    return broker::edit_password_file(
        file, broker::IfMissing::fail, [&](broker::PasswordFile& passwords) -> Outcome<void> {
            const auto set = passwords.set(work.change.probe_user, *hash);
            return set ? Outcome<void>{} : Outcome<void>{set.error()};
        });
}

/// Takes the throw-away user out of the file. When nobody else edited it since, it becomes what it
/// was to the byte, a missing last newline included.
Outcome<void> remove_probe_user(const Work& work) {
    const auto& file = work.change.passwords;
    if (file.empty() || !is_there(file)) {
        return remove_tree(kept_probe_passwords(work.layout));
    }
    const auto before = read_file(kept_probe_passwords(work.layout));
    auto edited = broker::edit_password_file(
        file, broker::IfMissing::fail, [&](broker::PasswordFile& passwords) -> Outcome<void> {
            passwords.remove(work.change.probe_user);
            if (before && passwords.text() == *before + "\n") {
                passwords = broker::PasswordFile::parse(*before);
            }
            return {};
        });
    return edited ? remove_tree(kept_probe_passwords(work.layout)) : edited;
}

/// Lets a running broker read its files again.
Outcome<void> reload(const Work& work) {
    const auto status = work.driver->status(work.service.name);
    if (!status) {
        return status.error();
    }
    if (status->pid > 0 && ::kill(status->pid, SIGHUP) != 0 && errno != ESRCH) {
        return system_problem("cannot signal the broker", errno);
    }
    return {};
}

}  // namespace

Outcome<void> wait_until_listening(const Work& work) {
    const auto facts = read_configuration(work.layout.configuration());
    if (!facts) {
        return facts.error();
    }
    const auto deadline = Clock::now() + work.change.health_timeout;
    for (const auto& listener : facts->listeners) {
        auto done = try_until(work, deadline, [&] {
            return expect_listening(listener.host, listener.port, one_try);
        });
        if (!done) {
            return done;
        }
    }
    return {};
}

Step stop_step(const SharedWork& work) {
    return {"stop", "stop the service " + work->service.name,
            [work] { return work->driver->stop(work->service.name); },
            [work]() -> Outcome<void> {
                if (!work->change.running) {
                    return {};
                }
                auto started = work->driver->start(work->service.name);
                return started ? wait_until_listening(*work) : started;
            }};
}

Step add_service_step(const SharedWork& work) {
    std::string files;
    for (const auto& file : work->driver->files(work->service)) {
        files += " " + file.string();
    }
    return {"add-service", "write" + files + " and make " + work->driver->name() + " run it",
            [work] { return work->driver->install(work->service); },
            [work] { return work->driver->remove(work->service.name); }};
}

Step start_step(const SharedWork& work) {
    return {"start", "start the service " + work->service.name,
            [work]() -> Outcome<void> {
                if (work->driver->file_state(work->service) == supervisor::FileState::missing) {
                    if (auto added = work->driver->install(work->service); !added) {
                        return added;
                    }
                }
                return work->driver->start(work->service.name);
            },
            [work] { return work->driver->stop(work->service.name); }};
}

Step add_probe_user_step(const SharedWork& work) {
    return {"add-probe-user",
            "add the throw-away user " + work->change.probe_user + " to " +
                work->change.passwords.string(),
            [work] { return add_probe_user(*work); }, [work] { return remove_probe_user(*work); }};
}

Step health_step(const SharedWork& work) {
    return {"health",
            "prove the broker: MQTT 5 and 3.1.1 on each listener, right and wrong password",
            [work] { return check_health(*work); },
            {}};
}

Step remove_probe_user_step(const SharedWork& work) {
    return {"remove-probe-user",
            "remove the throw-away user, and let the broker know",
            [work]() -> Outcome<void> {
                auto removed = remove_probe_user(*work);
                return removed ? reload(*work) : removed;
            },
            {}};
}

}  // namespace mq::installer
