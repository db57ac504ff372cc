/* Topics and filters: what is valid, what matches, how they are split. */
#include "show.h"

#include <mosquitto.h>

static const char* const texts[] = {
    "a",   "a/b",   "/",     "//",   "+",      "#",      "a/+",        "a/#",  "+/a",
    "#/a", "a/#/b", "a/+/b", "a+",   "a#",     "a/b+",   "a/+b",       "a/#b", "+a/b",
    "/+",  "/#",    "+/+/#", "$SYS", "$SYS/#", "$SYS/+", "$share/g/a", "a b",  "\xC3\xA4/\xC3\xB6",
    "+/",  "+//+",  "##",    "++",   "a//b"};
enum { text_count = sizeof texts / sizeof *texts };

static void show_checks(void) {
    int i;
    for (i = 0; i < text_count; ++i) {
        printf("'%s': publish %d %d, subscribe %d %d\n", texts[i],
               mosquitto_pub_topic_check(texts[i]),
               mosquitto_pub_topic_check2(texts[i], strlen(texts[i])),
               mosquitto_sub_topic_check(texts[i]),
               mosquitto_sub_topic_check2(texts[i], strlen(texts[i])));
    }
    SHOW_INT(mosquitto_pub_topic_check2("a+", 1));
    SHOW_INT(mosquitto_sub_topic_check2("a/#/", 3));
}

/* Lengths at the limits: 65535 bytes, 200 slashes. */
static void show_limits(void) {
    static char text[65537 + 1];
    memset(text, 'a', sizeof text - 1);
    text[65535] = '\0';
    SHOW_INT(mosquitto_pub_topic_check(text));
    SHOW_INT(mosquitto_sub_topic_check(text));
    text[65535] = 'a';
    SHOW_INT(mosquitto_pub_topic_check2(text, 65536));
    memset(text, '/', 201);
    text[200] = '\0';
    SHOW_INT(mosquitto_pub_topic_check(text));
    SHOW_INT(mosquitto_sub_topic_check(text));
}

static void show_match(const char* sub, const char* topic) {
    bool matches = true;
    bool matches2 = true;
    const int result = mosquitto_topic_matches_sub(sub, topic, &matches);
    const int result2 =
        mosquitto_topic_matches_sub2(sub, strlen(sub), topic, strlen(topic), &matches2);
    printf("'%s' '%s': %d %d, %d %d\n", sub, topic, result, matches, result2, matches2);
}

static void show_tokens(const char* topic) {
    char** levels = NULL;
    int count = -1;
    int i;
    const int result = mosquitto_sub_topic_tokenise(topic, &levels, &count);
    printf("'%s': %d, %d levels:", topic, result, count);
    for (i = 0; result == 0 && i < count; ++i) {
        printf(" [%s]", levels[i] == NULL ? "NULL" : levels[i]);
    }
    printf("\n");
    if (result == 0) {
        SHOW_INT(mosquitto_sub_topic_tokens_free(&levels, count));
    }
}

int main(void) {
    /* Valid filters against valid topics, all pairs. */
    static const char* const filters[] = {"a",     "a/b",   "+",      "#",      "a/+",   "a/#",
                                          "+/b",   "+/+",   "/",      "/+",     "/#",    "+/#",
                                          "a/+/c", "a/b/#", "$SYS/#", "$SYS/+", "+/SYS", "a//b",
                                          "a/+/b", "+/+/+", "ab",     "a/b/c/#"};
    static const char* const topics[] = {"a",  "a/b", "a/b/c",   "/",      "/a",
                                         "a/", "b",   "$SYS",    "$SYS/a", "a//b",
                                         "ab", "abc", "a/b/c/d", "//",     "A"};
    char** none = NULL;
    size_t i;
    size_t k;
    show_checks();
    show_limits();
    for (i = 0; i < sizeof filters / sizeof *filters; ++i) {
        for (k = 0; k < sizeof topics / sizeof *topics; ++k) {
            show_match(filters[i], topics[k]);
        }
    }
    /* Wrong ones. */
    show_match("", "a");
    show_match("a", "");
    show_match("a/#/b", "a/b");
    show_match("a#", "a");
    show_match("a/b+", "a/b");
    show_match("+a", "a");
    show_match("a", "+");
    show_match("+", "+");
    show_match("#", "#");
    show_match("a/#", "a/#");
    show_tokens("a");
    show_tokens("a/b");
    show_tokens("/a//b/");
    show_tokens("/");
    show_tokens("a/+/#");
    show_tokens("");
    SHOW_INT(mosquitto_sub_topic_tokens_free(NULL, 1));
    SHOW_INT(mosquitto_sub_topic_tokens_free(&none, 1));
    return finish();
}
