#include "broker/net/http_files.hpp"

#include "tests/support/home.hpp"

#include <gtest/gtest.h>

#include <string>
#include <sys/stat.h>
#include <unistd.h>

namespace mq::broker::test {
namespace {

/// A folder `www` with some files, and things beside it that nobody shall see.
class Files : public testing::Test {
 protected:
    Files() {
        home_.write("www/index.html", "front page");
        home_.write("www/a.txt", "a");
        home_.write("www/sub/index.html", "sub page");
        home_.write("www/empty/.keep", "");
        home_.write("www/.hidden", "x");
        home_.write("www/.git/config", "x");
        home_.write("secret", "x");
        home_.write("www-too/b.txt", "x");
    }

    void link(const std::string& target, const std::string& name) const {
        std::filesystem::create_symlink(target, home_.path() / name);
    }
    [[nodiscard]] HttpFiles::Found find(const std::string& path) const {
        return HttpFiles(home_.path() / "www").find(path);
    }
    [[nodiscard]] std::string content(const std::string& path) const {
        const auto found = find(path);
        if (!found.file) {
            return "nothing";
        }
        std::string text(found.file->size, '\0');
        EXPECT_EQ(::read(found.file->fd.get(), text.data(), text.size()),
                  static_cast<ssize_t>(text.size()));
        return text;
    }

    mq::test::Home home_;
};

TEST_F(Files, AreFoundByPath) {
    EXPECT_EQ(content("/a.txt"), "a");
    EXPECT_EQ(content("//sub//index.html"), "sub page");
}

TEST_F(Files, DirectoryIsItsIndex) {
    EXPECT_EQ(content("/"), "front page");
    EXPECT_EQ(content("/sub/"), "sub page");
    EXPECT_EQ(content("/empty/"), "nothing");
    EXPECT_EQ(content("/sub"), "nothing");
    EXPECT_TRUE(find("/sub").wants_slash);
    EXPECT_FALSE(find("/missing").wants_slash);
}

TEST_F(Files, NothingOutsideIsReached) {
    for (const char* path : {"/../secret", "/sub/../../secret", "/..", "/../www-too/b.txt",
                             "/sub/../a.txt", "/./a.txt", "/-too/b.txt"}) {
        EXPECT_EQ(content(path), "nothing") << path;
        EXPECT_FALSE(find(path).wants_slash) << path;
    }
}

TEST_F(Files, HiddenOnesAreNotThere) {
    link(".git", "www/git");
    for (const char* path : {"/.hidden", "/.git/config", "/git/config"}) {
        EXPECT_EQ(content(path), "nothing") << path;
    }
}

TEST_F(Files, LinksAreFollowedBelowTheDirectoryOnly) {
    link("a.txt", "www/inner");
    link("../a.txt", "www/sub/up");
    link((home_.path() / "secret").string(), "www/absolute");
    link("../secret", "www/relative");
    link("..", "www/parent");
    link("../www-too", "www/sibling");
    link("loop", "www/loop");
    EXPECT_EQ(content("/inner"), "a");
    EXPECT_EQ(content("/sub/up"), "a");
    EXPECT_EQ(content("/parent/www/a.txt"), "a");  // leads back: it is a file of the directory
    for (const char* path :
         {"/absolute", "/relative", "/parent/secret", "/sibling/b.txt", "/loop"}) {
        EXPECT_EQ(content(path), "nothing") << path;
    }
    EXPECT_FALSE(find("/parent").wants_slash);
}

TEST_F(Files, DirectoryMayBeALink) {
    link("www", "site");
    EXPECT_TRUE(HttpFiles(home_.path() / "site").find("/a.txt").file);
}

TEST_F(Files, DirectoryMayBeReplaced) {
    const HttpFiles files(home_.path() / "www");
    std::filesystem::rename(home_.path() / "www", home_.path() / "old");
    EXPECT_FALSE(files.find("/a.txt").file);
    home_.write("www/a.txt", "new");
    ASSERT_TRUE(files.find("/a.txt").file);
    EXPECT_EQ(files.find("/a.txt").file->size, 3U);
}

TEST_F(Files, OnlyRegularFilesAreServed) {
    ASSERT_EQ(::mkfifo((home_.path() / "www/pipe").c_str(), 0600), 0);
    link("/dev/zero", "www/zero");
    EXPECT_EQ(content("/pipe"), "nothing");
    EXPECT_EQ(content("/zero"), "nothing");
}

TEST_F(Files, NoDirectoryMeansNoFiles) {
    EXPECT_FALSE(HttpFiles("").find("/etc/passwd").file);
    EXPECT_FALSE(HttpFiles(home_.path() / "missing").find("/etc/passwd").file);
    EXPECT_FALSE(HttpFiles(home_.path() / "secret").find("/").file);
}

TEST_F(Files, LongPathsAreNotThere) {
    EXPECT_EQ(content("/" + std::string(300, 'x')), "nothing");
    EXPECT_EQ(content("/" + std::string(100'000, '/')), "nothing");
}

TEST_F(Files, TagChangesWithTheContent) {
    const std::string before = find("/a.txt").file->tag;
    EXPECT_EQ(find("/a.txt").file->tag, before);
    home_.write("www/a.txt", "longer");
    EXPECT_NE(find("/a.txt").file->tag, before);
}

TEST(ContentType, GoesByTheEnding) {
    EXPECT_EQ(content_type_of("/a.html"), "text/html; charset=utf-8");
    EXPECT_EQ(content_type_of("/a.b/x.JS"), "text/javascript; charset=utf-8");
    EXPECT_EQ(content_type_of("/x.wasm"), "application/wasm");
    EXPECT_EQ(content_type_of("/a.html/x"), "application/octet-stream");
    EXPECT_EQ(content_type_of("/x.unknown"), "application/octet-stream");
    EXPECT_EQ(content_type_of("x"), "application/octet-stream");
}

TEST(HttpDate, IsWrittenAsHttpHasIt) {
    EXPECT_EQ(http_date(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
}

}  // namespace
}  // namespace mq::broker::test
