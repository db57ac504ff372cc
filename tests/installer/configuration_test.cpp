#include "installer/prefix/configuration.hpp"

#include "tests/support/home.hpp"

#include <gtest/gtest.h>

namespace mq::installer {
namespace {

using test::Home;

ConfigurationFacts facts_of(const Home& home, const std::string& text) {
    home.write("conf", text);
    const auto facts = read_configuration(home.path() / "conf");
    EXPECT_TRUE(facts) << facts.error().text();
    return *facts;
}

TEST(Configuration, TellsTheListeners) {
    const Home home;
    const auto facts = facts_of(home,
                                "listener 40132\nprotocol mqtt\r\n\nlistener 9001 ::\n"
                                "protocol websockets\nlistener 8883 10.0.0.1\ncertfile /c\n");
    ASSERT_EQ(facts.listeners.size(), 3U);
    EXPECT_EQ(facts.listeners[0].port, 40132);
    EXPECT_EQ(facts.listeners[0].host, "127.0.0.1");
    EXPECT_FALSE(facts.listeners[0].websocket);
    EXPECT_EQ(facts.listeners[1].host, "::1");
    EXPECT_TRUE(facts.listeners[1].websocket);
    EXPECT_EQ(facts.listeners[2].host, "10.0.0.1");
    EXPECT_TRUE(facts.listeners[2].tls);
}

TEST(Configuration, TellsWhereMqttIsSpokenPlainly) {
    const Home home;
    const auto facts = facts_of(home,
                                "listener 1883\nlistener 8883\ncertfile /c\nlistener 1884\n"
                                "enable_proxy_protocol 2\nlistener 8080\nprotocol http_api\n"
                                "listener 0 /run/mqtt.sock\nlistener 1885\nprotocol auto\n");
    std::vector<bool> plainly;
    for (const auto& listener : facts.listeners) {
        plainly.push_back(listener.speaks_plainly());
    }
    EXPECT_EQ(plainly, (std::vector<bool>{true, false, false, false, false, true}));
}

TEST(Configuration, KnowsTheOldWayToNameThePort) {
    const Home home;
    const auto facts =
        facts_of(home, "port 1884\nprotocol mqtt\nlistener 9001\nprotocol websockets\n");
    ASSERT_EQ(facts.listeners.size(), 2U);
    EXPECT_EQ(facts.listeners[0].port, 1884);
    EXPECT_FALSE(facts.listeners[0].websocket);
    EXPECT_TRUE(facts.listeners[1].websocket);
}

TEST(Configuration, WithoutAListenerMeansTheDefaultPort) {
    const Home home;
    const auto facts = facts_of(home, "# nothing\n");
    ASSERT_EQ(facts.listeners.size(), 1U);
    EXPECT_EQ(facts.listeners[0].port, 1883);
}

TEST(Configuration, TellsTheFiles) {
    const Home home;
    const auto facts = facts_of(home,
                                "password_file /h/my pwfile\npersistence true\n"
                                "persistence_location /h/var/\npersistence_file m.db\n");
    EXPECT_EQ(facts.password_file, "/h/my pwfile");
    EXPECT_EQ(facts.database, "/h/var/m.db");
    EXPECT_FALSE(facts.anonymous);
}

TEST(Configuration, WithoutPersistenceHasNoDatabase) {
    const Home home;
    EXPECT_TRUE(facts_of(home, "persistence_location /h/var/\n").database.empty());
}

TEST(Configuration, FollowsIncludeDir) {
    const Home home;
    home.write("conf.d/b.conf", "listener 2\n");
    home.write("conf.d/a.conf", "listener 1\n");
    home.write("conf.d/ignored.txt", "listener 3\n");
    const auto facts = facts_of(home, "include_dir " + (home.path() / "conf.d").string() + "\n");
    ASSERT_EQ(facts.listeners.size(), 2U);
    EXPECT_EQ(facts.listeners[0].port, 1);
}

TEST(Configuration, DoesNotGoInCircles) {
    const Home home;
    home.write("conf.d/a.conf", "include_dir " + (home.path() / "conf.d").string() + "\n");
    EXPECT_FALSE(read_configuration(home.path() / "conf.d/a.conf"));
}

}  // namespace
}  // namespace mq::installer
