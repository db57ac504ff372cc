#include "client/cli/help.hpp"
#include "client/cli/option_check.hpp"
#include "client/cli/option_parser.hpp"
#include "client/cli/option_table.hpp"
#include "client/cli/options_file.hpp"

#include <sstream>

namespace mq::cli {
namespace {

using Words = std::vector<std::string>;

std::string problem_of(Program program, const Words& words) {
    Options options(program);
    if (const auto done = parse_options(options, words); !done) {
        return done.error().what;
    }
    const auto done = check_options(options);
    return done ? "" : done.error().what;
}

TEST(OptionsFile, IsReadLineByLine) {
    const auto lines = parse_options_file("# comment\n-t a b\n\n--retain\r\n-m \n-i x");
    ASSERT_TRUE(lines);
    ASSERT_EQ(lines->size(), 4U);
    EXPECT_EQ((*lines)[0].option, "-t");
    EXPECT_EQ((*lines)[0].value, "a b");
    EXPECT_EQ((*lines)[0].number, 2U);
    EXPECT_FALSE((*lines)[1].has_value);
    EXPECT_EQ((*lines)[1].option, "--retain");
    EXPECT_TRUE((*lines)[2].has_value);
    EXPECT_EQ((*lines)[2].value, "");
    EXPECT_EQ((*lines)[3].value, "x");
}

TEST(OptionsFile, NamesTheLineOfAMistake) {
    EXPECT_NE(parse_options_file("-t a\nnonsense\n").error().what.find("line 2"),
              std::string::npos);
    EXPECT_FALSE(parse_options_file("-t " + std::string(1021, 'x')));
    EXPECT_TRUE(parse_options_file("-t " + std::string(1020, 'x')));
    EXPECT_FALSE(parse_options_file(std::string("-t a\0b", 6)));
}

TEST(OptionTable, HasEachSpellingOncePerProgram) {
    for (const auto program : {program_pub, program_sub, program_rr, program_ctl, program_bench}) {
        std::map<std::string, int> seen;
        for (const auto& row : option_table()) {
            if ((row.programs & program) != 0) {
                EXPECT_LE(*row.letter == '\0' ? 1 : ++seen[row.letter], 1) << row.letter;
                EXPECT_LE(*row.long_name == '\0' ? 1 : ++seen[row.long_name], 1) << row.long_name;
            }
        }
    }
}

TEST(Help, FitsEightyColumns) {
    for (const auto program : {program_pub, program_sub, program_rr, program_ctl, program_bench}) {
        std::istringstream text(help_text(program));
        for (std::string line; std::getline(text, line);) {
            EXPECT_LE(line.size(), 80U) << line;
        }
    }
}

TEST(Options, AreTakenWithTheirValues) {
    Options options(program_pub);
    ASSERT_TRUE(parse_options(
        options, {"-h", "host", "--port", "1884", "-t", "a", "-t", "b", "-m", "-x", "-D", "publish",
                  "user-property", "k", "v", "-D", "connect", "receive-maximum", "5"}));
    EXPECT_EQ(options.host, "host");
    EXPECT_EQ(options.port, 1884);
    EXPECT_EQ(options.topics, Words{"b"});
    EXPECT_EQ(options.message, "-x");
    EXPECT_EQ(options.version, MQTT_PROTOCOL_V5);
    EXPECT_NE(options.properties[for_publish], nullptr);
    EXPECT_NE(options.properties[for_connect], nullptr);
}

TEST(Options, AUrlSaysThePortAlsoWhereItNamesNone) {
    for (const auto& [url, port] : {std::pair{"mqtt://h/t", 1883}, std::pair{"mqtts://h/t", 8883},
                                    std::pair{"mqtt://h:5/t", 5}}) {
        Options options(program_pub);
        ASSERT_TRUE(parse_options(options, {"-p", "1", "--cafile", "file", "-L", url}));
        EXPECT_EQ(options.port, port) << url;
    }
    Options options(program_pub);
    ASSERT_TRUE(parse_options(options, {"-L", "mqtt://h/t", "-p", "1"}));
    EXPECT_EQ(options.port, 1);
}

TEST(Options, SayWhatIsWrong) {
    const struct {
        Words words;
        const char* part;
    } cases[] = {
        {{"--nonsense"}, "unknown option '--nonsense'"},
        {{"-v"}, "unknown option '-v'"},
        {{"-p"}, "-p needs a value"},
        {{"-p", "x"}, "0 to 65535"},
        {{"-p", "65536"}, "0 to 65535"},
        {{"-k", "4"}, "5 to 65535"},
        {{"-q", "3"}, "0 to 2"},
        {{"-M", "0"}, "1 to"},
        {{"-V", "4"}, "311"},
        {{"-i", "a", "-I", "b"}, "exclude each other"},
        {{"-m", "a", "-n"}, "only one of"},
        {{"-t", "a/#", "-m", "x"}, "is no topic"},
        {{"-t", "a"}, "the message is missing"},
        {{"-m", "a"}, "the topic is missing"},
        {{"-x", "4294967296"}, "-1"},
        {{"-D", "connect", "receive-maximum"}, "needs 3 values"},
        {{"-D", "publish", "user-property", "k"}, "needs 4 values"},
        {{"-D", "puback", "reason-string", "x"}, "cannot have properties"},
        {{"-D", "publish", "nonsense", "x"}, "no property"},
        {{"-D", "publish", "subscription-identifier", "1"}, "cannot have the property"},
        {{"-D", "connect", "receive-maximum", "65536"}, "0 to 65535"},
        {{"-D", "connect", "receive-maximum", "1", "-D", "connect", "receive-maximum", "1", "-t",
          "a", "-n"},
         "twice"},
        {{"--will-payload", "x", "-t", "a", "-n"}, "needs --will-topic"},
        {{"--cert", "x", "-t", "a", "-n"}, "need each other"},
        {{"--psk", "aa", "-t", "a", "-n"}, "need each other"},
        {{"-c", "-t", "a", "-n"}, "-c needs -i"},
        {{"--repeat", "0"}, "1 to"},
        {{"--repeat-delay", "-1"}, "no number"},
        {{"-S"}, "SRV"},
        {{"-L", "http://x/y"}, "must begin with"},
        {{"--proxy", "http://x"}, "socks5h"},
        {{"-o", "x"}, "once"},
        {{"--pw-env", "THERE_IS_NO_SUCH_VARIABLE"}, "no environment variable"},
        {{"--pw-file", "/nonexistent/file"}, "No such file"},
    };
    for (const auto& each : cases) {
        EXPECT_NE(problem_of(program_pub, each.words).find(each.part), std::string::npos)
            << each.part << ": " << problem_of(program_pub, each.words);
    }
    EXPECT_NE(problem_of(program_sub, {"-F", "%z"}).find("no such letter"), std::string::npos);
    EXPECT_NE(problem_of(program_sub, {"-R", "--retained-only"}).find("exclude"),
              std::string::npos);
    EXPECT_NE(problem_of(program_sub, {}).find("missing"), std::string::npos);
    EXPECT_NE(problem_of(program_sub, {"-t", "a/#b"}).find("no filter"), std::string::npos);
    EXPECT_NE(problem_of(program_rr, {"-t", "a", "-m", "x"}).find("-e"), std::string::npos);
}

}  // namespace
}  // namespace mq::cli
