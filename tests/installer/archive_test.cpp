#include "installer/archive/archive.hpp"

#include "base/unique_fd.hpp"
#include "tests/support/home.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/stat.h>

namespace mq::installer::archive {
namespace {

using test::Home;

Item file_item(const std::string& name, const std::string& content, mode_t mode = 0644) {
    Item item;
    item.name = name;
    item.content = content;
    item.mode = mode;
    return item;
}

Item link_item(const std::string& name, const std::string& target) {
    Item item;
    item.name = name;
    item.target = target;
    return item;
}

/// An archive in a file of the home.
class Packed {
 public:
    Packed(const Home& home, const std::vector<Item>& items, const std::string& name = "a.tar.zst")
        : path_(home.path() / name) {
        const UniqueFd fd(::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600));
        const auto packed = pack(items, fd.get(), 3);
        EXPECT_TRUE(packed) << packed.error().text();
        open();
    }
    /// Whatever bytes stand in the file.
    Packed(const Home& home, const std::string& name) : path_(home.path() / name) { open(); }

    [[nodiscard]] Slice slice() const {
        struct stat facts {};
        ::fstat(fd_.get(), &facts);
        return {fd_.get(), 0, static_cast<std::uint64_t>(facts.st_size)};
    }

 private:
    void open() { fd_.reset(::open(path_.c_str(), O_RDONLY)); }
    std::filesystem::path path_;
    UniqueFd fd_;
};

/// A member of a tar made without the checks of `pack`, as an attacker would.
struct Hostile {
    std::string name;
    std::string link;
    std::string hard_link;
    unsigned type = AE_IFREG;
};

void write_hostile(const Home& home, const std::vector<Hostile>& members) {
    auto* a = archive_write_new();
    archive_write_set_format_pax_restricted(a);
    archive_write_add_filter_zstd(a);
    archive_write_open_filename(a, (home.path() / "hostile").c_str());
    for (const auto& member : members) {
        auto* entry = archive_entry_new();
        archive_entry_set_pathname(entry, member.name.c_str());
        archive_entry_set_filetype(entry, member.type);
        archive_entry_set_perm(entry, 0644);
        archive_entry_set_size(entry, 0);
        if (!member.link.empty()) {
            archive_entry_set_symlink(entry, member.link.c_str());
        }
        if (!member.hard_link.empty()) {
            archive_entry_set_hardlink(entry, member.hard_link.c_str());
        }
        archive_write_header(a, entry);
        archive_entry_free(entry);
    }
    archive_write_close(a);
    archive_write_free(a);
}

Outcome<void> unpack_hostile(const Home& home, const std::vector<Hostile>& members) {
    write_hostile(home, members);
    std::filesystem::create_directory(home.path() / "out");
    return unpack(Packed(home, "hostile").slice(), home.path() / "out");
}

TEST(Archive, GivesBackWhatWasPacked) {
    const Home home;
    std::string big(300'000, 'x');
    big.append("end");
    home.write("source", big);
    Item from_disk = file_item("share/big", "");
    from_disk.source = home.path() / "source";
    const Packed packed(home, {file_item("bin/tool", "#!/bin/sh\n", 0755), from_disk,
                               link_item("bin/alias", "tool"), file_item("empty", "")});
    std::filesystem::create_directory(home.path() / "out");
    const auto done = unpack(packed.slice(), home.path() / "out");
    ASSERT_TRUE(done) << done.error().text();
    EXPECT_EQ(home.read("out/bin/tool"), "#!/bin/sh\n");
    EXPECT_EQ(home.read("out/share/big"), home.read("source"));
    EXPECT_EQ(home.read("out/empty"), "");
    EXPECT_EQ(std::filesystem::read_symlink(home.path() / "out/bin/alias"), "tool");
    struct stat facts {};
    ::stat((home.path() / "out/bin/tool").c_str(), &facts);
    EXPECT_EQ(facts.st_mode & 07777U, 0755U);
}

TEST(Archive, KeepsNamesOfAnyLanguage) {
    const Home home;
    const Packed packed(home, {file_item("größe/日本 x", "content")});
    std::filesystem::create_directory(home.path() / "out");
    const auto done = unpack(packed.slice(), home.path() / "out");
    ASSERT_TRUE(done) << done.error().text();
    EXPECT_EQ(home.read("out/größe/日本 x"), "content");
}

TEST(Archive, IsTheSameForTheSameItems) {
    const Home home;
    const std::vector<Item> items{file_item("b", "2"), link_item("l", "b"), file_item("a", "1")};
    const Packed first(home, items, "first");
    const Packed second(home, items, "second");
    EXPECT_EQ(home.read("first"), home.read("second"));
}

TEST(Archive, ReadsNothingBehindItsSlice) {
    const Home home;
    const Packed packed(home, {file_item("a", "1")});
    const auto length = home.read("a.tar.zst").size();
    home.write("b", home.read("a.tar.zst") + "FOOTER THAT IS NO ZSTD FRAME");
    const Packed longer(home, "b");
    int members = 0;
    const auto done = walk({longer.slice().fd, 0, length}, [&](const Member&, const Content&) {
        ++members;
        return Outcome<void>{};
    });
    EXPECT_TRUE(done) << done.error().text();
    EXPECT_EQ(members, 1);
}

TEST(Archive, NeverOverwrites) {
    const Home home;
    const Packed packed(home, {file_item("a", "new")});
    home.write("out/a", "old");
    [[maybe_unused]] const auto done = unpack(packed.slice(), home.path() / "out");
    EXPECT_EQ(home.read("out/a"), "old");
}

TEST(Archive, RefusesToPackAnUnsafeName) {
    const Home home;
    const UniqueFd fd(::open((home.path() / "x").c_str(), O_WRONLY | O_CREAT, 0600));
    EXPECT_FALSE(pack({file_item("../a", "1")}, fd.get(), 3));
}

TEST(HostileArchive, CannotNameAPlaceAbove) {
    const Home home;
    const auto done = unpack_hostile(home, {{"../escaped", "", "", AE_IFREG}});
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().exit_code, 5);
    EXPECT_FALSE(home.has("escaped"));
}

TEST(HostileArchive, CannotNameAPlaceAboveFromWithin) {
    const Home home;
    EXPECT_FALSE(unpack_hostile(home, {{"a/../../escaped", "", "", AE_IFREG}}));
    EXPECT_FALSE(home.has("escaped"));
}

TEST(HostileArchive, CannotNameAnAbsolutePlace) {
    const Home home;
    EXPECT_FALSE(unpack_hostile(home, {{(home.path() / "escaped").string(), "", "", AE_IFREG}}));
    EXPECT_FALSE(home.has("escaped"));
}

TEST(HostileArchive, CannotWriteThroughALinkThatLeaves) {
    const Home home;
    std::filesystem::create_directory(home.path() / "outside");
    EXPECT_FALSE(unpack_hostile(
        home, {{"door", "../outside", "", AE_IFLNK}, {"door/file", "", "", AE_IFREG}}));
    EXPECT_FALSE(home.has("outside/file"));
    EXPECT_FALSE(home.has("out/door"));
}

TEST(HostileArchive, CannotWriteThroughALinkWithin) {
    const Home home;
    EXPECT_FALSE(unpack_hostile(home, {{"real/x", "", "", AE_IFREG},
                                       {"door", "real", "", AE_IFLNK},
                                       {"door/y", "", "", AE_IFREG}}));
    EXPECT_FALSE(home.has("out/real/y"));
}

TEST(HostileArchive, CannotHoldAHardLink) {
    const Home home;
    home.write("secret", "mine");
    EXPECT_FALSE(unpack_hostile(home, {{"copy", "", (home.path() / "secret").string(), AE_IFREG}}));
    EXPECT_FALSE(home.has("out/copy"));
}

TEST(HostileArchive, CannotHoldADevice) {
    const Home home;
    EXPECT_FALSE(unpack_hostile(home, {{"fifo", "", "", AE_IFIFO}}));
    EXPECT_FALSE(home.has("out/fifo"));
}

TEST(HostileArchive, CannotHoldANameTwice) {
    const Home home;
    EXPECT_FALSE(unpack_hostile(home, {{"a", "", "", AE_IFREG}, {"a", "", "", AE_IFREG}}));
}

TEST(HostileArchive, MayBeCutOffAnywhere) {
    const Home home;
    const Packed packed(home, {file_item("a", std::string(5000, 'a')), file_item("b", "2")});
    const auto whole = home.read("a.tar.zst");
    for (std::size_t length = 0; length < whole.size(); ++length) {
        int bytes = 0;
        const auto done = walk({packed.slice().fd, 0, length},
                               [&](const Member&, const Content& content) -> Outcome<void> {
                                   for (;;) {
                                       const auto part = content();
                                       if (!part) {
                                           return part.error();
                                       }
                                       if (part->empty()) {
                                           return {};
                                       }
                                       bytes += static_cast<int>(part->size());
                                   }
                               });
        EXPECT_TRUE(!done || bytes < 5001 || length + 16 > whole.size()) << length;
    }
}

TEST(SafeTarget, StaysInTheTree) {
    EXPECT_TRUE(is_safe_target("bin/mosquitto", "mqbroker"));
    EXPECT_TRUE(is_safe_target("lib/a/b", "../c"));
    EXPECT_FALSE(is_safe_target("lib/a", "../../c"));
    EXPECT_FALSE(is_safe_target("a", "/etc/passwd"));
    EXPECT_FALSE(is_safe_target("a", "b/../../c"));
    EXPECT_FALSE(is_safe_target("a", ""));
}

}  // namespace
}  // namespace mq::installer::archive
