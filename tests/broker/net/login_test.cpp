#include "broker/net/login.hpp"

#include "base/runtime.hpp"
#include "broker/auth/acl_file.hpp"
#include "broker/net/shard.hpp"
#include "mqtt/encode.hpp"
#include "tests/broker/net/certificates.hpp"
#include "tests/broker/net/running_shard.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <deque>
#include <future>

namespace mq::broker::test {
namespace {

/// Return codes of a CONNACK of MQTT 3.1.1.
constexpr int accepted = 0;
constexpr int unavailable = 3;
constexpr int not_authorized = 5;

/// One connection without a socket, which asks to log in. Lives on the shard's thread.
class Client final : public Outlet {
 public:
    Client(Shard& shard, const ListenerSettings& listener, const std::string& address)
        : shard_(shard),
          connection_(&shard.broker().open(*this, listener, Peer{address, 1, {}}, shard.now())) {}

    std::future<int> connect(const mqtt::Connect& packet) {
        mqtt::Buffer bytes;
        mqtt::encode(packet, bytes);
        shard_.broker().receive(*connection_, bytes, shard_.now());
        return code_.get_future();
    }

    void flush_later() override {
        shard_.post([this] { take(); });
    }
    void close_later() override {
        shard_.post([this] { close(); });
    }
    void resume() override {}

    void close() {
        take();
        if (connection_ != nullptr) {
            shard_.broker().closed(*std::exchange(connection_, nullptr), "", shard_.now());
        }
    }

 private:
    /// CONNACK is the first and only thing that comes.
    void take() {
        if (connection_ != nullptr && !connection_->outbox.empty() && !told_) {
            told_ = true;
            code_.set_value(connection_->outbox.buffer().at(3));
        }
    }

    Shard& shard_;
    Connection* connection_;
    std::promise<int> code_;
    bool told_ = false;
};

/// A shard with the real login and the real threads for passwords, and no socket. Users anna and
/// bert have their name as password.
class LoginTest : public testing::Test {
 protected:
    LoginTest() {
        runtime_init();
        PasswordFile users;
        for (const char* name : {"anna", "bert"}) {
            EXPECT_TRUE(
                users.set(name, PasswordHash::make(name, {HashKind::sha512, 1, 12}).value()));
        }
        auto realm = std::make_shared<Realm>();
        realm->passwords =
            std::make_shared<const PasswordTable>(std::move(*PasswordTable::make(users)));
        realm->rules = AclRules::compile(AclFile::parse("topic #\npattern own/%c\n"));
        realms = {realm};
    }

    ~LoginTest() override {
        if (thread.joinable()) {
            on_shard([this] {
                for (auto& client : clients) {
                    client->close();
                }
                return true;
            }).get();
            shard->stop();
            thread.join();
        }
        checker.reset();
    }

    void start(const LoginThrottleSettings& settings = quick()) {
        shard = std::move(*Shard::create(log));
        throttle.configure(settings);
        login = std::make_unique<Login>(*shard, *checker, realms, throttle);
        BrokerSetup setup;
        setup.limits = &limits;
        setup.access = login.get();
        setup.log = &log;
        setup.seed = 1;
        shard->make_broker(setup);
        thread = std::thread([this] { shard->run(); });
    }

    /// As by default, but with delays that a test can wait for.
    static LoginThrottleSettings quick() {
        LoginThrottleSettings settings;
        settings.delay_step = std::chrono::milliseconds(1);
        settings.delay_max = std::chrono::milliseconds(20);
        return settings;
    }

    template <class Work>
    std::future<std::invoke_result_t<Work>> on_shard(Work work) {
        auto task =
            std::make_shared<std::packaged_task<std::invoke_result_t<Work>()>>(std::move(work));
        auto result = task->get_future();
        shard->post([task] { (*task)(); });
        return result;
    }

    /// Many logins in one turn, so that none is answered before all have come.
    std::vector<std::future<int>> connect(const std::string& address, const char* user,
                                          const char* password, int count = 1) {
        return on_shard([=, this] {
                   std::vector<std::future<int>> codes;
                   for (int number = 0; number < count; ++number) {
                       mqtt::Connect packet;
                       packet.version = mqtt::Version::v3_1_1;
                       const std::string id = "c" + std::to_string(clients.size());
                       packet.client_id = id;
                       if (user != nullptr) {
                           packet.user_name = user;
                       }
                       const std::string secret = password == nullptr ? "" : password;
                       if (password != nullptr) {
                           packet.password = mqtt::Bytes(
                               reinterpret_cast<const std::uint8_t*>(secret.data()), secret.size());
                       }
                       clients.push_back(std::make_unique<Client>(*shard, listener, address));
                       codes.push_back(clients.back()->connect(packet));
                   }
                   return codes;
               })
            .get();
    }

    int code_of(const std::string& address, const char* user, const char* password) {
        return connect(address, user, password).front().get();
    }

    static std::map<int, int> count(std::vector<std::future<int>>& codes) {
        std::map<int, int> counts;
        for (auto& code : codes) {
            ++counts[code.get()];
        }
        return counts;
    }

    LoginThrottle::Counters counters() {
        return on_shard([this] { return login->guard().counters(); }).get();
    }

    ListLog log;
    Limits limits;
    ListenerSettings listener;
    RealmList realms;
    std::unique_ptr<PasswordChecker> checker = std::make_unique<PasswordChecker>();
    std::unique_ptr<Shard> shard;
    LoginThrottle throttle{quick()};
    std::unique_ptr<Login> login;
    std::deque<std::unique_ptr<Client>> clients;  ///< used on the shard's thread only
    std::thread thread;
};

TEST_F(LoginTest, every_refusal_is_logged_with_its_reason) {
    start();
    EXPECT_EQ(code_of("192.0.2.1", "anna", "anna"), accepted);
    EXPECT_EQ(code_of("192.0.2.1", "anna", "bert"), not_authorized);
    EXPECT_EQ(code_of("192.0.2.1", "carl", "carl"), not_authorized);
    EXPECT_EQ(code_of("192.0.2.1", "anna", nullptr), not_authorized);
    EXPECT_EQ(code_of("192.0.2.1", nullptr, nullptr), not_authorized);
    for (const char* line : {"Login refused: 192.0.2.1 user 'anna' client 'c1': wrong password",
                             "Login refused: 192.0.2.1 user 'carl' client 'c2': unknown user",
                             "Login refused: 192.0.2.1 user 'anna' client 'c3': no password given",
                             "Login refused: 192.0.2.1 user '' client 'c4': no user name given, "
                             "and allow_anonymous is false"}) {
        EXPECT_TRUE(log.wait_for(line)) << line;
    }
    EXPECT_TRUE(log.wait_for("Client c1 [192.0.2.1:1] disconnected: not authorised."));
    EXPECT_EQ(counters(), (LoginThrottle::Counters{2, 0, 0, 0}));
}

/// A list that came during its handshake: then nobody has looked at it yet.
TEST_F(LoginTest, revoked_certificate_is_refused_whatever_else_is_shown) {
    const Folder folder;
    const Signed authority = make_certificate({.authority = true});
    const Signed own = make_certificate({.common_names = {"anna"}}, &authority);
    ListenerConfig config;
    config.certfile = folder.write("cert.pem", own.certificate_pem());
    config.keyfile = folder.write("key.pem", own.key_pem());
    config.crlfile = folder.write("crl.pem", revocation_pem(authority, {&own}));
    const auto context = TlsContext::create(config);
    ASSERT_TRUE(context);
    start();
    Peer peer{"192.0.2.1", 5, {}};
    peer.proof().certificate = shown({&own});
    const auto ask = [&] {
        return on_shard([&] {
                   const LoginRequest request{1, listener, "c", peer, "anna", mqtt::Bytes()};
                   const AuthRequest exchange{1, listener, "c", peer, "SCRAM-SHA-256"};
                   const auto begun = login->authenticate(exchange);
                   return std::pair(login->login(request),
                                    begun == nullptr ? std::nullopt : begun->step({}));
               })
            .get();
    };
    listener.use_identity_as_username = true;
    EXPECT_EQ(ask().first, mqtt::ReasonCode::success);
    on_shard([&] {
        shard->certificates().judge_by([&](const ListenerSettings&) { return &*context; });
        return true;
    }).get();
    const auto [by_login, by_exchange] = ask();
    EXPECT_EQ(by_login, mqtt::ReasonCode::not_authorized);
    ASSERT_TRUE(by_exchange.has_value());
    EXPECT_EQ(by_exchange->code, mqtt::ReasonCode::not_authorized);
    EXPECT_TRUE(log.wait_for("client 'c': its certificate is revoked (CN=anna, serial "));
}

TEST_F(LoginTest, without_a_password_file_anonymous_decides) {
    realms = {std::make_shared<const Realm>()};
    start();
    EXPECT_EQ(code_of("192.0.2.1", "anna", "x"), not_authorized);
    listener.allow_anonymous = true;
    EXPECT_EQ(code_of("192.0.2.1", "anna", "x"), accepted);
    EXPECT_EQ(code_of("192.0.2.1", nullptr, nullptr), accepted);
}

// All at once: none has been answered when the last one comes.
TEST_F(LoginTest, ten_thousand_wrong_logins_lock_out_no_other_address) {
    start();
    auto wrong = connect("192.0.2.1", "anna", "guess", 10'000);
    EXPECT_EQ(code_of("192.0.2.2", "anna", "anna"), accepted);
    EXPECT_EQ(code_of("192.0.2.3", "bert", "bert"), accepted);
    const auto codes = count(wrong);
    EXPECT_EQ(codes.at(not_authorized) + codes.at(unavailable), 10'000);
    EXPECT_GT(codes.at(not_authorized), 2000);
    EXPECT_EQ(code_of("192.0.2.1", "bert", "bert"), not_authorized);
    EXPECT_EQ(code_of("192.0.2.4", "anna", "anna"), accepted);
    EXPECT_TRUE(
        log.wait_for("user 'bert' client 'c10002': too many failed logins from this "
                     "address"));
    // The password was looked at as often as it takes to know, and by those on their way then.
    const auto counted = counters();
    EXPECT_GE(counted.failures, 100U);
    EXPECT_LT(counted.failures, 110U);
    EXPECT_GT(counted.refused_by_address, 1900U);
    Stats stats;
    login->count(stats);
    EXPECT_EQ(stats.logins_failed, counted.failures);
    EXPECT_EQ(stats.logins_slowed, counted.slowed);
    EXPECT_EQ(stats.logins_refused_by_address, counted.refused_by_address);
    EXPECT_EQ(stats.logins_refused_by_user, 0U);
}

TEST_F(LoginTest, an_honest_crowd_behind_one_router_gets_in) {
    start();
    auto crowd = connect("192.0.2.1", "anna", "anna", 2000);
    const auto codes = count(crowd);
    EXPECT_EQ(codes.at(accepted), 2000);
    EXPECT_EQ(counters(), LoginThrottle::Counters());
}

// Behind a proxy that is not declared everybody has this address.
TEST_F(LoginTest, a_storm_from_loopback_locks_nobody_out) {
    start();
    auto wrong = connect("127.0.0.1", "anna", "guess", 500);
    EXPECT_EQ(code_of("127.0.0.1", "bert", "bert"), accepted);
    EXPECT_EQ(code_of("127.0.0.1", "anna", "anna"), accepted);
    EXPECT_EQ(count(wrong), (std::map<int, int>{{not_authorized, 500}}));
    EXPECT_EQ(counters().refused_by_address, 0U);
}

TEST_F(LoginTest, the_answer_to_many_failures_is_delayed_but_not_the_right_ones) {
    LoginThrottleSettings settings;
    settings.slow_after = 1;
    start(settings);
    EXPECT_EQ(code_of("192.0.2.1", "anna", "x"), not_authorized);
    const auto begin = std::chrono::steady_clock::now();
    auto slowed = connect("192.0.2.1", "anna", "x", 3);
    EXPECT_EQ(code_of("192.0.2.1", "bert", "bert"), accepted);
    EXPECT_EQ(count(slowed).at(not_authorized), 3);
    // 100, 200 and 300 ms, by a clock of whole milliseconds.
    EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(290));
    EXPECT_EQ(counters().slowed, 3U);
    EXPECT_EQ(count(slowed = connect("192.0.2.2", "bert", "bert", 3)).at(accepted), 3);
}

TEST_F(LoginTest, settings_change_with_a_reload) {
    LoginThrottleSettings off;
    off.enabled = false;
    start(off);
    auto wrong = connect("192.0.2.1", "anna", "guess", 200);
    EXPECT_EQ(count(wrong), (std::map<int, int>{{not_authorized, 200}}));
    EXPECT_EQ(counters(), (LoginThrottle::Counters{200, 0, 0, 0}));
    on_shard([this] {
        throttle.configure(quick());
        return true;
    }).get();
    wrong = connect("192.0.2.1", "anna", "guess", 200);
    count(wrong);
    EXPECT_GT(counters().refused_by_address, 80U);
}

TEST_F(LoginTest, grants_come_from_the_acl_file_of_the_realm) {
    start();
    EXPECT_TRUE(login->grant({"c", "", false, 0})->may_read("a"));
    EXPECT_FALSE(login->grant({"c", "anna", true, 0})->may_read("a"));
    EXPECT_TRUE(login->grant({"c", "anna", true, 0})->may_write("own/c"));
    EXPECT_FALSE(login->grant({"c+", "anna", true, 0})->may_write("own/c+"));
    EXPECT_TRUE(
        log.wait_for("Client c+: no pattern of the ACL file holds for it, since its id or "
                     "user name contains + or #."));
}

}  // namespace
}  // namespace mq::broker::test
