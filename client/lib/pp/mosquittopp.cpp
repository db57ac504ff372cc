#include "client/include/mosquitto/libmosquittopp.h"

/// A thin layer over the C interface, for a library of its own: programs in C need none of it.
namespace mosqpp {
namespace {

mosquittopp& object(void* data) {
    return *static_cast<mosquittopp*>(data);
}

void set_callbacks(struct mosquitto* client) {
    mosquitto_connect_callback_set(
        client, [](struct mosquitto*, void* data, int rc) { object(data).on_connect(rc); });
    mosquitto_connect_with_flags_callback_set(client,
                                              [](struct mosquitto*, void* data, int rc, int flags) {
                                                  object(data).on_connect_with_flags(rc, flags);
                                              });
    mosquitto_disconnect_callback_set(
        client, [](struct mosquitto*, void* data, int rc) { object(data).on_disconnect(rc); });
    mosquitto_publish_callback_set(
        client, [](struct mosquitto*, void* data, int mid) { object(data).on_publish(mid); });
    mosquitto_message_callback_set(
        client, [](struct mosquitto*, void* data, const struct mosquitto_message* message) {
            object(data).on_message(message);
        });
    mosquitto_subscribe_callback_set(
        client, [](struct mosquitto*, void* data, int mid, int qos_count, const int* granted_qos) {
            object(data).on_subscribe(mid, qos_count, granted_qos);
        });
    mosquitto_unsubscribe_callback_set(
        client, [](struct mosquitto*, void* data, int mid) { object(data).on_unsubscribe(mid); });
    mosquitto_log_callback_set(client, [](struct mosquitto*, void* data, int level,
                                          const char* line) { object(data).on_log(level, line); });
}

}  // namespace

const char* strerror(int mosq_errno) {
    return mosquitto_strerror(mosq_errno);
}

const char* connack_string(int connack_code) {
    return mosquitto_connack_string(connack_code);
}

int sub_topic_tokenise(const char* subtopic, char*** topics, int* count) {
    return mosquitto_sub_topic_tokenise(subtopic, topics, count);
}

int sub_topic_tokens_free(char*** topics, int count) {
    return mosquitto_sub_topic_tokens_free(topics, count);
}

int lib_version(int* major, int* minor, int* revision) {
    return mosquitto_lib_version(major, minor, revision);
}

int lib_init() {
    return mosquitto_lib_init();
}

int lib_cleanup() {
    return mosquitto_lib_cleanup();
}

int topic_matches_sub(const char* sub, const char* topic, bool* result) {
    return mosquitto_topic_matches_sub(sub, topic, result);
}

int validate_utf8(const char* str, int len) {
    return mosquitto_validate_utf8(str, len);
}

int subscribe_simple(struct mosquitto_message** messages, int msg_count, bool retained,
                     const char* topic, int qos, const char* host, int port, const char* clientid,
                     int keepalive, bool clean_session, const char* username, const char* password,
                     const struct libmosquitto_will* will, const struct libmosquitto_tls* tls) {
    return mosquitto_subscribe_simple(messages, msg_count, retained, topic, qos, host, port,
                                      clientid, keepalive, clean_session, username, password, will,
                                      tls);
}

int subscribe_callback(int (*callback)(struct mosquitto*, void*, const struct mosquitto_message*),
                       void* userdata, const char* topic, int qos, const char* host, int port,
                       const char* clientid, int keepalive, bool clean_session,
                       const char* username, const char* password,
                       const struct libmosquitto_will* will, const struct libmosquitto_tls* tls) {
    return mosquitto_subscribe_callback(callback, userdata, topic, qos, host, port, clientid,
                                        keepalive, clean_session, username, password, will, tls);
}

mosquittopp::mosquittopp(const char* id, bool clean_session)
    : m_mosq(mosquitto_new(id, clean_session, this)) {
    set_callbacks(m_mosq);
}

mosquittopp::~mosquittopp() {
    mosquitto_destroy(m_mosq);
}

int mosquittopp::reinitialise(const char* id, bool clean_session) {
    const int error = mosquitto_reinitialise(m_mosq, id, clean_session, this);
    if (error == MOSQ_ERR_SUCCESS) {
        set_callbacks(m_mosq);
    }
    return error;
}

int mosquittopp::socket() {
    return mosquitto_socket(m_mosq);
}

int mosquittopp::will_set(const char* topic, int payloadlen, const void* payload, int qos,
                          bool retain) {
    return mosquitto_will_set(m_mosq, topic, payloadlen, payload, qos, retain);
}

int mosquittopp::will_clear() {
    return mosquitto_will_clear(m_mosq);
}

int mosquittopp::username_pw_set(const char* username, const char* password) {
    return mosquitto_username_pw_set(m_mosq, username, password);
}

int mosquittopp::connect(const char* host, int port, int keepalive) {
    return mosquitto_connect(m_mosq, host, port, keepalive);
}

int mosquittopp::connect_async(const char* host, int port, int keepalive) {
    return mosquitto_connect_async(m_mosq, host, port, keepalive);
}

int mosquittopp::connect(const char* host, int port, int keepalive, const char* bind_address) {
    return mosquitto_connect_bind(m_mosq, host, port, keepalive, bind_address);
}

int mosquittopp::connect_async(const char* host, int port, int keepalive,
                               const char* bind_address) {
    return mosquitto_connect_bind_async(m_mosq, host, port, keepalive, bind_address);
}

int mosquittopp::reconnect() {
    return mosquitto_reconnect(m_mosq);
}

int mosquittopp::reconnect_async() {
    return mosquitto_reconnect_async(m_mosq);
}

int mosquittopp::disconnect() {
    return mosquitto_disconnect(m_mosq);
}

int mosquittopp::publish(int* mid, const char* topic, int payloadlen, const void* payload, int qos,
                         bool retain) {
    return mosquitto_publish(m_mosq, mid, topic, payloadlen, payload, qos, retain);
}

int mosquittopp::subscribe(int* mid, const char* sub, int qos) {
    return mosquitto_subscribe(m_mosq, mid, sub, qos);
}

int mosquittopp::unsubscribe(int* mid, const char* sub) {
    return mosquitto_unsubscribe(m_mosq, mid, sub);
}

void mosquittopp::reconnect_delay_set(unsigned int reconnect_delay,
                                      unsigned int reconnect_delay_max,
                                      bool reconnect_exponential_backoff) {
    mosquitto_reconnect_delay_set(m_mosq, reconnect_delay, reconnect_delay_max,
                                  reconnect_exponential_backoff);
}

int mosquittopp::max_inflight_messages_set(unsigned int max_inflight_messages) {
    return mosquitto_max_inflight_messages_set(m_mosq, max_inflight_messages);
}

void mosquittopp::message_retry_set(unsigned int message_retry) {
    mosquitto_message_retry_set(m_mosq, message_retry);
}

void mosquittopp::user_data_set(void* /*userdata*/) {}

int mosquittopp::tls_set(const char* cafile, const char* capath, const char* certfile,
                         const char* keyfile,
                         int (*pw_callback)(char* buf, int size, int rwflag, void* userdata)) {
    return mosquitto_tls_set(m_mosq, cafile, capath, certfile, keyfile, pw_callback);
}

int mosquittopp::tls_opts_set(int cert_reqs, const char* tls_version, const char* ciphers) {
    return mosquitto_tls_opts_set(m_mosq, cert_reqs, tls_version, ciphers);
}

int mosquittopp::tls_insecure_set(bool value) {
    return mosquitto_tls_insecure_set(m_mosq, value);
}

int mosquittopp::tls_psk_set(const char* psk, const char* identity, const char* ciphers) {
    return mosquitto_tls_psk_set(m_mosq, psk, identity, ciphers);
}

int mosquittopp::opts_set(enum mosq_opt_t option, void* value) {
    return mosquitto_opts_set(m_mosq, option, value);
}

int mosquittopp::loop(int timeout, int max_packets) {
    return mosquitto_loop(m_mosq, timeout, max_packets);
}

int mosquittopp::loop_misc() {
    return mosquitto_loop_misc(m_mosq);
}

int mosquittopp::loop_read(int max_packets) {
    return mosquitto_loop_read(m_mosq, max_packets);
}

int mosquittopp::loop_write(int max_packets) {
    return mosquitto_loop_write(m_mosq, max_packets);
}

int mosquittopp::loop_forever(int timeout, int max_packets) {
    return mosquitto_loop_forever(m_mosq, timeout, max_packets);
}

int mosquittopp::loop_start() {
    return mosquitto_loop_start(m_mosq);
}

int mosquittopp::loop_stop(bool force) {
    return mosquitto_loop_stop(m_mosq, force);
}

bool mosquittopp::want_write() {
    return mosquitto_want_write(m_mosq);
}

int mosquittopp::threaded_set(bool threaded) {
    return mosquitto_threaded_set(m_mosq, threaded);
}

int mosquittopp::socks5_set(const char* host, int port, const char* username,
                            const char* password) {
    return mosquitto_socks5_set(m_mosq, host, port, username, password);
}

}  // namespace mosqpp
