#include "broker/auth/base64.hpp"
#include "broker/auth/password_table.hpp"
#include "broker/auth/scram_keys.hpp"
#include "broker/auth/scram_message.hpp"
#include "broker/auth/scram_server.hpp"
#include "tests/broker/auth/scram_client.hpp"

#include <gtest/gtest.h>

#include <string>

namespace mq::broker {
namespace {

using test::client_final;

// RFC 7677 §3: user "user", password "pencil".
const std::string rfc_entry =
    "$scram-sha-256$4096$W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=$"
    "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=";
const std::string rfc_client_nonce = "rOprNGfwEbeRWgbNEkqO";
const std::string rfc_server_nonce = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
const std::string rfc_client_first = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO";
const std::string rfc_server_first =
    "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
const std::string rfc_client_final =
    "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
    "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
const std::string rfc_server_final = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

PasswordTable table_of(const std::string& text) {
    return PasswordTable::make(PasswordFile::parse(text)).value();
}

ScramServer server_for(const PasswordTable& table) {
    return {rfc_server_nonce,
            [&table](std::string_view user) { return table.scram_account(user); }};
}

TEST(Scram, the_vector_of_rfc_7677) {
    const PasswordTable table = table_of("user:" + rfc_entry + "\n");
    ScramServer server = server_for(table);
    EXPECT_EQ(server.step(rfc_client_first).value(), rfc_server_first);
    EXPECT_FALSE(server.accepted());
    EXPECT_EQ(server.step(rfc_client_final).value(), rfc_server_final);
    EXPECT_TRUE(server.accepted());
    EXPECT_EQ(server.user(), "user");
    EXPECT_FALSE(server.step(rfc_client_final)) << "an exchange ends with its last message";
    EXPECT_FALSE(server.accepted());
}

TEST(Scram, a_wrong_password_and_an_unknown_user_fail_in_the_same_words) {
    const PasswordTable table = table_of("user:" + rfc_entry + "\n");
    std::string told[2];
    for (const bool known : {false, true}) {
        ScramServer server = server_for(table);
        const std::string bare = std::string(known ? "n=user" : "n=nobody") + ",r=abc";
        const auto answer = server.step("n,," + bare);
        ASSERT_TRUE(answer);
        const auto last = server.step(client_final("wrong", "n,,", bare, *answer));
        ASSERT_FALSE(last);
        EXPECT_FALSE(server.accepted());
        EXPECT_TRUE(server.proof_was_wrong());
        told[known ? 1 : 0] = last.error().what;
    }
    EXPECT_EQ(told[0], told[1]);
}

TEST(Scram, a_decoy_looks_like_an_entry_and_stays_the_same) {
    const std::string file = "user:" + rfc_entry + "\nplain:" + PasswordHash::make("x")->text();
    const PasswordTable table = table_of(file);
    const auto real = table.scram_account("user");
    const auto decoy = table.scram_account("nobody");
    ASSERT_TRUE(real && decoy);
    EXPECT_TRUE(real->known);
    EXPECT_FALSE(decoy->known);
    EXPECT_EQ(decoy->salt.size(), real->salt.size());
    EXPECT_EQ(decoy->iterations, real->iterations);
    EXPECT_NE(decoy->salt, table.scram_account("nobody2")->salt);
    EXPECT_EQ(decoy->salt, table_of(file).scram_account("nobody")->salt) << "after a restart";
    EXPECT_NE(decoy->salt, table_of("user:" + rfc_entry).scram_account("nobody")->salt)
        << "depends on what only readers of the file know";
    EXPECT_FALSE(table.scram_account("plain")->known) << "an entry of another kind has no keys";
}

TEST(Scram, is_offered_only_where_there_is_an_entry) {
    EXPECT_TRUE(table_of("user:" + rfc_entry).has_scram());
    EXPECT_FALSE(table_of("user:" + PasswordHash::make("x")->text()).has_scram());
    EXPECT_FALSE(PasswordTable().has_scram());
}

TEST(Scram, flags_identities_and_escaped_names_are_taken) {
    const auto made = PasswordHash::make("s=p,ü ", {HashKind::scram_sha256});
    ASSERT_TRUE(made);
    const PasswordTable table = table_of("a=b,c:" + made->text());
    for (const std::string header : {"n,,", "y,,", "n,a=a=3Db=2Cc,", "y,a=a=3Db=2Cc,"}) {
        ScramServer server = server_for(table);
        const std::string bare = "n=a=3Db=2Cc,r=abc,x=any=thing,Y=z";
        const auto answer = server.step(header + bare);
        ASSERT_TRUE(answer) << header << answer.error().what;
        EXPECT_EQ(server.user(), "a=b,c");
        EXPECT_TRUE(server.step(client_final("s=p,ü ", header, bare, *answer))) << header;
        EXPECT_TRUE(server.accepted());
    }
}

TEST(Scram, what_the_last_message_repeats_must_be_right) {
    const PasswordTable table = table_of("user:" + rfc_entry);
    const auto problem_of = [&](const std::string& header, const std::string& nonce) {
        ScramServer server = server_for(table);
        EXPECT_TRUE(server.step(rfc_client_first));
        // The nonce of another exchange, with a proof that is right for it.
        const std::string other_first = "r=" + nonce + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
        const auto last = server.step(
            client_final("pencil", header, "n=user,r=" + rfc_client_nonce, other_first));
        EXPECT_EQ(server.accepted(), last.has_value());
        EXPECT_FALSE(server.proof_was_wrong());
        return last ? std::string() : last.error().what;
    };
    const std::string nonce = rfc_client_nonce + rfc_server_nonce;
    EXPECT_EQ(problem_of("n,,", nonce), "");
    EXPECT_NE(problem_of("y,,", nonce).find("another GS2 header"), std::string::npos)
        << "the channel's flag was changed on the way";
    EXPECT_NE(problem_of("n,,", rfc_client_nonce).find("another nonce"), std::string::npos);
    EXPECT_NE(problem_of("n,,", nonce + "x").find("another nonce"), std::string::npos);
}

TEST(Scram, broken_first_messages_are_refused_with_the_reason) {
    struct Case {
        std::string message;
        const char* reason;
    };
    const Case cases[] = {
        {"", "neither n nor y"},
        {"n", "no user name"},
        {"n,,", "no user name"},
        {"n,n=user,r=a", "authorization identity"},
        {"n,a=,n=user,r=a", "authorization identity"},
        {"n,a=other,n=user,r=a", "another user"},
        {"n,a=us=er,n=user,r=a", "another user"},
        {"p=tls-exporter,,n=user,r=a", "channel binding"},
        {"z,,n=user,r=a", "neither n nor y"},
        {"n,,m=x,n=user,r=a", "demands an extension"},
        {"n,,r=a,n=user", "no user name"},
        {"n,,n=,r=a", "must not be empty"},
        {"n,,n=a=2cb,r=a", "no user name"},
        {"n,,n=a=b,r=a", "no user name"},
        {"n,,n=a=,r=a", "no user name"},
        {"n,,n=a\x01"
         "b,r=a",
         "control characters"},
        {"n,,n=a\xC2\x85,r=a", "control characters"},
        {"n,,n=\xFF,r=a", "not UTF-8"},
        {std::string("n,,n=a\0b,r=a", 12), "not UTF-8"},
        {"n,,n=user", "nonce"},
        {"n,,n=user,r=", "nonce"},
        {"n,,n=user,r=a b", "nonce"},
        {"n,,n=user,r=\xC3\xA4", "nonce"},
        {"n,,n=user,r=" + std::string(scram_nonce_bytes_max + 1, 'a'), "nonce"},
        {"n,,n=user,r=a,", ""},
        {"n,,n=user,r=a,x", "extension"},
        {"n,,n=user,r=a,x=", "extension"},
        {"n,,n=user,r=a,1=x", "extension"},
        {"n,,n=user,r=a,,x=y", "extension"},
        {"n,,n=user,r=" + std::string(scram_nonce_bytes_max, 'a'), ""},
    };
    for (const Case& broken : cases) {
        const auto parsed = parse_scram_client_first(broken.message);
        const std::string what = parsed ? "" : parsed.error().what;
        EXPECT_EQ(parsed.has_value(), *broken.reason == '\0') << broken.message << what;
        EXPECT_NE(what.find(broken.reason), std::string::npos) << broken.message << " -> " << what;
    }
}

TEST(Scram, broken_last_messages_are_refused_with_the_reason) {
    const std::string proof = ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
    struct Case {
        std::string message;
        const char* reason;
    };
    const Case cases[] = {
        {"", "proof of 32 bytes"},
        {"c=biws,r=abc", "proof of 32 bytes"},
        {"c=biws,r=abc,p=", "proof of 32 bytes"},
        {"c=biws,r=abc,p=AAAA", "proof of 32 bytes"},
        {"c=biws,r=abc,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ", "proof of 32 bytes"},
        {"c=biws,r=abc" + proof + ",x=y", "proof of 32 bytes"},
        {proof.substr(1), "proof of 32 bytes"},
        {proof, "GS2 header"},
        {"r=abc" + proof, "GS2 header"},
        {"c=b!ws,r=abc" + proof, "GS2 header"},
        {"c=biws" + proof, "nonce"},
        {"c=biws,r=" + proof, "nonce"},
        {"c=biws,r=abc,?" + proof, "extension"},
        {"c=biws,r=\xFF" + proof, "not UTF-8"},
        {"c=biws,r=abc,x=y" + proof, ""},
    };
    for (const Case& broken : cases) {
        const auto parsed = parse_scram_client_final(broken.message);
        const std::string what = parsed ? "" : parsed.error().what;
        EXPECT_EQ(parsed.has_value(), *broken.reason == '\0') << broken.message << what;
        EXPECT_NE(what.find(broken.reason), std::string::npos) << broken.message << " -> " << what;
    }
}

TEST(Scram, a_broken_message_ends_the_exchange) {
    const PasswordTable table = table_of("user:" + rfc_entry);
    ScramServer server = server_for(table);
    EXPECT_FALSE(server.step("?"));
    EXPECT_FALSE(server.step(rfc_client_first));
}

TEST(Scram, nonces_are_printable_and_differ) {
    const auto one = make_scram_nonce();
    ASSERT_TRUE(one);
    EXPECT_EQ(one->size(), 24U);
    EXPECT_EQ(one->find(','), std::string::npos);
    EXPECT_NE(*one, *make_scram_nonce());
}

}  // namespace
}  // namespace mq::broker
