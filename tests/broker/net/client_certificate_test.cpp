#include "broker/net/client_certificate.hpp"

#include "broker/net/tls_context.hpp"
#include "tests/broker/net/certificates.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace mq::broker::test {
namespace {

using testing::StartsWith;

/// What a client has shown, held against revocation lists.
class RevocationLists : public testing::Test {
 protected:
    RevocationLists() {
        const Signed own = make_certificate({});
        config.certfile = folder.write("cert.pem", own.certificate_pem());
        config.keyfile = folder.write("key.pem", own.key_pem());
        config.cafile = folder.write("ca.pem", authority.certificate_pem());
    }

    /// Which certificate of the chain these lists name.
    std::string revoked(std::initializer_list<const Signed*> chain, const std::string& lists) {
        config.crlfile = lists.empty() ? "" : folder.write("crl.pem", lists);
        const auto context = TlsContext::create(config);
        return context ? shown(chain)->revoked_by(context->get()) : context.error().what;
    }

    const Signed authority = make_certificate({.common_names = {"A"}, .authority = true});
    const Signed anna = make_certificate({.common_names = {"anna"}}, &authority);
    const Signed berta = make_certificate({.common_names = {"berta"}}, &authority);
    const Folder folder;
    ListenerConfig config;
};

TEST_F(RevocationLists, NameWhomTheyRevoke) {
    EXPECT_EQ(revoked({&anna, &authority}, ""), "");
    EXPECT_EQ(revoked({&anna, &authority}, revocation_pem(authority, {})), "");
    EXPECT_EQ(revoked({&anna, &authority}, revocation_pem(authority, {&berta})), "");
    EXPECT_THAT(revoked({&anna, &authority}, revocation_pem(authority, {&berta, &anna})),
                StartsWith("CN=anna, serial "));
}

TEST_F(RevocationLists, HoldForTheWholeChain) {
    const Signed between = make_certificate({.common_names = {"B"}, .authority = true}, &authority);
    const Signed carla = make_certificate({.common_names = {"carla"}}, &between);
    const std::string none = revocation_pem(between, {});
    EXPECT_EQ(revoked({&carla, &between, &authority}, none + revocation_pem(authority, {})), "");
    EXPECT_THAT(
        revoked({&carla, &between, &authority}, none + revocation_pem(authority, {&between})),
        StartsWith("CN=B, serial "));
    EXPECT_THAT(revoked({&carla}, revocation_pem(between, {&carla})), StartsWith("CN=carla"));
}

TEST_F(RevocationLists, OfAnotherKeyUnderTheSameNameAreNotMeant) {
    const Signed renewed = make_certificate({.common_names = {"A"}, .authority = true});
    EXPECT_EQ(revoked({&anna, &authority}, revocation_pem(renewed, {&anna})), "");
}

TEST_F(RevocationLists, HoldAlsoWhenTheyAreOutOfDate) {
    EXPECT_THAT(revoked({&anna}, revocation_pem(authority, {&anna}, -30)), StartsWith("CN=anna"));
}

}  // namespace
}  // namespace mq::broker::test
