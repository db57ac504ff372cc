#include "installer/prefix/backup.hpp"

#include "tests/support/home.hpp"

#include <gtest/gtest.h>

#include <sys/stat.h>

namespace mq::installer {
namespace {

using test::Home;

/// A home with something of everything that a backup holds.
struct FullHome {
    Home home{"us er"};
    BackupSource source;
    std::filesystem::path file;

    FullHome() {
        home.write("mqhome/etc/mosquitto.conf", "listener 1883\n");
        home.write("mqhome/etc/pwfile", "bob:$7$x\n");
        home.write("mqhome/etc/conf.d/with blank.conf", "# x");
        home.write("mqhome/var/mqhome.db", "not SQLite");
        home.write("mqhome/state/manifest.json", R"({"version":"1"})");
        home.write("etc/services.d/mqhome.ini", "[program:mqhome]\n");
        home.write(".profile", "# mine\n");
        source.layout.prefix = home.path() / "mqhome";
        source.home = home.path();
        source.version = "1";
        source.database = source.layout.database();
        source.service_files = {home.path() / "etc/services.d/mqhome.ini"};
        source.profile_files = {home.path() / ".profile"};
        file = new_backup_name(source.layout, "1");
    }
};

mode_t mode_of(const std::filesystem::path& path) {
    struct stat facts {};
    ::stat(path.c_str(), &facts);
    return facts.st_mode & 07777U;
}

TEST(Backup, HoldsAllThatIsTheUsers) {
    const FullHome full;
    const auto written = write_backup(full.source, full.file);
    ASSERT_TRUE(written) << written.error().text();
    const auto list = verify_backup(full.file);
    ASSERT_TRUE(list) << list.error().text();
    std::vector<std::string> names;
    for (const auto& [name, file] : list->files) {
        names.push_back(name);
    }
    EXPECT_EQ(names,
              (std::vector<std::string>{"etc/conf.d/with blank.conf", "etc/mosquitto.conf",
                                        "etc/pwfile", "profile/.profile", "service/mqhome.ini",
                                        "state/manifest.json", "var/mqhome.db"}));
    EXPECT_EQ(list->facts.at("version"), "1");
}

TEST(Backup, IsReadableByItsOwnerOnly) {
    const FullHome full;
    ASSERT_TRUE(write_backup(full.source, full.file));
    EXPECT_EQ(mode_of(full.file), 0600U);
    EXPECT_EQ(mode_of(full.file.parent_path()), 0700U);
}

TEST(Backup, LeavesNothingElseBehind) {
    const FullHome full;
    ASSERT_TRUE(write_backup(full.source, full.file));
    const std::filesystem::directory_iterator files(full.source.layout.backups());
    EXPECT_EQ(std::distance(begin(files), end(files)), 1);
}

TEST(Backup, GivesEverythingBack) {
    const FullHome full;
    ASSERT_TRUE(write_backup(full.source, full.file));
    std::filesystem::create_directory(full.home.path() / "out");
    const auto done = unpack_backup(full.file, full.home.path() / "out");
    ASSERT_TRUE(done) << done.error().text();
    EXPECT_EQ(full.home.read("out/etc/pwfile"), "bob:$7$x\n");
    EXPECT_EQ(full.home.read("out/etc/conf.d/with blank.conf"), "# x");
    EXPECT_EQ(full.home.read("out/var/mqhome.db"), "not SQLite");
    EXPECT_EQ(mode_of(full.home.path() / "out/etc/pwfile"),
              mode_of(full.source.layout.password_file()));
}

TEST(Backup, ShowsAFlippedByte) {
    const FullHome full;
    ASSERT_TRUE(write_backup(full.source, full.file));
    const auto whole = *read_file(full.file);
    int refused = 0;
    int same = 0;
    for (std::size_t at = 0; at < whole.size(); at += 5) {
        auto flipped = whole;
        flipped[at] = static_cast<char>(flipped[at] ^ 0x04);
        full.home.write("flipped", flipped);
        const auto list = verify_backup(full.home.path() / "flipped");
        list ? ++same : ++refused;
        if (list) {
            EXPECT_EQ(list->text(), verify_backup(full.file)->text()) << at;
        }
    }
    EXPECT_GT(refused, 20 * same);
}

TEST(Backup, NamesNeverCollide) {
    const FullHome full;
    ASSERT_TRUE(write_backup(full.source, full.file));
    EXPECT_NE(new_backup_name(full.source.layout, "1"), full.file);
}

TEST(Backup, OfAnotherKindIsRefused) {
    const Home home;
    home.write("not-a-backup", "hello");
    const auto list = verify_backup(home.path() / "not-a-backup");
    ASSERT_FALSE(list);
    EXPECT_EQ(list.error().exit_code, 5);
}

}  // namespace
}  // namespace mq::installer
