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

TEST(PasswordHash, checks_known_vectors) {
    struct Case {
        std::string hash;
        std::string password;
    };
    for (const Case& known : {Case{vector_2_0, "secret"}, Case{vector_2_1, "secret"},
                              Case{vector_1_6, "x"}, Case{vector_argon2, "password"}}) {
        const auto hash = PasswordHash::parse(known.hash);
        ASSERT_TRUE(hash) << hash.error().what;
        EXPECT_EQ(hash->text(), known.hash);
        EXPECT_TRUE(hash->matches(known.password).value()) << known.hash;
        EXPECT_FALSE(hash->matches(known.password + "x").value()) << known.hash;
        EXPECT_FALSE(hash->matches("").value()) << known.hash;
    }
}

TEST(PasswordHash, round_trip_of_every_kind) {
    const std::string password("p\0ss w\xC3\xB6rd", 10);
    for (const HashRecipe& recipe :
         {HashRecipe{}, HashRecipe{HashKind::sha512, 1, salt_bytes_short},
          HashRecipe{HashKind::sha512, 1, salt_bytes_long},
          HashRecipe{HashKind::pbkdf2_sha512, 7, salt_bytes_long},
          HashRecipe{HashKind::argon2id, 1, salt_bytes_short}}) {
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
    for (const HashKind kind : {HashKind::sha512, HashKind::pbkdf2_sha512, HashKind::argon2id}) {
        const auto hash = PasswordHash::make("x", {kind, 9, 12});
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
}

}  // namespace
}  // namespace mq::broker
