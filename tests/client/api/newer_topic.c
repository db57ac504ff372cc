/* What libmosquitto 2.1 added about topics: filters of access lists. */
#include "show.h"

#include <mosquitto.h>

static bool is_covered(const char* acl, const char* sub) {
    bool covered = true;
    return mosquitto_sub_matches_acl(acl, sub, &covered) == MOSQ_ERR_SUCCESS && covered;
}

static bool is_covered_for(const char* acl, const char* sub, const char* id, const char* user) {
    bool covered = true;
    return mosquitto_sub_matches_acl_with_pattern(acl, sub, id, user, &covered) ==
               MOSQ_ERR_SUCCESS &&
           covered;
}

static bool matches_for(const char* sub, const char* topic, const char* id, const char* user) {
    bool matches = true;
    return mosquitto_topic_matches_sub_with_pattern(sub, topic, id, user, &matches) ==
               MOSQ_ERR_SUCCESS &&
           matches;
}

static void check_covering(void) {
    CHECK(is_covered("#", "#"));
    CHECK(is_covered("#", "a/+/b"));
    CHECK(is_covered("a/#", "a"));
    CHECK(is_covered("a/#", "a/b/#"));
    CHECK(is_covered("a/+", "a/b"));
    CHECK(is_covered("a/+", "a/+"));
    CHECK(is_covered("+/b", "a/b"));
    CHECK(is_covered("$SYS/#", "$SYS/a"));
    CHECK(!is_covered("a/+", "a/#"));
    CHECK(!is_covered("a/b", "a/+"));
    CHECK(!is_covered("a/b/#", "a"));
    CHECK(!is_covered("a", "a/b"));
    CHECK(!is_covered("a/b", "a"));
    CHECK(!is_covered("#", "$SYS/#"));
    CHECK(!is_covered("+/a", "$SYS/a"));
}

static void check_wrong(void) {
    bool result = true;
    CHECK(mosquitto_sub_matches_acl("a#", "a", &result) == MOSQ_ERR_INVAL);
    CHECK(!result);
    CHECK(mosquitto_sub_matches_acl("a", "#/a", &result) == MOSQ_ERR_INVAL);
    CHECK(mosquitto_sub_matches_acl("", "a", &result) == MOSQ_ERR_INVAL);
    CHECK(mosquitto_sub_matches_acl(NULL, "a", &result) == MOSQ_ERR_INVAL);
    CHECK(mosquitto_sub_matches_acl("a", NULL, &result) == MOSQ_ERR_INVAL);
    CHECK(mosquitto_sub_matches_acl("a", "a", NULL) == MOSQ_ERR_INVAL);
    CHECK(mosquitto_topic_matches_sub_with_pattern("a", "+", "i", "u", &result) == MOSQ_ERR_INVAL);
    CHECK(mosquitto_sub_matches_acl_with_pattern("a#", "a", "i", "u", &result) == MOSQ_ERR_INVAL);
}

static void check_patterns(void) {
    CHECK(matches_for("%c/#", "id/a", "id", NULL));
    CHECK(matches_for("a/%u", "a/me", NULL, "me"));
    CHECK(matches_for("%c/%u", "id/me", "id", "me"));
    CHECK(!matches_for("%c/#", "other/a", "id", "me"));
    CHECK(!matches_for("a/%u", "a/me", "id", NULL));
    CHECK(!matches_for("a/%u", "a/", "id", ""));
    CHECK(!matches_for("a/%u", "a/b", "id", "+"));
    CHECK(!matches_for("a/%u", "a/b/c", "id", "#"));
    CHECK(matches_for("a/x%u", "a/x%u", "id", "me"));

    CHECK(is_covered_for("%c/#", "id/+", "id", NULL));
    CHECK(is_covered_for("a/%u", "a/me", NULL, "me"));
    CHECK(!is_covered_for("a/%u", "a/+", NULL, "+"));
    CHECK(!is_covered_for("a/%u", "a/#", NULL, "#"));
    CHECK(!is_covered_for("a/%u", "a/b/c", NULL, "b/c"));
    CHECK(!is_covered_for("a/%u", "a/me", "id", NULL));
}

/* Where libmosquitto 2.0 is wrong or leaves a pointer that is none. */
static void check_mended(void) {
    static char text[65536 + 1];
    char** levels = NULL;
    int count = 0;
    memset(text, 'a', sizeof text - 1);
    CHECK(mosquitto_pub_topic_check(text) == MOSQ_ERR_INVAL);
    CHECK(mosquitto_sub_topic_check(text) == MOSQ_ERR_INVAL);
    memset(text, '/', 201);
    text[201] = '\0';
    CHECK(mosquitto_pub_topic_check(text) == MOSQ_ERR_INVAL);
    CHECK(mosquitto_sub_topic_check(text) == MOSQ_ERR_INVAL);
    CHECK(mosquitto_pub_topic_check("") == MOSQ_ERR_INVAL);
    CHECK(mosquitto_pub_topic_check2("", 0) == MOSQ_ERR_INVAL);
    CHECK(mosquitto_sub_topic_check("") == MOSQ_ERR_INVAL);
    CHECK(mosquitto_sub_topic_check2("", 0) == MOSQ_ERR_INVAL);
    CHECK(mosquitto_pub_topic_check(NULL) == MOSQ_ERR_INVAL);
    CHECK(mosquitto_pub_topic_check2(NULL, 1) == MOSQ_ERR_INVAL);
    CHECK(mosquitto_sub_topic_check(NULL) == MOSQ_ERR_INVAL);
    CHECK(mosquitto_sub_topic_check2(NULL, 1) == MOSQ_ERR_INVAL);
    CHECK(mosquitto_sub_topic_tokenise("a/b", &levels, &count) == MOSQ_ERR_SUCCESS);
    CHECK(mosquitto_sub_topic_tokens_free(&levels, count) == MOSQ_ERR_SUCCESS);
    CHECK(levels == NULL);
    CHECK(mosquitto_validate_utf8("\xF0\x90", 2) == MOSQ_ERR_MALFORMED_UTF8);
}

int main(void) {
    check_mended();
    check_covering();
    check_wrong();
    check_patterns();
    return finish();
}
