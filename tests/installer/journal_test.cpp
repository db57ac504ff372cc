#include "installer/plan/journal.hpp"

#include "tests/support/home.hpp"

#include <gtest/gtest.h>

namespace mq::installer {
namespace {

using test::Home;

Plan sample_plan() {
    Plan plan;
    plan.command = "upgrade";
    plan.parameters = {{"from", "0.1.0"}, {"path", "/home/a b/%"}, {"empty", ""}};
    for (const char* name : {"unpack", "commit"}) {
        plan.steps.push_back({name, name, {}, {}});
    }
    return plan;
}

TEST(Journal, TellsThePlanThatWasBegun) {
    const Home home;
    const auto path = home.path() / "journal";
    auto journal = Journal::start(path, sample_plan());
    ASSERT_TRUE(journal);
    ASSERT_TRUE(journal->before(sample_plan().steps[0]));
    ASSERT_TRUE(journal->after(sample_plan().steps[0]));
    ASSERT_TRUE(journal->before(sample_plan().steps[1]));
    const auto record = Journal::read(path);
    ASSERT_TRUE(record && *record);
    EXPECT_EQ((*record)->command, "upgrade");
    EXPECT_EQ((*record)->parameters, sample_plan().parameters);
    EXPECT_EQ((*record)->steps, (std::vector<std::string>{"unpack", "commit"}));
    EXPECT_EQ((*record)->begun, (std::set<std::string>{"commit", "unpack"}));
    EXPECT_EQ((*record)->performed, std::set<std::string>{"unpack"});
    EXPECT_FALSE((*record)->finished);
}

TEST(Journal, IsFinishedAtItsEnd) {
    const Home home;
    const auto path = home.path() / "journal";
    auto journal = Journal::start(path, sample_plan());
    ASSERT_TRUE(journal && journal->end_done());
    EXPECT_TRUE((*Journal::read(path))->finished);
}

TEST(Journal, SaysNothingWhenItIsNotThere) {
    const Home home;
    const auto record = Journal::read(home.path() / "journal");
    ASSERT_TRUE(record);
    EXPECT_FALSE(*record);
}

TEST(Journal, DoesNotCountALineThatWasCutOff) {
    const std::string whole = "mqhome-journal 1\ncommand install\nstep a\nbegin\nbefore a\nafter a";
    const auto record = JournalRecord::parse(whole);
    ASSERT_TRUE(record);
    EXPECT_TRUE(record->begun.contains("a"));
    EXPECT_TRUE(record->performed.empty());
}

TEST(Journal, GoesOnBehindALineThatWasCutOff) {
    const Home home;
    home.write("journal", "mqhome-journal 1\ncommand install\nstep a\nbegin\nbefo");
    auto journal = Journal::resume(home.path() / "journal");
    ASSERT_TRUE(journal && journal->before({"a", "", {}, {}}));
    EXPECT_EQ(home.read("journal"), "mqhome-journal 1\ncommand install\nstep a\nbegin\nbefore a\n");
}

TEST(Journal, WithoutAWholeHeadBeginsNothing) {
    const std::string whole = "mqhome-journal 1\ncommand install\nparameter a b\nstep a\nbegin\n";
    for (std::size_t length = 0; length < whole.size(); ++length) {
        EXPECT_FALSE(JournalRecord::parse(whole.substr(0, length))) << length;
    }
    EXPECT_TRUE(JournalRecord::parse(whole));
}

TEST(Journal, OfAnotherFormatIsNone) {
    EXPECT_FALSE(JournalRecord::parse("mqhome-journal 2\ncommand install\nbegin\n"));
    EXPECT_FALSE(JournalRecord::parse("mqhome-journal 1\nwhatever\nbegin\n"));
    EXPECT_FALSE(JournalRecord::parse("mqhome-journal 1\ncommand a%2\nbegin\n"));
}

}  // namespace
}  // namespace mq::installer
