#include "client/cli/message_payload.hpp"

#include "base/unique_fd.hpp"

#include <unistd.h>

namespace mq::cli {
namespace {

/// A pipe that LineReader reads from.
class Lines : public testing::Test {
 protected:
    void SetUp() override {
        int ends[2];
        ASSERT_EQ(::pipe(ends), 0);
        source.reset(ends[0]);
        target.reset(ends[1]);
    }

    void write(const std::string& text) {
        ASSERT_EQ(::write(target.get(), text.data(), text.size()),
                  static_cast<ssize_t>(text.size()));
    }

    static std::vector<std::string> take(LineReader& reader) {
        EXPECT_TRUE(reader.fill());
        std::vector<std::string> taken;
        std::string_view line;
        while (reader.next(line)) {
            taken.emplace_back(line);
        }
        return taken;
    }

    UniqueFd source;
    UniqueFd target;
};

TEST_F(Lines, AreCutAtNewlines) {
    LineReader reader(source.get());
    write("one\n\ntw");
    EXPECT_EQ(take(reader), (std::vector<std::string>{"one", ""}));
    write("o\nth");
    EXPECT_EQ(take(reader), (std::vector<std::string>{"two"}));
    EXPECT_FALSE(reader.exhausted());
    target.reset();
    EXPECT_EQ(take(reader), (std::vector<std::string>{"th"}));
    EXPECT_TRUE(reader.exhausted());
}

TEST_F(Lines, OfNothingAreNone) {
    LineReader reader(source.get());
    target.reset();
    EXPECT_EQ(take(reader), std::vector<std::string>{});
    EXPECT_TRUE(reader.exhausted());
}

TEST_F(Lines, MayBeLongerThanOneRead) {
    LineReader reader(source.get());
    const std::string part(40'000, 'x');
    write(part);
    EXPECT_TRUE(take(reader).empty());
    write(part + "\n");
    EXPECT_EQ(take(reader), std::vector<std::string>{part + part});
}

TEST(Payload, OfAFileThatIsNotThereIsAProblem) {
    Options options(program_pub);
    options.source = MessageSource::file;
    options.message = "/nonexistent/file";
    const auto payload = payload_of(options);
    ASSERT_FALSE(payload);
    EXPECT_NE(payload.error().what.find("/nonexistent/file: No such file"), std::string::npos);
}

}  // namespace
}  // namespace mq::cli
