#pragma once

#include "base/file.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace mq::test {

/// A temporary home directory, with a name of the caller's choice; gone at the end.
class Home {
 public:
    explicit Home(const std::string& name = "user") {
        std::string pattern = (std::filesystem::temp_directory_path() / "mqhome.XXXXXX").string();
        root_ = ::mkdtemp(pattern.data());
        path_ = root_ / name;
        std::filesystem::create_directories(path_);
    }
    ~Home() {
        std::error_code ignored;
        std::filesystem::remove_all(root_, ignored);
    }
    Home(const Home&) = delete;
    Home& operator=(const Home&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

    void write(const std::string& name, const std::string& text, bool executable = false) const {
        std::filesystem::create_directories((path_ / name).parent_path());
        std::ofstream(path_ / name, std::ios::binary) << text;
        if (executable) {
            std::filesystem::permissions(path_ / name, std::filesystem::perms::owner_all);
        }
    }
    [[nodiscard]] std::string read(const std::string& name) const {
        const auto text = read_file(path_ / name);
        return text ? *text : "(" + text.error().what + ")";
    }
    [[nodiscard]] bool has(const std::string& name) const {
        return std::filesystem::exists(std::filesystem::symlink_status(path_ / name));
    }

 private:
    std::filesystem::path root_;
    std::filesystem::path path_;
};

}  // namespace mq::test
