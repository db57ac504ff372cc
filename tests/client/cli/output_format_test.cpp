#include "client/cli/output_format.hpp"

#include "client/cli/property_list.hpp"

#include <cstdlib>
#include <cstring>

namespace mq::cli {
namespace {

/// A message of 2026-01-31 12:00:05.000123456 UTC.
class Format : public testing::Test {
 protected:
    void SetUp() override {
        ::setenv("TZ", "UTC", 1);
        ::tzset();
        message.topic = "a/b";
        message.payload = "hello";
        message.qos = 1;
        message.id = 7;
        message.retain = true;
        message.time = {1769860805, 123456};
    }

    std::string show(const std::string& format, bool pretty = false) {
        const auto parsed = OutputFormat::parse(format);
        if (!parsed) {
            return "error: " + parsed.error().what;
        }
        std::string out;
        errors.clear();
        parsed->write(message, pretty, out, errors);
        return out;
    }

    ReceivedMessage message;
    std::string errors;
};

TEST_F(Format, ShowsTheMessage) {
    EXPECT_EQ(show("%t %p %q %r %m %l %%"), "a/b hello 1 1 7 5 %");
    EXPECT_EQ(show("%x %X"), "68656c6c6f 68656C6C6F");
    EXPECT_EQ(show("%A|%C|%D|%E|%F|%P|%R|%S"), "|||||||");
}

TEST_F(Format, ShowsTheTime) {
    EXPECT_EQ(show("%I"), "2026-01-31T12:00:05+0000");
    EXPECT_EQ(show("%U"), "1769860805.000123456");
    EXPECT_EQ(show("@Y-@m-@d @H:@M:@S.@N @@"), "2026-01-31 12:00:05.000123456 @");
}

TEST_F(Format, ShowsProperties) {
    PropertyList list;
    append_property(list, mosquitto_property_add_string, MQTT_PROP_CONTENT_TYPE, "text");
    append_property(list, mosquitto_property_add_int32, MQTT_PROP_MESSAGE_EXPIRY_INTERVAL, 60U);
    append_property(list, mosquitto_property_add_string_pair, MQTT_PROP_USER_PROPERTY, "k", "v");
    append_property(list, mosquitto_property_add_string_pair, MQTT_PROP_USER_PROPERTY, "l", "w");
    append_property(list, mosquitto_property_add_binary, MQTT_PROP_CORRELATION_DATA,
                    static_cast<const void*>("\0x"), std::uint16_t{2});
    message.properties = list.get();
    EXPECT_EQ(show("%C %E %P"), "text 60 k:v l:w");
    EXPECT_EQ(show("%D"), std::string("\0x", 2));
    EXPECT_EQ(show("%010E|%-6C|%6C|%.2C"), "0000000060|text  |  text|te");
}

TEST_F(Format, PadsAndCuts) {
    EXPECT_EQ(show("%10t|%-10t|%.2t|%5.2t"), "       a/b|a/b       |a/|   a/");
    EXPECT_EQ(show("%05l|%-5l|%5l"), "00005|5    |    5");
    EXPECT_EQ(show("%3p|%8p|%-8p|%08p|"), "hel|   hello|hello   |000hello|");
    EXPECT_EQ(show("%12x|%4x|%5x|%-12X|%012x"),
              "  68656c6c6f|6865| 6865|68656C6C6F  |0068656c6c6f");
    EXPECT_EQ(show("%.t|%5%|%03A|%-3A|"), "|%|000|   |");
}

TEST_F(Format, GroupsHexadecimalDigits) {
    EXPECT_EQ(show("%.4x"), "6865 6c6c 6f");
    EXPECT_EQ(show("%.2:X"), "68:65:6C:6C:6F");
}

TEST_F(Format, ShowsFloatingPoint) {
    const double value = 2.5;
    char bytes[sizeof value];
    std::memcpy(bytes, &value, sizeof value);
    message.payload = {bytes, sizeof bytes};
    EXPECT_EQ(show("%d|%.1d|%8.2d"), "2.500000|2.5|    2.50");
    EXPECT_EQ(show("<%f>"), "<>");
    EXPECT_NE(errors.find("8 bytes"), std::string::npos);
}

TEST_F(Format, ShowsJson) {
    EXPECT_EQ(show("%j"),
              R"({"tst":"2026-01-31T12:00:05.000123+0000","topic":"a/b","qos":1,"retain":1,)"
              R"("payloadlen":5,"mid":7,"payload":"hello"})");
    EXPECT_EQ(show("<%J>"), "<>");
    EXPECT_NE(errors.find("not valid JSON on topic a/b"), std::string::npos);
    message.payload = R"({"x": 1.0})";
    message.qos = 0;
    EXPECT_EQ(show("%J"),
              R"({"tst":"2026-01-31T12:00:05.000123+0000","topic":"a/b","qos":0,"retain":1,)"
              R"("payloadlen":10,"payload":{"x":1}})");
}

TEST_F(Format, ReadsEscapes) {
    EXPECT_EQ(show("\\t\\n\\\\\\a\\e\\r\\v"), "\t\n\\\a\033\r\v");
    EXPECT_EQ(show("\\0"), std::string(1, '\0'));
}

TEST_F(Format, SaysWhatIsWrong) {
    for (const std::string wrong :
         {"%", "%z", "%5", "%0-5t", "%99999t", "@", "\\", "\\q", "%5.", "%.99999t"}) {
        EXPECT_EQ(show(wrong).substr(0, 7), "error: ") << wrong;
    }
}

}  // namespace
}  // namespace mq::cli
