#include "installer/commands/verbs.hpp"
#include "tests/installer/account/account.hpp"

#include <gmock/gmock.h>

#include <functional>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>

using namespace mq::installer;
using mq::supervisor::FileState;
using mq::supervisor::State;
using testing::HasSubstr;

namespace {

class DoctorCommand : public mq::test::Account {
 protected:
    DoctorCommand() {
        // No listener that could fail to answer.
        home.write("mqhome/etc/mosquitto.conf", "listener 0 /tmp/socket\npassword_file " +
                                                    layout.password_file().string() + "\n");
    }
};

}  // namespace

TEST_F(DoctorCommand, FindsNothingInAGoodInstallation) {
    EXPECT_EQ(call(commands::doctor), 0) << problem.text();
    EXPECT_THAT(printed, testing::Not(HasSubstr("warning")));
    EXPECT_THAT(printed, testing::Not(HasSubstr("bad ")));
    EXPECT_THAT(printed, HasSubstr("ok       programs: version 1.0.0, 1 files as delivered\n"));
}

TEST_F(DoctorCommand, NamesEachDamageAndWhatToType) {
    struct Damage {
        std::function<void()> make;
        int code;
        const char* says;
    };
    const auto pwfile = layout.password_file();
    const std::vector<Damage> damages{
        {[&] { home.write("mqhome/versions/1.0.0/bin/mqbroker", "#!/bin/sh\n", true); }, 5,
         "bin/mqbroker was changed\n         -> mqinstall install"},
        {[&] { std::filesystem::remove(layout.broker()); }, 5, "bin/mqbroker is missing"},
        {[&] { std::filesystem::remove(layout.current()); }, 5, "does not name version 1.0.0"},
        {[&] { home.write("mqhome/etc/mosquitto.conf", "wrong\n"); }, 13, "line 1: wrong"},
        {[&] { home.write("mqhome/etc/pwfile", "bob\n"); }, 0, "warning  users: "},
        {[&] { home.write("mqhome/etc/pwfile", ""); }, 0, "mqinstall user add NAME"},
        {[&] { ::chmod(pwfile.c_str(), 0644); }, 0, "-> chmod 600 "},
        {[&] { std::filesystem::remove(pwfile); }, 13, "mqinstall user add NAME"},
        {[&] { home.write("mqhome/etc/pwfile.backup.a1b2c3", ""); }, 0,
         "pwfile.backup.a1b2c3 belongs to nothing"},
        {[&] { home.write("mqhome/versions/.tmp-1.1.0/x", ""); }, 0,
         ".tmp-1.1.0 belongs to nothing"},
        {[&] { home.write(".profile", ""); }, 0, ".profile is missing or was changed"},
        {[&] { std::filesystem::remove(layout.prefix / "env.fish"); }, 0, "env.fish is missing"},
        {[&] { std::filesystem::remove(layout.var()); }, 6, "var is missing"},
        {[&] { manager.file = FileState::edited; }, 0, "was changed by hand"},
        {[&] { manager.file = FileState::missing; }, 7, "mqhome.ini is missing"},
        {[&] { manager.file = FileState::foreign; }, 12, "is not of mqinstall"},
        {[&] {
             manager.status = {State::fatal, 0, "Exited too quickly"};
         },
         3, "fatal (fake): Exited too quickly\n         -> mqinstall service start"},
        {[&] {
             manager.problem = {"cannot be reached", "", "", 4};
         },
         4, "cannot be reached"},
        {[&] {
             home.write("mqhome/state/journal",
                        "mqhome-journal 1\ncommand upgrade\nstep a\nbegin\nbefore a\n");
         },
         11, "`mqinstall upgrade` was cut off\n         -> mqinstall recover"},
        {[&] {
             home.write("mqhome/etc/mosquitto.conf",
                        "listener 1\npassword_file " + pwfile.string() + "\n");
         },
         3, "bad      port 1: "},
    };
    namespace fs = std::filesystem;
    const auto safe = home.path() / "safe";
    const auto copy = fs::copy_options::recursive | fs::copy_options::copy_symlinks;
    fs::create_directories(safe);
    fs::copy(layout.prefix, safe / "mqhome", copy);
    fs::copy(home.path() / ".profile", safe / ".profile");
    for (const auto& damage : damages) {
        damage.make();
        EXPECT_EQ(call(commands::doctor), damage.code) << printed;
        EXPECT_THAT(printed, HasSubstr(damage.says));
        fs::remove_all(layout.prefix);
        fs::copy(safe / "mqhome", layout.prefix, copy);
        fs::copy(safe / ".profile", home.path() / ".profile", fs::copy_options::overwrite_existing);
        manager = {};
    }
    EXPECT_EQ(call(commands::doctor), 0) << printed;
}

TEST_F(DoctorCommand, SaysWhatHasToBeThereFirst) {
    std::filesystem::remove(layout.manifest());
    EXPECT_EQ(call(commands::doctor), 3);
    EXPECT_THAT(problem.next, HasSubstr("mqinstall install"));
}
