#include "installer/commands/verbs.hpp"
#include "tests/installer/account/account.hpp"

#include <gmock/gmock.h>

using namespace mq::installer;
using mq::supervisor::State;
using testing::HasSubstr;
using Action = commands::ServiceOptions::Action;

namespace {

class ServiceCommand : public mq::test::Account {
 protected:
    int service(Action action, int lines = 50) {
        return call([&](const Context& c) { return commands::service(c, {action, lines}); });
    }
};

}  // namespace

TEST_F(ServiceCommand, VerbsAreHandedToTheManager) {
    EXPECT_EQ(service(Action::start), 0) << problem.text();
    EXPECT_EQ(service(Action::restart), 0) << problem.text();
    EXPECT_EQ(service(Action::stop), 0) << problem.text();
    EXPECT_EQ(manager.calls, "start\nrestart\nstop\n");
}

TEST_F(ServiceCommand, AWrongConfigurationDoesNotStopARunningBroker) {
    home.write("mqhome/etc/mosquitto.conf", "wrong\n");
    EXPECT_EQ(service(Action::restart), 13);
    EXPECT_THAT(problem.what, HasSubstr("line 1: wrong"));
    EXPECT_EQ(service(Action::start), 13);
    EXPECT_EQ(manager.calls, "");
    EXPECT_EQ(service(Action::stop), 0);
    EXPECT_EQ(manager.calls, "stop\n");
}

TEST_F(ServiceCommand, StatusEndsWithTheCodeOfTheState) {
    const std::pair<State, int> states[] = {
        {State::running, 0}, {State::starting, 0}, {State::stopped, 3}, {State::backoff, 3},
        {State::fatal, 3},   {State::exited, 3},   {State::absent, 3},  {State::unknown, 4}};
    for (const auto& [state, code] : states) {
        manager.status = {state, 0, "why"};
        EXPECT_EQ(service(Action::status), code) << to_string(state);
        EXPECT_THAT(printed, HasSubstr(std::string(to_string(state))));
    }
    manager.problem = {"no manager", "", "", 4};
    EXPECT_EQ(service(Action::status), 4);
}

TEST_F(ServiceCommand, ARefusalOfTheManagerIsPassedOn) {
    manager.problem = {"no", "", "", 7};
    EXPECT_EQ(service(Action::start), 7);
}

TEST_F(ServiceCommand, LogsShowsTheLastLines) {
    EXPECT_EQ(service(Action::logs), 0);
    EXPECT_THAT(printed, HasSubstr("There is no log yet: "));
    home.write("logs/mqhome.log", "one\ntwo\nthree");
    EXPECT_EQ(service(Action::logs, 2), 0);
    EXPECT_EQ(printed, "==> " + (home.path() / "logs/mqhome.log").string() + "\ntwo\nthree\n");
    home.write("logs/mqhome.log", "one\n\ntwo\n");
    EXPECT_EQ(service(Action::logs), 0);
    EXPECT_THAT(printed, HasSubstr("mqhome.log\none\n\ntwo\n"));
}

TEST_F(ServiceCommand, ADryRunAsksNobody) {
    context.options.dry_run = true;
    EXPECT_EQ(service(Action::stop), 0);
    EXPECT_THAT(printed, HasSubstr("would stop"));
    EXPECT_EQ(manager.calls, "");
}
