#include "installer/archive/payload.hpp"
#include "supervisor/command.hpp"
#include "tests/support/home.hpp"

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <map>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

/// The program itself on a temporary account without a service manager: what it leaves on the disk,
/// also when it is killed at any point.
namespace mq::installer {
namespace {

using test::Home;

/// A port that nothing listens on right now.
int free_port() {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    socklen_t size = sizeof address;
    auto* any = reinterpret_cast<sockaddr*>(&address);
    ::bind(fd, any, size);
    ::getsockname(fd, any, &size);
    ::close(fd);
    return ntohs(address.sin_port);
}

/// mqinstall files of two versions with a stand-in for the broker, which accepts every
/// configuration but one that says `refuse-VERSION`. Made once for all tests.
class Programs {
 public:
    Programs() {
        for (const char* version : {"1.0.0", "2.0.0"}) {
            const std::string root = std::string("root-") + version;
            home_.write(root + "/bin/mqbroker",
                        std::string("#!/bin/sh\n# ") + version + "\nif grep -q refuse-" + version +
                            " \"$2\"; then echo no; exit 3; fi\n",
                        true);
            std::filesystem::create_symlink("mqbroker", home_.path() / root / "bin/mosquitto");
            const auto written =
                write_payload(MQ_INSTALLER, home_.path() / root, version,
                              home_.path() / (std::string("mqinstall-") + version));
            EXPECT_TRUE(written) << written.error().text();
        }
    }
    static const Home& home() {
        static const Programs programs;
        return programs.home_;
    }

 private:
    Home home_;
};

/// A temporary account.
class Account {
 public:
    Account() { std::filesystem::create_directories(home_.path() / "account"); }

    supervisor::CommandResult run(const std::string& version, const std::string& arguments,
                                  const std::string& kill_after = "") {
        const std::string command = "HOME='" + (home_.path() / "account").string() +
                                    "' MQINSTALL_TEST_KILL_AFTER='" + kill_after + "' '" +
                                    program(version) + "' " + arguments + " --host-driver none";
        const auto result = supervisor::run_command(
            {"/bin/sh", "-c", "printf 'secret\\n' | " + command}, std::chrono::seconds(60));
        EXPECT_TRUE(result);
        return result ? *result : supervisor::CommandResult{};
    }
    supervisor::CommandResult install(const std::string& kill_after = "") {
        return run("1.0.0",
                   "install --user bob --password-stdin --port " + std::to_string(port_) +
                       " --ws-port " + std::to_string(ws_port_),
                   kill_after);
    }
    supervisor::CommandResult upgrade(const std::string& kill_after = "") {
        return run("2.0.0", "upgrade", kill_after);
    }

    /// Every file and link of the account with its content, but for what differs from run to run.
    [[nodiscard]] std::map<std::string, std::string> snapshot() const {
        std::map<std::string, std::string> all;
        const auto root = home_.path() / "account";
        for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
            const auto name = entry.path().lexically_relative(root).string();
            if (name.starts_with("mqhome/state/journal") || name.starts_with("mqhome/state/lock") ||
                name.starts_with("mqhome/backups/")) {
                continue;
            }
            if (entry.is_symlink()) {
                all[name] = "-> " + std::filesystem::read_symlink(entry.path()).string();
            } else if (entry.is_directory()) {
                all[name] = "folder";
            } else {
                // The salt of the hash is random.
                all[name] = name == "mqhome/etc/pwfile" ? "users" : *read_file(entry.path());
            }
        }
        return all;
    }

    [[nodiscard]] std::string current() const {
        std::error_code error;
        return std::filesystem::read_symlink(home_.path() / "account/mqhome/current", error)
            .string();
    }
    [[nodiscard]] const Home& home() const { return home_; }
    static std::string program(const std::string& version) {
        return (Programs::home().path() / ("mqinstall-" + version)).string();
    }

 private:
    Home home_;
    int port_ = free_port();
    int ws_port_ = free_port();
};

TEST(AccountWithoutManager, GoesThroughItsWholeLife) {
    Account account;
    account.home().write("account/.profile", "# mine, without a last newline");
    const auto before = account.snapshot();
    EXPECT_EQ(account.install().exit_code, 0);
    EXPECT_EQ(account.current(), "versions/1.0.0");
    EXPECT_EQ(account.install().exit_code, 0);
    const auto password_file = account.home().read("account/mqhome/etc/pwfile");
    const auto configuration = account.home().read("account/mqhome/etc/mosquitto.conf");
    EXPECT_EQ(account.upgrade().exit_code, 0);
    EXPECT_EQ(account.current(), "versions/2.0.0");
    EXPECT_EQ(account.home().read("account/mqhome/etc/pwfile"), password_file);
    EXPECT_EQ(account.home().read("account/mqhome/etc/mosquitto.conf"), configuration);
    EXPECT_EQ(account.run("1.0.0", "rollback").exit_code, 0);
    EXPECT_EQ(account.current(), "versions/1.0.0");
    EXPECT_EQ(account.run("1.0.0", "uninstall").exit_code, 0);
    EXPECT_EQ(account.home().read("account/mqhome/etc/pwfile"), password_file);
    EXPECT_EQ(account.home().read("account/.profile"), "# mine, without a last newline");
    EXPECT_EQ(account.install().exit_code, 0);
    EXPECT_EQ(account.run("1.0.0", "uninstall --purge --yes").exit_code, 0);
    EXPECT_EQ(account.snapshot(), before);
}

TEST(AccountWithoutManager, IsNotTouchedByADryRun) {
    Account account;
    const auto before = account.snapshot();
    const auto result = account.run("1.0.0", "install --user bob --dry-run");
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_NE(result.output.find("unpack version 1.0.0"), std::string::npos) << result.output;
    EXPECT_EQ(account.snapshot(), before);
}

TEST(AccountWithoutManager, RefusesADamagedFileBeforeItTouchesAnything) {
    Account account;
    const auto before = account.snapshot();
    auto bytes = *read_file(account.program("1.0.0"));
    bytes[bytes.size() - 100] = static_cast<char>(bytes[bytes.size() - 100] ^ 1);
    Programs::home().write("mqinstall-damaged", bytes, true);
    EXPECT_EQ(account.run("damaged", "install --user bob --password-stdin").exit_code, 5);
    EXPECT_EQ(account.snapshot(), before);
}

TEST(AccountWithoutManager, KeepsAConfigurationThatTheNewBrokerRefuses) {
    Account account;
    ASSERT_EQ(account.install().exit_code, 0);
    account.home().write("account/mqhome/etc/conf.d/x.conf", "# fine");
    account.home().write(
        "account/mqhome/etc/mosquitto.conf",
        account.home().read("account/mqhome/etc/mosquitto.conf") + "# refuse-2.0.0\n");
    const auto before = account.snapshot();
    const auto result = account.upgrade();
    EXPECT_EQ(result.exit_code, 13) << result.output;
    EXPECT_EQ(account.snapshot(), before);
}

TEST(AccountWithoutManager, TellsWhatAnUnknownCommandIs) {
    Account account;
    EXPECT_EQ(account.run("1.0.0", "frobnicate").exit_code, 2);
    EXPECT_EQ(account.run("1.0.0", "upgrade").exit_code, 3);
    EXPECT_EQ(account.run("1.0.0", "rollback").exit_code, 3);
}

TEST(AccountWithoutManager, RestoresWhatWasBackedUp) {
    Account account;
    ASSERT_EQ(account.install().exit_code, 0);
    const auto configuration = account.home().read("account/mqhome/etc/mosquitto.conf");
    account.home().write("account/mqhome/var/mqhome.db", "messages");
    const auto file = (account.home().path() / "my.tar.zst").string();
    ASSERT_EQ(account.run("1.0.0", "backup --out '" + file + "'").exit_code, 0);
    account.home().write("account/mqhome/etc/mosquitto.conf", "listener 1\n");
    account.home().write("account/mqhome/etc/new", "later");
    account.home().write("account/mqhome/etc/mosquitto.conf", configuration + "# edited\n");
    account.home().write("account/mqhome/var/mqhome.db", "other messages");
    const auto result = account.run("1.0.0", "restore --yes '" + file + "'");
    ASSERT_EQ(result.exit_code, 0) << result.output;
    EXPECT_EQ(account.home().read("account/mqhome/etc/mosquitto.conf"), configuration);
    EXPECT_EQ(account.home().read("account/mqhome/var/mqhome.db"), "messages");
    EXPECT_FALSE(account.home().has("account/mqhome/etc/new"));
}

/// Kills a run at every journal line, then looks and runs it again.
template <class Prepare, class Act>
void kill_everywhere(Prepare prepare, Act act, int steps_min) {
    Account reference;
    prepare(reference);
    const auto old_state = reference.snapshot();
    ASSERT_EQ(act(reference, "").exit_code, 0);
    const auto new_version = reference.current();
    int killed = 0;
    for (int step = 1; step < 40; ++step) {
        for (const char* when : {"before", "after"}) {
            Account account;
            prepare(account);
            const auto before = account.snapshot();
            const std::string where = std::to_string(step) + ":" + when;
            if (act(account, where).exit_code != 128 + 9) {
                EXPECT_GE(killed, 2 * steps_min);
                return;
            }
            ++killed;
            // Another command that changes something finds the unfinished run, or finishes it.
            const auto recovered = account.run("1.0.0", "recover");
            EXPECT_EQ(recovered.exit_code, 0) << where << recovered.output;
            const auto now = account.snapshot();
            const bool is_old = now == before;
            EXPECT_TRUE(is_old || account.current() == new_version) << where;
            const auto again = act(account, "");
            EXPECT_EQ(again.exit_code, 0) << where << again.output;
            EXPECT_EQ(account.current(), new_version) << where;
        }
    }
}

TEST(KilledInstall, EndsInTheOldOrTheNewState) {
    kill_everywhere(
        [](Account& account) { account.home().write("account/.bashrc", "# mine\n"); },
        [](Account& account, const std::string& where) { return account.install(where); }, 9);
}

TEST(KilledUpgrade, EndsInTheOldOrTheNewState) {
    kill_everywhere(
        [](Account& account) { ASSERT_EQ(account.install().exit_code, 0); },
        [](Account& account, const std::string& where) { return account.upgrade(where); }, 6);
}

TEST(KilledUpgrade, RunAgainWithoutRecoverReachesTheNewState) {
    for (const char* where : {"1:before", "1:after", "4:after", "5:after", "6:before", "6:after"}) {
        Account account;
        ASSERT_EQ(account.install().exit_code, 0);
        ASSERT_EQ(account.upgrade(where).exit_code, 128 + 9) << where;
        EXPECT_EQ(account.upgrade().exit_code, 0) << where;
        EXPECT_EQ(account.current(), "versions/2.0.0") << where;
    }
}

TEST(KilledUninstall, IsFinishedWhenItIsRunAgain) {
    for (int step = 1; step < 40; ++step) {
        Account account;
        const auto before = account.snapshot();
        ASSERT_EQ(account.install().exit_code, 0);
        const std::string arguments = "uninstall --purge --yes";
        const auto killed = account.run("1.0.0", arguments, std::to_string(step) + ":before");
        if (killed.exit_code != 128 + 9) {
            EXPECT_GE(step, 6);
            return;
        }
        const auto again = account.run("1.0.0", arguments);
        EXPECT_EQ(again.exit_code, 0) << step << again.output;
        EXPECT_EQ(account.snapshot(), before) << step;
    }
}

}  // namespace
}  // namespace mq::installer
