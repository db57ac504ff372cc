#include "supervisor/program_section.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace mq::supervisor;
using testing::HasSubstr;

namespace {

Service service_in(const std::string& home) {
    Service service;
    service.command = {home + "/mqhome/current/bin/mqbroker", "-c",
                       home + "/mqhome/etc/mosquitto.conf"};
    service.directory = home + "/mqhome";
    service.log_file = home + "/logs/mqhome.log";
    return service;
}

}  // namespace

TEST(ProgramSection, QuotesAndDoublesPercentSigns) {
    const auto text = program_section(service_in("/home/a %b"), 0);
    ASSERT_TRUE(text) << text.error().text();
    EXPECT_THAT(*text, HasSubstr("\n[program:mqhome]\n"
                                 "command=\"/home/a %%b/mqhome/current/bin/mqbroker\" -c "
                                 "\"/home/a %%b/mqhome/etc/mosquitto.conf\"\n"
                                 "directory=/home/a %%b/mqhome\n"));
    EXPECT_THAT(*text, HasSubstr("\nstdout_logfile=/home/a %%%%b/logs/mqhome.log\n"));
    EXPECT_THAT(*text, HasSubstr("\nstartsecs=5\n"));
    EXPECT_THAT(*text, HasSubstr("\nstopwaitsecs=30\n"));
}

TEST(ProgramSection, RefusesWhatSupervisordWouldMisread) {
    for (const char* home : {"/home/a\"b", "/home/a'b", "/home/a\\b", "/home/a ;b", "/home/a #b",
                             "/home/a\nb", "/home/a\tb"}) {
        const auto text = program_section(service_in(home), 0);
        ASSERT_FALSE(text) << home;
        EXPECT_EQ(text.error().exit_code, 6);
    }
    EXPECT_TRUE(program_section(service_in("/home/a;b#c"), 0));
}

TEST(ProgramSection, ItsFirstLineTellsAnEditFromOurText) {
    const std::string text = *program_section(service_in("/home/u"), 2);
    EXPECT_TRUE(section_facts(text).ours);
    EXPECT_FALSE(section_facts(text).edited);
    EXPECT_EQ(section_facts(text).directories_made, 2);

    std::string edited = text;
    edited.replace(edited.find("startsecs=5"), 11, "startsecs=9");
    EXPECT_TRUE(section_facts(edited).ours);
    EXPECT_TRUE(section_facts(edited).edited);

    EXPECT_TRUE(section_facts(text + "\n").edited);
    EXPECT_FALSE(section_facts("[program:mqhome]\ncommand=/bin/true\n").ours);
    EXPECT_FALSE(section_facts("").ours);
    EXPECT_TRUE(section_facts("; mqhome service file (directories made: ").edited);
}
