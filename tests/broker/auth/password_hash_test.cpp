#include "broker/auth/password_hash.hpp"

#include <gtest/gtest.h>

#include <string>

namespace mq::broker {
namespace {

// From Mosquitto 2.0, 2.1 and 1.6.
const std::string vector_2_0 =
    "$7$101$Bcva5tKW4DYnfhTI$Q0dEU+hAWxL/2kaH8gtfs8hWWFAtZw7JJIGdzGcw8y+2W2hfqGzpSj3UThXQU8/"
    "exFiqFnDHCG3nBqn3MySbuQ==";
const std::string vector_2_1 =
    "$7$1000$LGsu8hZ6SWlYOsKtX6DzqLe/qfvjGH61czWESbqGsqmK0re92ixaiHeDJwL7N67v8ZE6B2r7ObeiL/"
    "f5O5Q4Hg==$SFfyI8Txw/TBOqGAFws3ZqOqftro5tzS0UUlCO8KvUgWSx17NAW7JZvBWQIjfhYc6eejEeYInTDBXQ/"
    "zJA3NoQ==";
const std::string vector_1_6 =
    "$6$duFvJemlVFFbPLcA$xqLDJbNIvvNE9o+qf2SPDuW9fk0JX0smAXat9HOg6Y0nvRG2nnbnBjRMOZgHDivkQTqdeVg1"
    "zyWsYwqJyWHBbg==";
// From the test program of the algorithm's authors, two lanes.
const std::string vector_argon2 =
    "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc";
// RFC 7677 §3; the keys follow from its password and salt.
const std::string vector_scram =
    "$scram-sha-256$4096$W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=$"
    "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=";

TEST(PasswordHash, checks_known_vectors) {
    struct Case {
        std::string hash;
        std::string password;
    };
    for (const Case& known :
         {Case{vector_2_0, "secret"}, Case{vector_2_1, "secret"}, Case{vector_1_6, "x"},
          Case{vector_argon2, "password"}, Case{vector_scram, "pencil"}}) {
        const auto hash = PasswordHash::parse(known.hash);
        ASSERT_TRUE(hash) << hash.error().what;
        EXPECT_EQ(hash->text(), known.hash);
        EXPECT_TRUE(hash->matches(known.password).value()) << known.hash;
        EXPECT_FALSE(hash->matches(known.password + "x").value()) << known.hash;
        EXPECT_FALSE(hash->matches("").value()) << known.hash;
    }
}

TEST(PasswordHash, round_trip_of_every_kind) {
    const std::string nul_inside("p\0ss w\xC3\xB6rd", 10);
    for (const HashRecipe& recipe :
         {HashRecipe{}, HashRecipe{HashKind::sha512, 1, salt_bytes_short},
          HashRecipe{HashKind::sha512, 1, salt_bytes_long},
          HashRecipe{HashKind::pbkdf2_sha512, 7, salt_bytes_long},
          HashRecipe{HashKind::argon2id, 1, salt_bytes_short},
          HashRecipe{HashKind::scram_sha256, 5000}, HashRecipe{HashKind::scram_sha256}}) {
        const std::string password =
            recipe.kind == HashKind::scram_sha256 ? "p\xC3\xB6" : nul_inside;
        const auto made = PasswordHash::make(password, recipe);
        ASSERT_TRUE(made) << made.error().what;
        const auto read = PasswordHash::parse(made->text());
        ASSERT_TRUE(read) << read.error().what;
        EXPECT_EQ(*read, *made);
        EXPECT_EQ(read->kind(), recipe.kind);
        EXPECT_TRUE(read->matches(password).value());
        EXPECT_FALSE(read->matches("p").value()) << "cut at the NUL byte";
    }
}

TEST(PasswordHash, default_is_readable_by_2_0) {
    const std::string text = PasswordHash::make("secret")->text();
    EXPECT_TRUE(text.starts_with("$7$1000$"));
    EXPECT_EQ(text.size(), std::string("$7$1000$").size() + 16 + 1 + 88);
}

TEST(PasswordHash, argon2id_is_as_2_1_writes_it) {
    const std::string text = PasswordHash::make("x", {HashKind::argon2id, 1, 12})->text();
    EXPECT_TRUE(text.starts_with("$argon2id$v=19$m=47104,t=1,p=1$"));
    EXPECT_EQ(text.size(), std::string("$argon2id$v=19$m=47104,t=1,p=1$").size() + 86 + 1 + 86);
}

TEST(PasswordHash, two_hashes_of_one_password_differ) {
    EXPECT_NE(PasswordHash::make("x")->text(), PasswordHash::make("x")->text());
}

TEST(PasswordHash, decoy_costs_the_same_and_matches_nothing) {
    for (const HashKind kind :
         {HashKind::sha512, HashKind::pbkdf2_sha512, HashKind::argon2id, HashKind::scram_sha256}) {
        const auto hash = PasswordHash::make("x", {kind});
        const auto decoy = hash->decoy();
        ASSERT_TRUE(decoy);
        EXPECT_TRUE(decoy->same_cost(*hash));
        EXPECT_NE(*decoy, *hash);
        EXPECT_FALSE(decoy->matches("x").value());
    }
}

TEST(PasswordHash, broken_texts_are_refused_with_the_reason) {
    const std::string salt12 = "Bcva5tKW4DYnfhTI";
    const std::string hash64 = vector_2_0.substr(vector_2_0.rfind('$') + 1);
    const std::string argon_salt = "c2FsdHNhbHRzYWx0";
    const std::string argon_hash = "AAAAAAAAAAAAAAAAAAAAAA";
    const std::string scram_salt = "W22ZaJ0SNY7soEsUEjb6gQ==";
    const std::string key32 = "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=";
    struct Case {
        std::string text;
        const char* reason;
    };
    const Case cases[] = {
        {"", "begins with none"},
        {"secret", "begins with none"},
        {"$5$" + salt12 + "$" + hash64, "begins with none"},
        {"$argon2i$v=19$m=8,t=1,p=1$" + argon_salt + "$" + argon_hash, "begins with none"},
        {"$6$", "salt of 0 bytes"},
        {"$6$" + salt12, "hash of 0 bytes"},
        {"$6$" + salt12 + "$", "hash of 0 bytes"},
        {"$6$" + salt12 + "$AAAA", "hash of 3 bytes"},
        {"$6$AAAA$" + hash64, "salt of 3 bytes"},
        {"$6$!!!!$" + hash64, "salt is not base64"},
        {"$6$" + salt12 + "$" + hash64 + "$", "hash is not base64"},
        {"$6$" + salt12 + "$" + hash64.substr(0, 86), "hash is not base64"},
        {"$7$" + salt12 + "$" + hash64, "iterations"},
        {"$7$0$" + salt12 + "$" + hash64, "iterations"},
        {"$7$-1$" + salt12 + "$" + hash64, "iterations"},
        {"$7$+1$" + salt12 + "$" + hash64, "iterations"},
        {"$7$1x$" + salt12 + "$" + hash64, "iterations"},
        {"$7$$" + salt12 + "$" + hash64, "iterations"},
        {"$7$1000001$" + salt12 + "$" + hash64, "iterations must be a number from 1 to 1000000"},
        {"$7$99999999999999999999$" + salt12 + "$" + hash64, "iterations"},
        {"$7$101", "salt of 0 bytes"},
        {"$argon2id$v=18$m=8,t=1,p=1$" + argon_salt + "$" + argon_hash, "version"},
        {"$argon2id$v=19$m=8,t=1$" + argon_salt + "$" + argon_hash, "m=KIB,t=PASSES,p=LANES"},
        {"$argon2id$v=19$m=8,t=1,p=1,x=2$" + argon_salt + "$" + argon_hash, "m=KIB"},
        {"$argon2id$v=19$m=131073,t=1,p=1$" + argon_salt + "$" + argon_hash, "memory"},
        {"$argon2id$v=19$m=8,t=17,p=1$" + argon_salt + "$" + argon_hash, "passes"},
        {"$argon2id$v=19$m=8,t=0,p=1$" + argon_salt + "$" + argon_hash, "passes"},
        {"$argon2id$v=19$m=1024,t=1,p=17$" + argon_salt + "$" + argon_hash, "lanes"},
        {"$argon2id$v=19$m=15,t=1,p=2$" + argon_salt + "$" + argon_hash, "8 KiB a lane"},
        {"$argon2id$v=19$m=8,t=1,p=1$AAAA$" + argon_hash, "salt of 3 bytes"},
        {"$argon2id$v=19$m=8,t=1,p=1$" + argon_salt + "$AAAA", "hash of 3 bytes"},
        {"$argon2id$v=19$m=8,t=1,p=1$" + argon_salt + "$" + argon_hash + "==", "not base64"},
        {"$argon2id$", "m=KIB"},
        {"$scram-sha-256$", "iterations must be a number from 4096 to 1000000"},
        {"$scram-sha-1$4096$" + scram_salt + "$" + key32 + "$" + key32, "begins with none"},
        {"$scram-sha-256$4095$" + scram_salt + "$" + key32 + "$" + key32, "iterations"},
        {"$scram-sha-256$1000001$" + scram_salt + "$" + key32 + "$" + key32, "iterations"},
        {"$scram-sha-256$4096$!$" + key32 + "$" + key32, "salt is not base64"},
        {"$scram-sha-256$4096$" + argon_salt + "$" + key32 + "$" + key32, "salt of 12 bytes"},
        {"$scram-sha-256$4096$" + hash64 + "AAAA$" + key32 + "$" + key32, "salt is not base64"},
        {"$scram-sha-256$4096$" + std::string(88, 'A') + "$" + key32 + "$" + key32, "66 bytes"},
        {"$scram-sha-256$4096$" + scram_salt, "key of 0 bytes"},
        {"$scram-sha-256$4096$" + scram_salt + "$" + key32, "key of 0 bytes"},
        {"$scram-sha-256$4096$" + scram_salt + "$?$" + key32, "stored key is not base64"},
        {"$scram-sha-256$4096$" + scram_salt + "$" + key32 + "$?", "server key is not base64"},
        {"$scram-sha-256$4096$" + scram_salt + "$" + key32 + "$AAAA", "key of 3 bytes"},
        {vector_scram + "$", "server key is not base64"},
    };
    for (const Case& broken : cases) {
        const auto hash = PasswordHash::parse(broken.text);
        ASSERT_FALSE(hash) << broken.text;
        EXPECT_NE(hash.error().what.find(broken.reason), std::string::npos)
            << broken.text << " -> " << hash.error().what;
    }
}

TEST(PasswordHash, iterations_out_of_bounds_are_not_written) {
    EXPECT_FALSE(PasswordHash::make("x", {HashKind::pbkdf2_sha512, 0, 12}));
    EXPECT_FALSE(PasswordHash::make("x", {HashKind::pbkdf2_sha512, pbkdf2_iterations_max + 1, 12}));
    EXPECT_FALSE(PasswordHash::make("x", {HashKind::scram_sha256, scram_iterations_min - 1}));
    EXPECT_FALSE(PasswordHash::make("x", {HashKind::scram_sha256, pbkdf2_iterations_max + 1}));
}

TEST(PasswordHash, scram_has_a_form_of_its_own) {
    const std::string text = PasswordHash::make("x", {HashKind::scram_sha256})->text();
    EXPECT_TRUE(text.starts_with("$scram-sha-256$4096$"));
    EXPECT_EQ(text.size(), std::string("$scram-sha-256$4096$").size() + 24 + 1 + 44 + 1 + 44);
}

TEST(PasswordHash, scram_refuses_what_clients_would_not_send_alike) {
    for (const std::string password : {"", "a\tb", "a\x7f", "\xC2\x9F", "\xFF", "\xC3"}) {
        EXPECT_FALSE(PasswordHash::make(password, {HashKind::scram_sha256})) << password;
    }
    EXPECT_TRUE(PasswordHash::make("\xC3\xA4 \xE2\x82\xAC", {HashKind::scram_sha256}));
}

}  // namespace
}  // namespace mq::broker
