#include "installer/archive/payload.hpp"

#include "tests/support/home.hpp"

#include <gtest/gtest.h>

namespace mq::installer {
namespace {

using test::Home;

/// A home with this test program as the ELF image, and a payload behind it.
struct PackedHome {
    Home home;
    std::filesystem::path packed = home.path() / "mqinstall";

    PackedHome() {
        std::string broker(20'000, 'b');
        broker.append("broker");
        home.write("root/bin/mqbroker", broker, true);
        home.write("root/share/doc/LICENSE", "free");
        std::filesystem::create_symlink("mqbroker", home.path() / "root/bin/mosquitto");
        // A short ELF head stands for the program: 64 bytes, no sections.
        std::string elf("\177ELF\2\1\1", 7);
        elf.resize(64, '\0');
        elf[40] = 64;
        home.write("elf", elf, true);
        const auto written =
            write_payload(home.path() / "elf", home.path() / "root", "1.2.3", packed);
        EXPECT_TRUE(written) << written.error().text();
    }
};

Outcome<FileList> open_and_verify(const std::filesystem::path& path) {
    const auto payload = Payload::open(path);
    if (!payload) {
        return payload.error();
    }
    return payload->verify();
}

TEST(Payload, IsWhatWasPacked) {
    const PackedHome packed;
    const auto payload = Payload::open(packed.packed);
    ASSERT_TRUE(payload) << payload.error().text();
    const auto list = payload->verify();
    ASSERT_TRUE(list) << list.error().text();
    EXPECT_EQ(list->facts.at("version"), "1.2.3");
    std::filesystem::create_directory(packed.home.path() / "out");
    ASSERT_TRUE(payload->unpack(packed.home.path() / "out"));
    EXPECT_EQ(packed.home.read("out/bin/mqbroker"), packed.home.read("root/bin/mqbroker"));
    EXPECT_EQ(std::filesystem::read_symlink(packed.home.path() / "out/bin/mosquitto"), "mqbroker");
    EXPECT_EQ(packed.home.read("out/MANIFEST"), list->text());
}

TEST(Payload, IsTheSameForTheSameFiles) {
    const PackedHome first;
    const PackedHome second;
    EXPECT_EQ(first.home.read("mqinstall"), second.home.read("mqinstall"));
}

TEST(Payload, IsMissingInAPlainProgram) {
    const PackedHome packed;
    const auto payload = Payload::open(packed.home.path() / "elf");
    ASSERT_FALSE(payload);
    EXPECT_EQ(payload.error().exit_code, 6);
}

TEST(Payload, ShowsEveryFlippedByte) {
    const PackedHome packed;
    const auto whole = packed.home.read("mqinstall");
    for (std::size_t at = 0; at < whole.size(); at += 7) {
        // The image's own head says where it ends; a flip there may make it no ELF at all.
        auto flipped = whole;
        flipped[at] = static_cast<char>(flipped[at] ^ 0x10);
        packed.home.write("flipped", flipped);
        const auto list = open_and_verify(packed.home.path() / "flipped");
        ASSERT_FALSE(list) << at;
        EXPECT_EQ(list.error().exit_code, 5) << at;
    }
}

TEST(Payload, ShowsThatItIsCutOff) {
    const PackedHome packed;
    const auto whole = packed.home.read("mqinstall");
    for (std::size_t length = 65; length < whole.size(); length += 11) {
        packed.home.write("short", whole.substr(0, length));
        const auto list = open_and_verify(packed.home.path() / "short");
        ASSERT_FALSE(list) << length;
        EXPECT_EQ(list.error().exit_code, 5) << length;
    }
}

TEST(Payload, MustNameAVersionThatIsAFolder) {
    const PackedHome packed;
    for (const char* version : {"../up", ".hidden", "a/b"}) {
        ASSERT_TRUE(write_payload(packed.home.path() / "elf", packed.home.path() / "root", version,
                                  packed.home.path() / "odd"));
        EXPECT_FALSE(open_and_verify(packed.home.path() / "odd")) << version;
    }
}

}  // namespace
}  // namespace mq::installer
