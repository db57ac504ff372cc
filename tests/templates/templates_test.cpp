#include "templates/templates.hpp"

#include "templates/embedded.hpp"

#include <gtest/gtest.h>

using mq::templates::embedded;
using mq::templates::render;

TEST(Templates, FillsEachPlaceholderAndKeepsTheRest) {
    EXPECT_EQ(render("profile_block.sh", {{"ENV", "'/a b/env.sh'"}, {"RECORD", "x"}, {"END", ""}}),
              "# >>> mqhome >>>\n"
              "# Added by mqinstall, which also removes it (x).\n"
              "if [ -r '/a b/env.sh' ]; then . '/a b/env.sh'; fi\n"
              "# <<< mqhome <<<\n");
}

TEST(Templates, ValuesAreNotReadAsPlaceholders) {
    EXPECT_NE(render("profile_block.csh", {{"ENV", "{{ENV}}"}, {"RECORD", ""}, {"END", ""}})
                  .find("if ( -r {{ENV}} ) source {{ENV}}\n"),
              std::string::npos);
}

TEST(Templates, TheConfigurationHasBothListenersAndNoAnonymousUser) {
    const std::string conf = render(
        "mosquitto.conf", {{"PORT", "1883"}, {"WS_PORT", "9001"}, {"PREFIX", "/home/ä b/mqhome"}});
    for (const char* line :
         {"\nlistener 1883\nprotocol mqtt\n", "\nlistener 9001\nprotocol websockets\n",
          "\npassword_file /home/ä b/mqhome/etc/pwfile\n", "\nallow_anonymous false\n",
          "\npersistence true\n", "\npersistence_location /home/ä b/mqhome/var/\n",
          "\npersistence_file mqhome.db\n", "\ncontrol_socket /home/ä b/mqhome/var/control.sock\n",
          "\nlog_timestamp_format %Y-%m-%dT%H:%M:%S\n"}) {
        EXPECT_NE(conf.find(line), std::string::npos) << line << "\nis not in\n" << conf;
    }
}

TEST(Templates, EveryTextEndsWithANewline) {
    for (const auto& text : embedded()) {
        EXPECT_EQ(text.text.back(), '\n') << text.name;
    }
}

TEST(TemplatesDeathTest, AMissingValueIsOurOwnMistake) {
    EXPECT_DEATH(render("profile_block.sh", {}), "placeholder without a value");
    EXPECT_DEATH(
        render("profile_block.sh", {{"ENV", "x"}, {"RECORD", ""}, {"END", ""}, {"OTHER", "y"}}),
        "value without a placeholder");
    EXPECT_DEATH(render("no such text", {}), "unknown template");
}
