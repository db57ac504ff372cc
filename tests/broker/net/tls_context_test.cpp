#include "broker/net/tls_context.hpp"

#include "tests/broker/net/certificates.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

namespace mq::broker::test {
namespace {

using testing::HasSubstr;

/// Files of a listener that are good, for tests that spoil one.
class TlsContextFiles : public testing::Test {
 protected:
    TlsContextFiles() {
        config.certfile = folder.write("cert.pem", own.certificate_pem());
        config.keyfile = folder.write("key.pem", own.key_pem());
    }

    [[nodiscard]] std::string problem() const {
        const auto made = TlsContext::create(config);
        return made ? "none" : made.error().what;
    }

    const Signed own = make_certificate({});
    const Folder folder;
    ListenerConfig config;
};

TEST_F(TlsContextFiles, AreLoaded) {
    const Signed authority = make_certificate({.common_names = {"A"}, .authority = true});
    config.cafile = folder.write("ca.pem", authority.certificate_pem());
    config.crlfile = folder.write("crl.pem", revocation_pem(authority, {}));
    config.capath = folder.path("");
    config.require_certificate = true;
    config.dhparamfile = folder.write("dh.pem", dh_parameters_pem());
    EXPECT_EQ(problem(), "none");
}

TEST_F(TlsContextFiles, MissingOnesAreNamedWithTheReason) {
    const std::string nowhere = folder.path("nowhere.pem");
    for (std::string ListenerConfig::*path :
         {&ListenerConfig::certfile, &ListenerConfig::keyfile, &ListenerConfig::cafile,
          &ListenerConfig::crlfile, &ListenerConfig::dhparamfile}) {
        const std::string before = std::exchange(config.*path, nowhere);
        EXPECT_THAT(problem(), HasSubstr("file: cannot open " + nowhere + ": No such file"));
        config.*path = before;
    }
    config.capath = nowhere;
    EXPECT_EQ(problem(), "Error: cannot load capath " + nowhere + ": there is no such folder");
}

TEST_F(TlsContextFiles, OnesWithoutWhatTheyShouldHoldAreNamed) {
    const std::string empty = folder.write("empty.pem", "nothing\n");
    const struct {
        std::string ListenerConfig::*path;
        const char* expected;
    } cases[] = {
        {&ListenerConfig::certfile, "certfile PATH: there is no PEM certificate in it"},
        {&ListenerConfig::keyfile, "keyfile PATH: there is no good PEM private key in it"},
        {&ListenerConfig::cafile, "cafile PATH: there is no PEM certificate in it"},
        {&ListenerConfig::crlfile, "crlfile PATH: there is no PEM revocation list in it"},
        {&ListenerConfig::dhparamfile,
         "dhparamfile PATH: there are no PEM Diffie-Hellman parameters in it"},
    };
    for (const auto& one : cases) {
        const std::string before = std::exchange(config.*one.path, empty);
        std::string expected = one.expected;
        expected.replace(expected.find("PATH"), 4, empty);
        EXPECT_EQ(problem(), "Error: cannot load " + expected);
        config.*one.path = before;
    }
}

TEST_F(TlsContextFiles, BrokenCertificateIsAProblem) {
    std::string pem = own.certificate_pem();
    pem.replace(pem.find("\nMII") + 1, 8, "AAAAAAAA");
    config.certfile = folder.write("cert.pem", pem);
    EXPECT_THAT(problem(), HasSubstr("cannot load certfile " + config.certfile + ": "));
    // Also behind a good one, in the chain.
    config.certfile = folder.write("cert.pem", own.certificate_pem() + pem);
    EXPECT_THAT(problem(), HasSubstr("cannot load certfile " + config.certfile + ": "));
}

TEST_F(TlsContextFiles, KeyOfAnotherCertificateIsAProblem) {
    config.keyfile = folder.write("key.pem", make_certificate({}).key_pem());
    EXPECT_EQ(problem(), "Error: cannot load keyfile " + config.keyfile +
                             ": it does not belong to certfile " + config.certfile);
}

TEST_F(TlsContextFiles, KeyWithAPasswordIsAProblemThatSaysWhatToDo) {
    config.keyfile = folder.write("key.pem", own.key_pem("secret"));
    const auto made = TlsContext::create(config);
    ASSERT_FALSE(made);
    EXPECT_THAT(made.error().what, HasSubstr(": it needs a password"));
    EXPECT_THAT(made.error().next, HasSubstr("openssl pkey -in " + config.keyfile));
}

TEST_F(TlsContextFiles, CiphersThatDoNotExistAreAProblem) {
    config.ciphers = "NO-SUCH";
    EXPECT_EQ(problem(), "Error: cannot use ciphers NO-SUCH: no cipher match");
    config.ciphers.clear();
    config.ciphers_tls1_3 = "NO-SUCH";
    EXPECT_EQ(problem(), "Error: cannot use ciphers_tls1.3 NO-SUCH: no cipher match");
}

TEST_F(TlsContextFiles, HintThatIsTooLongIsAProblem) {
    config = {};
    config.psk_hint.assign(300, 'h');
    EXPECT_EQ(problem(), "Error: cannot use the psk_hint: data length too long");
}

TEST_F(TlsContextFiles, HintWithoutKeysIsAProblem) {
    config = {};
    config.psk_hint = "h";
    EXPECT_EQ(problem(), "Error: a listener with psk_hint needs a psk_file.");
}

}  // namespace
}  // namespace mq::broker::test
