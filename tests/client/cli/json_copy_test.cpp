#include "client/cli/json_copy.hpp"

namespace mq::cli {
namespace {

std::string copied(const std::string& text, bool pretty = false) {
    std::string out;
    JsonWriter writer(out, pretty);
    return copy_json(text, writer) ? out : "not JSON";
}

TEST(JsonCopy, LeavesOutBlanksAndKeepsOrder) {
    EXPECT_EQ(copied(R"( { "b" : 1 , "a" : [ true , null , "x" ] , "b" : {} } )"),
              R"({"b":1,"a":[true,null,"x"],"b":{}})");
}

TEST(JsonCopy, WritesNumbersAsMosquittoDoes) {
    EXPECT_EQ(copied("[27.0, 0.1, 1e20, -0.5e-10, 1.5]"), "[27,0.1,1e+20,-5e-11,1.5]");
    EXPECT_EQ(copied("[1234567890123456789, 18446744073709551615, -9]"),
              "[1234567890123456789,18446744073709551615,-9]");
}

TEST(JsonCopy, EscapesWhatMustBe) {
    EXPECT_EQ(copied(R"("\u00e9\/\u0001\n\"\\\u000b")"), "\"\xc3\xa9/\\u0001\\n\\\"\\\\\\u000b\"");
}

TEST(JsonCopy, Indents) {
    EXPECT_EQ(copied(R"({"a":{"b":[1,{"c":2}]}})", true),
              "{\n\t\"a\":\t{\n\t\t\"b\":\t[1, {\n\t\t\t\t\"c\":\t2\n\t\t\t}]\n\t}\n}");
}

TEST(JsonCopy, RefusesWhatIsNoJson) {
    for (const std::string wrong : {"", "{", "nul", "[1,]", "{} x", "\"\xff\"", "01", "'a'"}) {
        EXPECT_EQ(copied(wrong), "not JSON") << wrong;
        EXPECT_FALSE(is_json(wrong)) << wrong;
    }
    EXPECT_FALSE(is_json(std::string(100'000, '[')));
}

}  // namespace
}  // namespace mq::cli
