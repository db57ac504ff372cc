#include "broker/auth/password_checker.hpp"

#include "tests/support/home.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <future>
#include <sys/stat.h>
#include <thread>

namespace mq::broker {

void PrintTo(Verdict verdict, std::ostream* out) {
    *out << (verdict == Verdict::accepted  ? "accepted"
             : verdict == Verdict::refused ? "refused"
                                           : "busy");
}

namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

std::string line(const std::string& user, const std::string& password,
                 HashKind kind = HashKind::pbkdf2_sha512) {
    return user + ":" + PasswordHash::make(password, {kind, 10, 12})->text() + "\n";
}

/// A checker and the table of one file.
class FileChecker {
 public:
    explicit FileChecker(fs::path path, const CheckerLimits& limits = {})
        : path_(std::move(path)), checker_(limits) {}

    Outcome<LoadedPasswords> reload() {
        auto loaded = load_passwords(path_);
        if (loaded) {
            table_ = loaded->table;
        }
        return loaded;
    }
    void check(std::string_view user, std::string password, PasswordChecker::Done done) {
        checker_.check(table_, user, std::move(password), std::move(done));
    }

 private:
    fs::path path_;
    std::shared_ptr<const PasswordTable> table_ = std::make_shared<const PasswordTable>();
    PasswordChecker checker_;
};

class PasswordCheckerTest : public testing::Test {
 protected:
    void write(const std::string& text) {
        std::ofstream(path_, std::ios::binary | std::ios::trunc) << text;
        ::chmod(path_.c_str(), 0600);
    }

    static Verdict ask(FileChecker& checker, const std::string& user, const std::string& password) {
        std::promise<Verdict> verdict;
        checker.check(user, password, [&](Verdict v) { verdict.set_value(v); });
        return verdict.get_future().get();
    }

    const test::Home home_;
    const fs::path path_ = home_.path() / "pwfile";
};

/// Number of threads of this process.
std::size_t thread_count() {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator("/proc/self/task"), fs::directory_iterator()));
}

TEST_F(PasswordCheckerTest, accepts_the_right_password_only) {
    write(line("bob", "secret") + line("old", "x", HashKind::sha512) +
          line("new", "y", HashKind::argon2id) + "plain:text\n");
    FileChecker checker(path_);
    ASSERT_EQ(checker.reload()->table->size(), 3U);
    EXPECT_EQ(ask(checker, "bob", "secret"), Verdict::accepted);
    EXPECT_EQ(ask(checker, "old", "x"), Verdict::accepted);
    EXPECT_EQ(ask(checker, "new", "y"), Verdict::accepted);
    for (const auto& [user, password] :
         std::vector<std::pair<std::string, std::string>>{{"bob", "Secret"},
                                                          {"bob", ""},
                                                          {"bob", std::string("secret\0x", 8)},
                                                          {"Bob", "secret"},
                                                          {"old", "secret"},
                                                          {"new", "x"},
                                                          {"", ""},
                                                          {"plain", "text"},
                                                          {"nobody", "secret"}}) {
        EXPECT_EQ(ask(checker, user, password), Verdict::refused) << user << " " << password;
    }
}

TEST_F(PasswordCheckerTest, accepts_nobody_before_a_file_is_read) {
    FileChecker checker(path_);
    EXPECT_EQ(ask(checker, "bob", "secret"), Verdict::refused);
    write("");
    EXPECT_EQ(checker.reload()->table->size(), 0U);
    EXPECT_EQ(ask(checker, "bob", "secret"), Verdict::refused);
}

TEST_F(PasswordCheckerTest, unreadable_file_has_exit_code_13_and_keeps_the_old_users) {
    FileChecker checker(path_);
    const auto first = checker.reload();
    ASSERT_FALSE(first);
    EXPECT_EQ(first.error().exit_code, 13);
    EXPECT_THAT(first.error().what, HasSubstr(path_.string()));

    write(line("bob", "secret"));
    ASSERT_TRUE(checker.reload());
    fs::remove(path_);
    EXPECT_FALSE(checker.reload());
    EXPECT_EQ(ask(checker, "bob", "secret"), Verdict::accepted);
}

TEST_F(PasswordCheckerTest, bad_line_costs_its_user_only) {
    write(line("bob", "x") + "broken\neve:$7$nonsense\n" + line("ann", "y"));
    FileChecker checker(path_);
    const auto loaded = checker.reload();
    ASSERT_TRUE(loaded);
    EXPECT_EQ(loaded->table->size(), 2U);
    EXPECT_THAT(loaded->warnings, ElementsAre(HasSubstr("line 2"), HasSubstr("line 3: user eve")));
    EXPECT_EQ(ask(checker, "ann", "y"), Verdict::accepted);
}

TEST_F(PasswordCheckerTest, later_line_of_a_user_counts_even_when_it_is_bad) {
    write(line("bob", "old") + line("bob", "new") + line("eve", "x") + "eve:\n");
    FileChecker checker(path_);
    ASSERT_EQ(checker.reload()->table->size(), 1U);
    EXPECT_EQ(ask(checker, "bob", "new"), Verdict::accepted);
    EXPECT_EQ(ask(checker, "bob", "old"), Verdict::refused);
    EXPECT_EQ(ask(checker, "eve", "x"), Verdict::refused);
}

TEST_F(PasswordCheckerTest, two_tables_tell_whose_password_changed) {
    const std::string same = line("same", "x");
    write(same + line("changed", "x") + line("gone", "x"));
    FileChecker checker(path_);
    const auto before = checker.reload()->table;
    write(same + line("changed", "y") + line("new", "x"));
    const auto after = checker.reload()->table;
    EXPECT_THAT(PasswordTable::changed_users(*before, *after), ElementsAre("changed", "gone"));
    EXPECT_NE(before->find("gone"), nullptr) << "a table that is held stays";
    EXPECT_EQ(ask(checker, "changed", "x"), Verdict::refused);
    EXPECT_EQ(ask(checker, "changed", "y"), Verdict::accepted);
}

TEST_F(PasswordCheckerTest, decoy_is_of_the_most_usual_cost) {
    const auto table = PasswordTable::make(
        PasswordFile::parse(line("a", "x", HashKind::sha512) + line("b", "x") + line("c", "x")));
    ASSERT_NE(table->decoy(), nullptr);
    EXPECT_TRUE(table->decoy()->same_cost(*table->find("b")));
}

TEST_F(PasswordCheckerTest, threads_start_with_the_first_check) {
    write(line("bob", "secret"));
    const std::size_t before = thread_count();
    FileChecker checker(path_);
    ASSERT_TRUE(checker.reload());
    EXPECT_EQ(thread_count(), before);
    EXPECT_EQ(ask(checker, "bob", "secret"), Verdict::accepted);
    EXPECT_GT(thread_count(), before);
    EXPECT_LE(thread_count(), before + 2);
}

/// Holds up the workers of a checker that answer here, until it is opened.
class Gate {
 public:
    void wait() {
        ++inside_;
        opened_.wait();
    }
    void open() { promise_.set_value(); }
    void await_inside(int count) const {
        while (inside_ < count) {
            std::this_thread::yield();
        }
    }

 private:
    std::promise<void> promise_;
    std::shared_future<void> opened_ = promise_.get_future().share();
    std::atomic<int> inside_{0};
};

TEST_F(PasswordCheckerTest, full_queue_answers_busy_at_once) {
    write(line("bob", "secret"));
    FileChecker checker(path_, {.threads = 1, .waiting_max = 2, .waiting_bytes_max = 100});
    ASSERT_TRUE(checker.reload());
    Gate gate;
    std::atomic<int> accepted{0};
    const auto count = [&](Verdict v) { accepted += v == Verdict::accepted ? 1 : 0; };
    checker.check("bob", "secret", [&](Verdict) { gate.wait(); });
    gate.await_inside(1);
    checker.check("bob", "secret", count);
    EXPECT_EQ(ask(checker, "bob", std::string(95, 'x')), Verdict::busy) << "too many bytes";
    checker.check("bob", "secret", count);
    EXPECT_EQ(ask(checker, "bob", "secret"), Verdict::busy) << "too many logins";
    gate.open();
    while (accepted < 2) {
        std::this_thread::yield();
    }
    EXPECT_EQ(ask(checker, "bob", "secret"), Verdict::accepted) << "there is room again";
}

TEST_F(PasswordCheckerTest, one_argon2_check_at_a_time_and_others_pass_by) {
    write(line("bob", "secret") + line("slow", "secret", HashKind::argon2id));
    FileChecker checker(path_, {.threads = 2});
    ASSERT_TRUE(checker.reload());
    Gate gate;
    std::atomic<int> slow_done{0};
    std::atomic<int> second_slow_done{0};
    checker.check("slow", "secret", [&](Verdict) {
        gate.wait();
        ++slow_done;
    });
    gate.await_inside(1);  // its worker still counts as busy with argon2
    std::promise<void> second;
    checker.check("slow", "secret", [&](Verdict) {
        ++second_slow_done;
        second.set_value();
    });
    EXPECT_EQ(ask(checker, "bob", "secret"), Verdict::accepted);
    EXPECT_EQ(ask(checker, "bob", "secret"), Verdict::accepted);
    EXPECT_EQ(second_slow_done, 0) << "it waits for the first";
    gate.open();
    second.get_future().wait();
    EXPECT_EQ(slow_done, 1);
}

TEST_F(PasswordCheckerTest, end_answers_all_who_wait) {
    write(line("bob", "secret"));
    std::atomic<int> answers{0};
    Gate gate;
    {
        FileChecker checker(path_, {.threads = 1});
        ASSERT_TRUE(checker.reload());
        checker.check("bob", "secret", [&](Verdict) {
            gate.wait();
            ++answers;
        });
        gate.await_inside(1);
        for (int i = 0; i < 10; ++i) {
            checker.check("bob", "secret", [&](Verdict) { ++answers; });
        }
        gate.open();
    }
    EXPECT_EQ(answers, 11);
}

TEST_F(PasswordCheckerTest, many_logins_during_reloads_are_all_answered_rightly) {
    const std::string text = line("bob", "secret");
    write(text);
    FileChecker checker(path_);
    ASSERT_TRUE(checker.reload());
    constexpr int logins = 400;
    std::atomic<int> right{0};
    std::atomic<int> answered{0};
    for (int i = 0; i < logins; ++i) {
        const bool good = i % 2 == 0;
        checker.check("bob", good ? "secret" : "wrong", [&, good](Verdict v) {
            right += v == (good ? Verdict::accepted : Verdict::refused) ? 1 : 0;
            ++answered;
        });
        if (i % 50 == 0) {
            ASSERT_TRUE(checker.reload());
        }
    }
    while (answered < logins) {
        std::this_thread::yield();
    }
    EXPECT_EQ(right, logins);
}

}  // namespace
}  // namespace mq::broker
