/* How clients begin and end, without a broker. */
#include "show.h"

#include <errno.h>
#include <mosquitto.h>

static void show_new(const char* id, bool clean_session) {
    struct mosquitto* client;
    errno = 0;
    client = mosquitto_new(id, clean_session, NULL);
    printf("'%s' %d: %s", id == NULL ? "NULL" : id, clean_session,
           client == NULL ? "NULL" : "there");
    if (client == NULL) {
        printf(", errno %s", errno == EINVAL ? "EINVAL" : errno == ENOMEM ? "ENOMEM" : "other");
    } else {
        printf(", socket %d, want_write %d", mosquitto_socket(client),
               mosquitto_want_write(client));
    }
    printf("\n");
    mosquitto_destroy(client);
}

int main(void) {
    int data = 0;
    int other = 0;
    struct mosquitto* client;
    mosquitto_lib_init();
    show_new("id", true);
    show_new("id", false);
    show_new(NULL, true);
    show_new(NULL, false);
    show_new("", true);
    show_new("", false);
    show_new("a very long identifier of more than twenty-three bytes", true);
    client = mosquitto_new("id", true, &data);
    SHOW_INT(mosquitto_userdata(client) == &data);
    mosquitto_user_data_set(client, &other);
    SHOW_INT(mosquitto_userdata(client) == &other);
    SHOW_INT(mosquitto_reinitialise(client, "new id", false, &data));
    SHOW_INT(mosquitto_userdata(client) == &data);
    SHOW_INT(mosquitto_reinitialise(client, NULL, true, NULL));
    SHOW_INT(mosquitto_userdata(client) == client);
    SHOW_INT(mosquitto_reinitialise(NULL, "id", true, NULL));
    SHOW_INT(mosquitto_reinitialise(client, NULL, false, NULL));
    SHOW_INT(mosquitto_threaded_set(client, true));
    SHOW_INT(mosquitto_threaded_set(NULL, true));
    SHOW_INT(mosquitto_socket(NULL));
    mosquitto_destroy(client);
    mosquitto_destroy(NULL);
    mosquitto_lib_cleanup();
    return finish();
}
