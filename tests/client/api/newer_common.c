/* What libmosquitto 2.1 added beside MQTT: Base64, counted memory, password hashes, random bytes,
 * clocks. */
#include "show.h"

#include <mosquitto.h>

static void check_base64(void) {
    static const char* const texts[] = {"", "f", "fo", "foo", "foob", "fooba", "foobar"};
    static const char* const encodings[] = {"",         "Zg==",     "Zm8=",    "Zm9v",
                                            "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"};
    size_t i;
    unsigned char* bytes = NULL;
    unsigned int count = 0;
    for (i = 0; i < sizeof texts / sizeof *texts; ++i) {
        char* text = NULL;
        const size_t size = strlen(texts[i]);
        CHECK(mosquitto_base64_encode((const unsigned char*)texts[i], size, &text) == 0);
        CHECK(strcmp(text, encodings[i]) == 0);
        free(text);
        CHECK(mosquitto_base64_decode(encodings[i], &bytes, &count) == 0);
        CHECK(count == size && memcmp(bytes, texts[i], size) == 0);
        free(bytes);
    }
    CHECK(mosquitto_base64_decode("Zg=", &bytes, &count) == 1);
    CHECK(mosquitto_base64_decode("Z*==", &bytes, &count) == 1);
    CHECK(mosquitto_base64_decode(NULL, &bytes, &count) == 1);
    CHECK(mosquitto_base64_encode(NULL, 1, NULL) == 1);
}

static void check_memory(void) {
    char* text;
    char* larger;
    unsigned char* zeros;
    unsigned long used = mosquitto_memory_used();
    CHECK(used == 0);
    text = mosquitto_strdup("hello");
    CHECK(strcmp(text, "hello") == 0);
    CHECK(mosquitto_memory_used() >= 6);
    larger = (char*)mosquitto_realloc(text, 5000);
    CHECK(strcmp(larger, "hello") == 0);
    CHECK(mosquitto_memory_used() >= 5000);
    text = mosquitto_strndup("hello", 3);
    CHECK(strcmp(text, "hel") == 0);
    mosquitto_free(text);
    zeros = (unsigned char*)mosquitto_calloc(10, 3);
    CHECK(zeros[0] == 0 && zeros[29] == 0);
    mosquitto_free(zeros);
    CHECK(mosquitto_calloc((size_t)-1, 2) == NULL);
    mosquitto_free(larger);
    CHECK(mosquitto_memory_used() == 0);
    CHECK(mosquitto_max_memory_used() >= 5000);

    mosquitto_memory_set_limit(1000);
    CHECK(mosquitto_malloc(1001) == NULL);
    CHECK(mosquitto_calloc(1001, 1) == NULL);
    text = (char*)mosquitto_malloc(600);
    CHECK(text != NULL);
    CHECK(mosquitto_malloc(600) == NULL);
    CHECK(mosquitto_realloc(text, 2000) == NULL);
    CHECK(mosquitto_memory_used() >= 600);
    mosquitto_free(text);
    mosquitto_memory_set_limit(0);
    text = (char*)mosquitto_malloc(100000);
    CHECK(text != NULL);
    mosquitto_free(text);
    mosquitto_free(NULL);
    CHECK(mosquitto_memory_used() == 0);
    CHECK(mosquitto_strdup(NULL) == NULL);
}

static void check_hash(enum mosquitto_pwhash_type type, const char* start) {
    struct mosquitto_pw* made = NULL;
    struct mosquitto_pw* read = NULL;
    CHECK(mosquitto_pw_new(&made, type) == MOSQ_ERR_SUCCESS);
    CHECK(!mosquitto_pw_is_valid(made));
    CHECK(mosquitto_pw_get_encoded(made) == NULL);
    CHECK(mosquitto_pw_verify(made, "secret") == MOSQ_ERR_INVAL);
    CHECK(mosquitto_pw_hash_encoded(made, "secret") == MOSQ_ERR_SUCCESS);
    CHECK(mosquitto_pw_is_valid(made));
    CHECK(strncmp(mosquitto_pw_get_encoded(made), start, strlen(start)) == 0);
    CHECK(mosquitto_pw_verify(made, "secret") == MOSQ_ERR_SUCCESS);
    CHECK(mosquitto_pw_verify(made, "secrets") == MOSQ_ERR_AUTH);
    CHECK(mosquitto_pw_verify(made, "") == MOSQ_ERR_AUTH);

    CHECK(mosquitto_pw_new(&read, MOSQ_PW_DEFAULT) == MOSQ_ERR_SUCCESS);
    CHECK(mosquitto_pw_decode(read, mosquitto_pw_get_encoded(made)) == MOSQ_ERR_SUCCESS);
    CHECK(mosquitto_pw_is_valid(read));
    CHECK(strcmp(mosquitto_pw_get_encoded(read), mosquitto_pw_get_encoded(made)) == 0);
    CHECK(mosquitto_pw_verify(read, "secret") == MOSQ_ERR_SUCCESS);
    mosquitto_pw_set_valid(read, false);
    CHECK(!mosquitto_pw_is_valid(read));
    CHECK(mosquitto_pw_verify(read, "secret") == MOSQ_ERR_INVAL);
    mosquitto_pw_cleanup(read);
    mosquitto_pw_cleanup(made);
}

static void check_passwords(void) {
    struct mosquitto_pw* pw = NULL;
    check_hash(MOSQ_PW_SHA512, "$6$");
    check_hash(MOSQ_PW_SHA512_PBKDF2, "$7$");
    check_hash(MOSQ_PW_ARGON2ID, "$argon2id$");
    CHECK(mosquitto_pw_new(&pw, MOSQ_PW_DEFAULT) == MOSQ_ERR_SUCCESS);
    CHECK(mosquitto_pw_set_param(pw, MOSQ_PW_PARAM_ITERATIONS, 77) == MOSQ_ERR_SUCCESS);
    CHECK(mosquitto_pw_set_param(pw, MOSQ_PW_PARAM_ITERATIONS, 0) == MOSQ_ERR_INVAL);
    CHECK(mosquitto_pw_set_param(pw, 99, 77) == MOSQ_ERR_INVAL);
    CHECK(mosquitto_pw_hash_encoded(pw, "secret") == MOSQ_ERR_SUCCESS);
    CHECK(strncmp(mosquitto_pw_get_encoded(pw), "$7$77$", 6) == 0);
    CHECK(mosquitto_pw_decode(pw, "$1$abc$def") == MOSQ_ERR_NOT_SUPPORTED);
    CHECK(mosquitto_pw_decode(pw, "$7$abc$def") == MOSQ_ERR_INVAL);
    CHECK(mosquitto_pw_decode(pw, NULL) == MOSQ_ERR_INVAL);
    CHECK(mosquitto_pw_hash_encoded(NULL, "secret") == MOSQ_ERR_INVAL);
    CHECK(mosquitto_pw_new(NULL, MOSQ_PW_DEFAULT) == MOSQ_ERR_INVAL);
    CHECK(mosquitto_pw_new(&pw, (enum mosquitto_pwhash_type)99999) == MOSQ_ERR_INVAL);
    CHECK(!mosquitto_pw_is_valid(NULL));
    mosquitto_pw_cleanup(pw);
    mosquitto_pw_cleanup(NULL);
}

static void check_random(void) {
    unsigned char one[32] = {0};
    unsigned char other[32] = {0};
    CHECK(mosquitto_getrandom(one, sizeof one) == MOSQ_ERR_SUCCESS);
    CHECK(mosquitto_getrandom(other, sizeof other) == MOSQ_ERR_SUCCESS);
    CHECK(memcmp(one, other, sizeof one) != 0);
    CHECK(mosquitto_getrandom(one, -1) == MOSQ_ERR_UNKNOWN);
}

static void check_time(void) {
    time_t before;
    time_t seconds = 0;
    long nanoseconds = -1;
    mosquitto_time_init();
    before = mosquitto_time();
    CHECK(before >= 0 && mosquitto_time() >= before);
    before = time(NULL);
    mosquitto_time_ns(&seconds, &nanoseconds);
    /* time() reads a clock that lags by a tick. */
    CHECK(seconds >= before && seconds <= time(NULL) + 1);
    CHECK(nanoseconds >= 0 && nanoseconds < 1000000000L);
    CHECK(mosquitto_time_cmp(1, 5, 1, 5) == 0);
    CHECK(mosquitto_time_cmp(1, 5, 1, 6) < 0);
    CHECK(mosquitto_time_cmp(1, 5, 2, 0) < 0);
    CHECK(mosquitto_time_cmp(2, 0, 1, 5) > 0);
    CHECK(mosquitto_time_cmp(1, 6, 1, 5) > 0);
}

int main(void) {
    check_base64();
    check_memory();
    check_passwords();
    check_random();
    check_time();
    return finish();
}
