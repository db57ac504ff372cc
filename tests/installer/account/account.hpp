#pragma once

#include "base/sha256.hpp"
#include "installer/commands/context.hpp"
#include "installer/commands/output.hpp"
#include "installer/prefix/environment.hpp"
#include "installer/prefix/profile_block.hpp"
#include "tests/support/home.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace mq::test {

/// A service manager that does what the test says, and notes what it was asked.
struct Manager {
    supervisor::Status status{supervisor::State::running, 4711, "pid 4711, uptime 0:00:09"};
    supervisor::FileState file = supervisor::FileState::ours;
    Problem problem;  ///< given by every call, where its text is not empty
    std::string calls;
};

class FakeDriver final : public supervisor::Driver {
 public:
    explicit FakeDriver(Manager& manager) : manager_(manager) {}

    [[nodiscard]] std::string name() const override { return "fake"; }
    [[nodiscard]] std::vector<std::filesystem::path> files(
        const supervisor::Service&) const override {
        return {"/services/mqhome.ini"};
    }
    [[nodiscard]] supervisor::FileState file_state(const supervisor::Service&) const override {
        return manager_.file;
    }
    Outcome<void> install(const supervisor::Service&) override { return call("install"); }
    Outcome<void> remove(const std::string&) override { return call("remove"); }
    Outcome<void> start(const std::string&) override { return call("start"); }
    Outcome<void> stop(const std::string&) override {
        manager_.status = {supervisor::State::stopped, 0, ""};
        return call("stop");
    }
    Outcome<void> restart(const std::string&) override { return call("restart"); }
    Outcome<supervisor::Status> status(const std::string&) override {
        return manager_.problem.what.empty() ? Outcome<supervisor::Status>(manager_.status)
                                             : Outcome<supervisor::Status>(manager_.problem);
    }
    [[nodiscard]] std::vector<std::string> remaining_commands(const supervisor::Service&, int,
                                                              int) const override {
        return {};
    }

 private:
    Outcome<void> call(const std::string& name) {
        manager_.calls += name + "\n";
        return manager_.problem.what.empty() ? Outcome<void>() : Outcome<void>(manager_.problem);
    }
    Manager& manager_;
};

/// A home with an installation of version 1.0.0, as complete as the commands look at it. Its broker
/// is a script that finds every configuration without the word `wrong` valid.
class Account : public testing::Test {
 protected:
    Account() {
        home.write("mqhome/versions/1.0.0/bin/mqbroker",
                   "#!/bin/sh\nif grep -q wrong \"$2\"; then echo \"$2: line 1: wrong\"; exit 3; "
                   "fi\nexit 0\n",
                   true);
        std::filesystem::create_symlink("versions/1.0.0", layout.current());
        home.write("mqhome/etc/mosquitto.conf", "listener 1\npassword_file " +
                                                    layout.password_file().string() +
                                                    "\nallow_anonymous false\n");
        home.write("mqhome/etc/pwfile", user_line("old"));
        ::chmod(layout.password_file().c_str(), 0600);
        std::filesystem::create_directories(layout.var());
        std::filesystem::create_directories(layout.state());
        for (const auto& [name, text] : installer::environment_files(layout.prefix)) {
            home.write("mqhome/" + name, text);
        }
        const installer::ProfileFile profile{home.path() / ".profile",
                                             installer::ShellSyntax::posix};
        EXPECT_TRUE(installer::add_profile_block(profile, layout.prefix));
        manifest.version = "1.0.0";
        manifest.driver = "fake";
        manifest.port = 1;
        manifest.profile_files = {profile.path.string()};
        manifest.files = {
            {"bin/mqbroker", sha256_hex(home.read("mqhome/versions/1.0.0/bin/mqbroker"))}};
        save();
        context.options.password_stdin = true;
        context.driver_factory = [this](const supervisor::HostOptions&) {
            return Outcome<std::unique_ptr<supervisor::Driver>>(
                std::make_unique<FakeDriver>(manager));
        };
    }
    ~Account() override {
        if (broker_ > 0) {
            ::kill(broker_, SIGKILL);
            ::waitpid(broker_, nullptr, 0);
        }
    }

    void save() const { EXPECT_TRUE(installer::save_manifest(layout, manifest)); }

    /// An entry with the password `old`.
    static std::string user_line(const std::string& name);

    /// Runs a process from the prefix's version that any SIGHUP ends.
    void run_broker() {
        const auto program = layout.version("1.0.0") / "bin/sleeper/bin/mqbroker";
        std::filesystem::create_directories(program.parent_path());
        std::filesystem::copy_file("/bin/sleep", program);
        broker_ = ::fork();
        if (broker_ == 0) {
            ::execl(program.c_str(), program.c_str(), "1000", nullptr);
            ::_exit(127);
        }
        const auto link = "/proc/" + std::to_string(broker_) + "/exe";
        std::error_code error;
        while (std::filesystem::read_symlink(link, error) != program) {
            ::usleep(1000);
        }
    }
    /// Waits for the end of that process: true when SIGHUP ended it.
    bool broker_got_hangup() {
        int how = 0;
        ::waitpid(broker_, &how, 0);
        broker_ = 0;
        return WIFSIGNALED(how) && WTERMSIG(how) == SIGHUP;
    }

    /// Makes `text` standard input.
    void type(const std::string& text) const {
        home.write("typed", text);
        const int fd = ::open((home.path() / "typed").c_str(), O_RDONLY);
        ::dup2(fd, 0);
        ::close(fd);
    }

    /// Calls a command; its exit code, or the problem's. What it printed is in `printed`, the
    /// problem in `problem`.
    template <class Command>
    int call(Command command) {
        testing::internal::CaptureStdout();
        const auto done = command(context);
        const int code = done ? installer::to_int(*done) : done.error().exit_code;
        output.finish(code);
        printed = testing::internal::GetCapturedStdout();
        problem = done ? Problem() : done.error();
        return code;
    }

    Home home;
    installer::Layout layout{home.path() / "mqhome"};
    installer::Manifest manifest;
    Manager manager;
    installer::Output output{false};
    installer::Context context{{}, home.path(), layout, output};
    std::string printed;
    Problem problem;

 private:
    pid_t broker_ = 0;
};

}  // namespace mq::test
