#include "broker/net/mailbox.hpp"

#include <gtest/gtest.h>

#include <array>
#include <thread>
#include <vector>

namespace mq::broker {
namespace {

class MailboxTest : public testing::Test {
 protected:
    MailboxTest() : poller(*Poller::open()), mailbox(*Mailbox::open(poller)) {}

    bool told() {
        std::array<epoll_event, 4> room{};
        return !poller.wait(room, 0).empty();
    }
    std::vector<int> taken() {
        std::vector<Mailbox::Work> works;
        mailbox->take(works);
        done.clear();
        for (const auto& work : works) {
            work();
        }
        return done;
    }
    void post(int number) {
        mailbox->post([this, number] { done.push_back(number); });
    }

    Poller poller;
    std::unique_ptr<Mailbox> mailbox;
    std::vector<int> done;
};

TEST_F(MailboxTest, WorkIsTakenOnceInOrder) {
    post(1);
    post(2);
    EXPECT_EQ(taken(), (std::vector{1, 2}));
    EXPECT_EQ(taken(), std::vector<int>());
}

TEST_F(MailboxTest, OneThatIsAwakeIsNotTold) {
    post(1);
    EXPECT_FALSE(told());
    EXPECT_FALSE(mailbox->may_sleep());
    EXPECT_EQ(taken(), std::vector{1});
}

TEST_F(MailboxTest, OneThatSleepsIsToldOnce) {
    EXPECT_TRUE(mailbox->may_sleep());
    post(1);
    post(2);
    EXPECT_TRUE(told());
    EXPECT_FALSE(told());
    EXPECT_EQ(taken(), (std::vector{1, 2}));
    post(3);
    EXPECT_FALSE(told());
    EXPECT_EQ(taken(), std::vector{3});
    EXPECT_TRUE(mailbox->may_sleep());
    post(4);
    EXPECT_TRUE(told());
}

TEST_F(MailboxTest, AnotherThreadWakesIt) {
    std::array<epoll_event, 4> room{};
    ASSERT_TRUE(mailbox->may_sleep());
    std::thread other([this] { post(1); });
    EXPECT_EQ(poller.wait(room, -1).size(), 1U);
    other.join();
    EXPECT_EQ(taken(), std::vector{1});
}

TEST_F(MailboxTest, AnotherThreadWakesItWhereItSeesNothingElse) {
    for (int number = 0; number < 3; ++number) {
        ASSERT_TRUE(mailbox->may_sleep());
        std::thread other([this, number] { post(number); });
        mailbox->sleep_alone(-1);
        other.join();
        EXPECT_EQ(taken(), std::vector{number});
    }
}

}  // namespace
}  // namespace mq::broker
