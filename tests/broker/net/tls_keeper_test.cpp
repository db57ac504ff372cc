#include "broker/net/tls_keeper.hpp"

#include "tests/broker/net/certificates.hpp"
#include "tests/broker/net/running_shard.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace mq::broker::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A shard that does not run, with a keeper that looks when it is told to.
class KeptTls : public testing::Test {
 protected:
    KeptTls() : shard(std::move(*Shard::create(log))) {
        BrokerSetup setup;
        setup.limits = &limits;
        setup.access = &access;
        setup.log = &log;
        shard->make_broker(setup);
        config.certfile = folder.path("cert.pem");
        config.keyfile = folder.path("key.pem");
    }

    Signed write_pair(int valid_to_s = 86400 * 90 + 60) {
        Signed made = make_certificate({.valid_to_s = valid_to_s});
        folder.write("cert.pem", made.certificate_pem());
        folder.write("key.pem", made.key_pem());
        return made;
    }
    void keep() { keeper = std::move(*TlsKeeper::create(*shard, config, 8883, {})); }
    [[nodiscard]] std::string days_left() const { return days_of(keeper->context()); }
    static std::string days_of(const TlsContext& context) {
        return std::to_string(*context.certificate_seconds_left() / 86400);
    }

    ListLog log;
    OpenAccess access;
    Limits limits;
    const Folder folder;
    ListenerConfig config;
    std::unique_ptr<Shard> shard;
    std::unique_ptr<TlsKeeper> keeper;
};

TEST_F(KeptTls, UnchangedFilesAreLeftAlone) {
    write_pair();
    keep();
    const auto* before = keeper->context().get();
    keeper->look();
    EXPECT_EQ(keeper->context().get(), before);
    EXPECT_THAT(log.lines(), IsEmpty());
}

TEST_F(KeptTls, ChangedPairIsTakenIntoUse) {
    write_pair();
    keep();
    write_pair(86400 * 40 + 60);
    keeper->look();
    EXPECT_EQ(days_left(), "40");
    EXPECT_THAT(log.lines(), ElementsAre("TLS files of port 8883 have changed and are in use."));
}

TEST_F(KeptTls, PairThatDoesNotMatchIsToldOnceAndTakenWhenItDoes) {
    write_pair();
    keep();
    const Signed next = make_certificate({.valid_to_s = 86400 * 40 + 60});
    folder.write("cert.pem", next.certificate_pem());
    keeper->look();
    keeper->look();
    EXPECT_EQ(days_left(), "90");
    EXPECT_THAT(log.lines(), ElementsAre("Error: cannot load keyfile " + config.keyfile +
                                         ": it does not belong to certfile " + config.certfile +
                                         "; port 8883 stays with what was read before."));
    folder.write("key.pem", next.key_pem());
    keeper->look();
    EXPECT_EQ(days_left(), "40");
}

TEST_F(KeptTls, LostFileLeavesTheOldOneInUse) {
    write_pair();
    keep();
    ASSERT_EQ(std::remove(config.keyfile.c_str()), 0);
    keeper->look();
    EXPECT_EQ(days_left(), "90");
    EXPECT_THAT(log.lines(), ElementsAre(HasSubstr("No such file or directory; port 8883 stays")));
}

TEST_F(KeptTls, EveryFileIsWatched) {
    const Signed authority = make_certificate({.authority = true});
    const Signed pair = write_pair();
    const std::string content[] = {pair.certificate_pem(), pair.key_pem(),
                                   authority.certificate_pem(), revocation_pem(authority, {}),
                                   dh_parameters_pem()};
    const char* const names[] = {"cert.pem", "key.pem", "ca.pem", "crl.pem", "dh.pem"};
    for (std::size_t i = 0; i < 5; ++i) {
        folder.write(names[i], content[i]);
    }
    config.cafile = folder.path("ca.pem");
    config.crlfile = folder.path("crl.pem");
    config.dhparamfile = folder.path("dh.pem");
    keep();
    for (std::size_t i = 0; i < 5; ++i) {
        log.forget();
        folder.write(names[i], content[i]);
        keeper->look();
        EXPECT_THAT(log.lines(), ElementsAre(HasSubstr("have changed"))) << names[i];
    }
}

/// A client that is never read from or written to.
struct Bystander final : Outlet {
    void flush_later() override {}
    void close_later() override { closed = true; }
    void resume() override {}
    bool closed = false;
};

TEST_F(KeptTls, NewRevocationListEndsWhomItNames) {
    const Signed authority = make_certificate({.authority = true});
    const Signed anna = make_certificate({.common_names = {"anna"}}, &authority);
    config.cafile = folder.write("ca.pem", authority.certificate_pem());
    config.crlfile = folder.write("crl.pem", revocation_pem(authority, {}));
    write_pair();
    keep();
    shard->certificates().judge_by([this](const ListenerSettings&) { return &keeper->context(); });
    Bystander client;
    Peer peer{"192.0.2.1", 5, {}};
    peer.proof().certificate = shown({&anna});
    const ListenerSettings settings;
    shard->broker().open(client, settings, std::move(peer), shard->now());
    keeper->look();
    EXPECT_FALSE(client.closed);
    folder.write("crl.pem", revocation_pem(authority, {&anna}));
    keeper->look();
    EXPECT_TRUE(client.closed);
    EXPECT_THAT(log.lines(),
                Contains(HasSubstr("Client [192.0.2.1:5]: its certificate is revoked (CN=anna")));
}

TEST_F(KeptTls, CertificateThatExpiresSoonIsWarnedOfOnceADay) {
    write_pair(86400 * 14 + 60);
    keep();
    keeper->look();
    keeper->look();
    EXPECT_THAT(log.lines(), ElementsAre("The certificate " + config.certfile +
                                         " of port 8883 expires in 14 days."));
    // A new one is good, and the next one that is not is told at once.
    write_pair();
    keeper->look();
    log.forget();
    write_pair(3600);
    keeper->look();
    EXPECT_THAT(log.lines(), Contains(HasSubstr(" expires within a day.")));
}

TEST_F(KeptTls, ExpiredCertificateAndRevocationListAreToldOf) {
    const Signed authority = make_certificate({.authority = true});
    config.cafile = folder.write("ca.pem", authority.certificate_pem());
    config.crlfile = folder.write("crl.pem", revocation_pem(authority, {}, -30));
    write_pair(-30);
    keep();
    keeper->look();
    EXPECT_THAT(log.lines(), ElementsAre(HasSubstr("of port 8883 has expired"),
                                         HasSubstr("crl.pem of port 8883 is out of date")));
}

}  // namespace
}  // namespace mq::broker::test
