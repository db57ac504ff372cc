#include "installer/commands/verbs.hpp"
#include "tests/installer/account/account.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>

using namespace mq::installer;
using mq::supervisor::State;
using testing::HasSubstr;

using StatusCommand = mq::test::Account;

TEST_F(StatusCommand, TellsWhatIsThereAndHowItDoes) {
    EXPECT_EQ(call(commands::status), 0) << problem.text();
    EXPECT_THAT(printed, HasSubstr("mqhome 1.0.0 in " + layout.prefix.string()));
    EXPECT_THAT(printed, HasSubstr("OpenSSL 3"));
    EXPECT_THAT(printed, HasSubstr("running, pid 4711 (fake)"));
    EXPECT_THAT(printed, HasSubstr("port 1  MQTT  does not answer"));
    EXPECT_THAT(printed, HasSubstr("users:   1 in "));
}

TEST_F(StatusCommand, EndsWithTheCodeOfTheState) {
    manager.status = {State::fatal, 0, "Exited too quickly"};
    EXPECT_EQ(call(commands::status), 3);
    EXPECT_THAT(printed, HasSubstr("Exited too quickly"));
    manager.problem = {"supervisord cannot be reached", "", "", 4};
    EXPECT_EQ(call(commands::status), 4);
    EXPECT_THAT(printed, HasSubstr("mqhome 1.0.0")) << "what is known is told all the same";
    std::filesystem::remove(layout.manifest());
    EXPECT_EQ(call(commands::status), 3);
}

TEST_F(StatusCommand, WithoutAManagerTheProcessesCount) {
    manifest.service = false;
    save();
    EXPECT_EQ(call(commands::status), 3);
    EXPECT_THAT(printed, HasSubstr("run by hand: " + layout.broker().string() + " -c "));
    run_broker();
    EXPECT_EQ(call(commands::status), 0);
    EXPECT_THAT(printed, HasSubstr("running, pid "));
}

TEST_F(StatusCommand, IsOneObjectInJson) {
    Output json(true);
    const Context as_json{context.options, context.home, context.layout, json,
                          context.driver_factory};
    testing::internal::CaptureStdout();
    const auto done = commands::status(as_json);
    json.finish(to_int(*done));
    const auto object = boost::json::parse(testing::internal::GetCapturedStdout()).as_object();
    EXPECT_EQ(object.at("version").as_string(), "1.0.0");
    EXPECT_EQ(object.at("installed").as_bool(), true);
    EXPECT_EQ(object.at("state").as_string(), "running");
    EXPECT_EQ(object.at("pid").as_int64(), 4711);
    EXPECT_EQ(object.at("users").as_int64(), 1);
    EXPECT_EQ(object.at("exit_code").as_int64(), 0);
    EXPECT_EQ(object.at("listeners").as_array().at(0).as_object().at("port").as_string(), "1");
}
