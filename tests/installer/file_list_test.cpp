#include "installer/archive/file_list.hpp"

#include "base/sha256.hpp"
#include "base/unique_fd.hpp"
#include "tests/support/home.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>

namespace mq::installer {
namespace {

using test::Home;

FileList sample() {
    FileList list;
    list.kind = "payload";
    list.facts["version"] = "1.2 %x";
    list.files["bin/a tool"] = {0755, sha256_hex("a")};
    list.links["bin/alias"] = "a tool";
    return list;
}

TEST(FileList, ReadsWhatItWrites) {
    const auto list = FileList::parse(sample().text(), "payload");
    ASSERT_TRUE(list) << list.error().text();
    EXPECT_EQ(*list, sample());
}

TEST(FileList, RefusesEveryFlippedByte) {
    const auto text = sample().text();
    for (std::size_t at = 0; at < text.size(); ++at) {
        auto flipped = text;
        flipped[at] = static_cast<char>(flipped[at] ^ 0x01);
        const auto list = FileList::parse(flipped, "payload");
        ASSERT_FALSE(list) << at;
        EXPECT_EQ(list.error().exit_code, 5);
    }
}

TEST(FileList, RefusesToBeCutOff) {
    const auto text = sample().text();
    for (std::size_t length = 0; length < text.size(); ++length) {
        EXPECT_FALSE(FileList::parse(text.substr(0, length), "payload")) << length;
    }
}

TEST(FileList, RefusesAnotherKind) {
    EXPECT_FALSE(FileList::parse(sample().text(), "backup"));
}

TEST(FileList, RefusesAnUnsafeNameThoughItsDigestIsRight) {
    std::string text = "mqhome payload 1\nfile 0644 " + sha256_hex("a") + " ../a\n";
    text += "end " + sha256_hex(text) + "\n";
    EXPECT_FALSE(FileList::parse(text, "payload"));
}

/// Packs `items` under a list that claims `claimed`, and verifies the result.
Outcome<FileList> verify_claim(const Home& home, const FileList& claimed,
                               const std::vector<archive::Item>& items) {
    archive::Item head;
    head.name = "MANIFEST";
    head.content = claimed.text();
    std::vector<archive::Item> all{head};
    all.insert(all.end(), items.begin(), items.end());
    const auto path = home.path() / "packed";
    const UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600));
    EXPECT_TRUE(archive::pack(all, fd.get(), 3));
    const auto length = static_cast<std::uint64_t>(::lseek(fd.get(), 0, SEEK_END));
    return verify_list({fd.get(), 0, length}, "MANIFEST", "payload");
}

archive::Item item(const std::string& name, const std::string& content, mode_t mode = 0644) {
    archive::Item made;
    made.name = name;
    made.content = content;
    made.mode = mode;
    return made;
}

FileList claim_of(const std::string& content, mode_t mode) {
    FileList list;
    list.kind = "payload";
    list.files["a"] = {mode, sha256_hex(content)};
    return list;
}

TEST(VerifyList, AcceptsWhatItSays) {
    const Home home;
    EXPECT_TRUE(verify_claim(home, claim_of("1", 0644), {item("a", "1")}));
}

TEST(VerifyList, FindsOtherContent) {
    const Home home;
    const auto list = verify_claim(home, claim_of("1", 0644), {item("a", "2")});
    ASSERT_FALSE(list);
    EXPECT_EQ(list.error().exit_code, 5);
}

TEST(VerifyList, FindsAnotherMode) {
    const Home home;
    EXPECT_FALSE(verify_claim(home, claim_of("1", 0644), {item("a", "1", 0755)}));
}

TEST(VerifyList, FindsAFileTooMany) {
    const Home home;
    EXPECT_FALSE(verify_claim(home, claim_of("1", 0644), {item("a", "1"), item("b", "2")}));
}

TEST(VerifyList, FindsAMissingFile) {
    const Home home;
    EXPECT_FALSE(verify_claim(home, claim_of("1", 0644), {}));
}

TEST(ItemsBelow, TakesALinkThatLeavesAsItsFile) {
    const Home home;
    home.write("outside/cert.pem", "certificate");
    home.write("etc/conf", "text");
    std::filesystem::create_symlink("../outside/cert.pem", home.path() / "etc/cert.pem");
    std::filesystem::create_symlink("conf", home.path() / "etc/alias");
    std::filesystem::create_symlink("nowhere", home.path() / "etc/dangling");
    std::filesystem::create_symlink("/nowhere/at/all", home.path() / "etc/lost");
    const auto items = items_below(home.path() / "etc", "etc");
    ASSERT_TRUE(items);
    std::map<std::string, std::string> targets;
    for (const auto& one : *items) {
        targets[one.name] = one.target;
    }
    const std::map<std::string, std::string> expected{
        {"etc/alias", "conf"}, {"etc/cert.pem", ""}, {"etc/conf", ""}, {"etc/dangling", "nowhere"}};
    EXPECT_EQ(targets, expected);
}

}  // namespace
}  // namespace mq::installer
