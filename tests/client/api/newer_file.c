/* Files. Runs in an empty directory of its own, which the test makes. */
#include "show.h"

#include <errno.h>
#include <mosquitto.h>
#include <sys/stat.h>
#include <unistd.h>

static int write_hello(FILE* file, void* data) {
    return fputs((const char*)data, file) < 0 ? MOSQ_ERR_ERRNO : MOSQ_ERR_SUCCESS;
}

static int write_and_fail(FILE* file, void* data) {
    write_hello(file, data);
    return MOSQ_ERR_ACL_DENIED;
}

static int lines_logged;

static void count_line(const char* line) {
    CHECK(line[0] != '\0');
    ++lines_logged;
}

static bool has(const char* path, const char* content) {
    char* text = NULL;
    size_t size = 0;
    const bool same = mosquitto_read_file(path, false, &text, &size) == MOSQ_ERR_SUCCESS &&
                      size == strlen(content) && strcmp(text, content) == 0;
    free(text);
    return same;
}

static unsigned mode_of(const char* path) {
    struct stat facts;
    return stat(path, &facts) == 0 ? facts.st_mode & 0777U : 0;
}

static void check_writing(void) {
    char hello[] = "hello\n";
    char other[] = "other\n";
    umask(022);
    CHECK(mosquitto_write_file("open", false, write_hello, hello, NULL) == MOSQ_ERR_SUCCESS);
    CHECK(has("open", "hello\n"));
    CHECK(mode_of("open") == 0644);
    CHECK(mosquitto_write_file("secret", true, write_hello, hello, NULL) == MOSQ_ERR_SUCCESS);
    CHECK(mode_of("secret") == 0600);
    CHECK(mosquitto_write_file("secret", true, write_and_fail, other, NULL) == MOSQ_ERR_ACL_DENIED);
    CHECK(has("secret", "hello\n"));
    CHECK(mosquitto_write_file("secret", true, write_hello, other, NULL) == MOSQ_ERR_SUCCESS);
    CHECK(has("secret", "other\n"));
    CHECK(access("secret.new", F_OK) != 0);
    CHECK(mosquitto_write_file("no/such", true, write_hello, hello, count_line) == MOSQ_ERR_ERRNO);
    CHECK(lines_logged == 1);
    CHECK(mosquitto_write_file(NULL, true, write_hello, hello, NULL) == MOSQ_ERR_INVAL);
    CHECK(mosquitto_write_file("secret", true, NULL, hello, NULL) == MOSQ_ERR_INVAL);
}

static void check_opening(void) {
    FILE* file;
    CHECK(symlink("secret", "link") == 0);
    errno = 0;
    CHECK(mosquitto_fopen("link", "r", true) == NULL && errno == ELOOP);
    file = mosquitto_fopen("link", "r", false);
    CHECK(file != NULL);
    fclose(file);
    setenv("MOSQUITTO_UNSAFE_ALLOW_SYMLINKS", "1", 1);
    file = mosquitto_fopen("link", "r", true);
    CHECK(file != NULL);
    fclose(file);
    unsetenv("MOSQUITTO_UNSAFE_ALLOW_SYMLINKS");
    CHECK(mosquitto_fopen("secret", "w", true) == NULL && errno == EEXIST);
    CHECK(has("secret", "other\n"));
    CHECK(mosquitto_fopen(".", "r", false) == NULL && errno == EISDIR);
    CHECK(mosquitto_fopen("/dev/null", "r", false) == NULL && errno == ENOTSUP);
    CHECK(mkfifo("pipe", 0600) == 0);
    CHECK(mosquitto_fopen("pipe", "r", false) == NULL && errno == ENOTSUP);
    CHECK(mosquitto_fopen("none", "r", false) == NULL && errno == ENOENT);
    CHECK(mosquitto_fopen("none", "q", false) == NULL && errno == EINVAL);
    file = mosquitto_fopen("open", "a+", false);
    CHECK(file != NULL);
    fputs("more\n", file);
    fclose(file);
    CHECK(has("open", "hello\nmore\n"));
}

static void check_lines(void) {
    char* line = NULL;
    int size = 0;
    size_t i;
    FILE* file = mosquitto_fopen("lines", "w+", false);
    fputs("short\n", file);
    for (i = 0; i < 2500; ++i) {
        fputc('x', file);
    }
    fputs("\nlast", file);
    rewind(file);
    CHECK(mosquitto_fgets(&line, &size, file) == line && strcmp(line, "short\n") == 0);
    CHECK(size == 1000);
    CHECK(mosquitto_fgets(&line, &size, file) == line && strlen(line) == 2501);
    CHECK(size == 3000);
    CHECK(mosquitto_fgets(&line, &size, file) == line && strcmp(line, "last") == 0);
    CHECK(mosquitto_fgets(&line, &size, file) == NULL);
    fputc('a', file);
    fputc('\0', file);
    fputs("b\n", file);
    rewind(file);
    mosquitto_fgets(&line, &size, file);
    mosquitto_fgets(&line, &size, file);
    CHECK(mosquitto_fgets(&line, &size, file) == NULL);
    CHECK(mosquitto_fgets(NULL, &size, file) == NULL);
    fclose(file);
    free(line);
}

static void check_blanks(void) {
    char text[] = " \t a b \r\n";
    char blank[] = "  ";
    char empty[] = "";
    CHECK(strcmp(mosquitto_trimblanks(text), "a b") == 0);
    CHECK(strcmp(mosquitto_trimblanks(blank), "") == 0);
    CHECK(strcmp(mosquitto_trimblanks(empty), "") == 0);
    CHECK(mosquitto_trimblanks(NULL) == NULL);
}

static void check_reading(void) {
    char* text = NULL;
    char large[40001];
    size_t size = 0;
    FILE* file;
    memset(large, 'y', sizeof large - 1);
    large[sizeof large - 1] = '\0';
    file = mosquitto_fopen("large", "w", false);
    fputs(large, file);
    fclose(file);
    CHECK(has("large", large));
    CHECK(mosquitto_read_file("large", false, &text, NULL) == MOSQ_ERR_SUCCESS);
    free(text);
    CHECK(mosquitto_read_file("none", false, &text, &size) == MOSQ_ERR_ERRNO && text == NULL);
    CHECK(mosquitto_read_file(NULL, false, &text, &size) == MOSQ_ERR_INVAL);
}

int main(void) {
    check_writing();
    check_opening();
    check_lines();
    check_blanks();
    check_reading();
    return finish();
}
