#include "broker/config/load.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace mq::broker {
namespace {

namespace fs = std::filesystem;

class Load : public testing::Test {
 protected:
    Load() {
        std::string name = (fs::temp_directory_path() / "mq-config-XXXXXX").string();
        directory_ = ::mkdtemp(name.data());
    }
    ~Load() override { fs::remove_all(directory_); }

    std::string write(const std::string& name, const std::string& text) {
        fs::create_directories((directory_ / name).parent_path());
        std::ofstream(directory_ / name) << text;
        return (directory_ / name).string();
    }

    fs::path directory_;
};

TEST_F(Load, WithoutAFileTheDefaultsCount) {
    const auto result = load_config({});
    EXPECT_TRUE(result.good());
    EXPECT_TRUE(result.config.local_only);
}

TEST_F(Load, ReadsAFileAndItsDirectory) {
    write("conf.d/one.conf", "listener 1999\n");
    const std::string files[] = {write(
        "main.conf", "sys_interval 3\ninclude_dir " + (directory_ / "conf.d").string() + "\n")};
    const auto result = load_config(files);
    EXPECT_TRUE(result.diagnostics.empty());
    EXPECT_EQ(result.config.sys_interval_s, 3);
    EXPECT_EQ(result.config.listeners.at(0).port, 1999);
}

TEST_F(Load, SeveralFilesMakeOneConfiguration) {
    const std::string files[] = {write("a.conf", "sys_interval 3\npid_file a\n"),
                                 write("b.conf", "max_keepalive 4\npid_file b\n")};
    const auto result = load_config(files);
    EXPECT_EQ(result.config.sys_interval_s, 3);
    EXPECT_EQ(result.config.max_keepalive, 4);
    EXPECT_EQ(result.diagnostics.size(), 1U);
}

TEST_F(Load, AMissingFileIsAnError) {
    const std::string files[] = {(directory_ / "none.conf").string()};
    EXPECT_EQ(diagnostics_text(load_config(files).diagnostics),
              "Error: Unable to open configuration file: cannot open " + files[0] +
                  ": No such file or directory.\n");
}

TEST_F(Load, TheEnvironmentOverridesThePersistenceLocation) {
    const std::string files[] = {write("a.conf", "persistence_location x\n")};
    ::setenv("MOSQUITTO_PERSISTENCE_LOCATION", "/elsewhere", 1);
    const auto result = load_config(files);
    ::unsetenv("MOSQUITTO_PERSISTENCE_LOCATION");
    EXPECT_EQ(result.config.persistence_path(), "/elsewhere/mosquitto.db");
    EXPECT_EQ(load_config(files).config.persistence_path(), "x/mosquitto.db");
}

}  // namespace
}  // namespace mq::broker
