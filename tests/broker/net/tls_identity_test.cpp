#include "broker/net/tls_identity.hpp"

#include "tests/broker/net/certificates.hpp"

#include <gtest/gtest.h>

#include <string>

namespace mq::broker::test {
namespace {

std::string common_name(std::vector<std::string> names) {
    return common_name_of(make_certificate({.common_names = std::move(names)}).certificate.get());
}

TEST(TlsIdentity, IsTheCommonName) {
    EXPECT_EQ(common_name({"anna"}), "anna");
    EXPECT_EQ(common_name({"k\xC3\xBC\x63he"}), "k\xC3\xBC\x63he");
    EXPECT_EQ(common_name({"first", "second"}), "first");
}

TEST(TlsIdentity, IsEmptyWithoutAUsableName) {
    EXPECT_EQ(common_name({}), "");
    EXPECT_EQ(common_name({std::string("an\0na", 5)}), "");
    EXPECT_EQ(common_name({"an\nna"}), "");
    EXPECT_EQ(common_name({"an\x7Fna"}), "");
    EXPECT_EQ(common_name({"an\xC2\x85na"}), "");
}

TEST(TlsIdentity, SubjectIsInTheFormOfRfc2253) {
    const Signed plain = make_certificate({.common_names = {"anna"}, .organization = "Home, Inc"});
    EXPECT_EQ(subject_of(plain.certificate.get()), "CN=anna,O=Home\\, Inc");
    const Signed odd = make_certificate({.common_names = {"a\nb"}});
    EXPECT_EQ(subject_of(odd.certificate.get()), "CN=a\\0Ab");
    const Signed empty = make_certificate({.common_names = {}});
    EXPECT_EQ(subject_of(empty.certificate.get()), "");
}

TEST(TlsIdentity, OfAKeyIsRefusedWhereItCannotBeAUserName) {
    EXPECT_EQ(user_name_of("sensor-1"), "sensor-1");
    EXPECT_EQ(user_name_of("a\xFF"), "");
    EXPECT_EQ(user_name_of("a\tb"), "");
    EXPECT_EQ(user_name_of(std::string(65536, 'a')), "");
}

}  // namespace
}  // namespace mq::broker::test
