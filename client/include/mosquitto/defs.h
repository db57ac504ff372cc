/*
 * Types, error numbers and options that all parts of the library share.
 */
#ifndef MOSQUITTO_DEFS_H
#define MOSQUITTO_DEFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The interface that this header describes: libmosquitto's at this version. */
#define LIBMOSQUITTO_MAJOR 2
#define LIBMOSQUITTO_MINOR 1
#define LIBMOSQUITTO_REVISION 0
#define LIBMOSQUITTO_VERSION_NUMBER \
    (LIBMOSQUITTO_MAJOR * 1000000 + LIBMOSQUITTO_MINOR * 1000 + LIBMOSQUITTO_REVISION)

/* Only in this library: tells it from others with the same interface. Behind it are the additions
   whose names begin with MQHOME_. */
#define MQHOME_CLIENT 1

#if defined(_WIN32) || !defined(__GNUC__)
#define libmosq_EXPORT
#else
#define libmosq_EXPORT __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Longest client identifier that a broker of MQTT 3.1 must accept, in bytes. */
#define MOSQ_MQTT_ID_MAX_LENGTH 23

/* Largest payload, and largest length of a packet behind its first byte and length field, in bytes.
 */
#define MQTT_MAX_PAYLOAD 268435455U

/* Levels of log messages: one bit each, for mosquitto_log_callback_set(). */
#define MOSQ_LOG_NONE 0U
#define MOSQ_LOG_INFO (1U << 0)
#define MOSQ_LOG_NOTICE (1U << 1)
#define MOSQ_LOG_WARNING (1U << 2)
#define MOSQ_LOG_ERR (1U << 3)
#define MOSQ_LOG_DEBUG (1U << 4)
#define MOSQ_LOG_SUBSCRIBE (1U << 5)   /* brokers only */
#define MOSQ_LOG_UNSUBSCRIBE (1U << 6) /* brokers only */
#define MOSQ_LOG_WEBSOCKETS (1U << 7)  /* brokers only */
#define MOSQ_LOG_INTERNAL 0x80000000U
#define MOSQ_LOG_ALL 0xFFFFFFFFU

/*
 * What functions return. Numbers below 0 and from 1 to 33 are the library's; numbers from 128 on
 * are those of the MQTT 5.0 reason code that the broker sent.
 */
enum mosq_err_t {
    MOSQ_ERR_QUOTA_EXCEEDED = -6, /* a limit is reached, e.g. MQHOME_OPT_QUEUED_MESSAGES */
    MOSQ_ERR_AUTH_DELAYED = -5,   /* broker plug-ins: the decision comes later */
    MOSQ_ERR_AUTH_CONTINUE = -4,  /* extended authentication needs another step */
    MOSQ_ERR_NO_SUBSCRIBERS = -3, /* nobody received the message */
    MOSQ_ERR_SUB_EXISTS = -2,     /* the subscription was there before */
    MOSQ_ERR_CONN_PENDING = -1,   /* the connection is still being made */
    MOSQ_ERR_SUCCESS = 0,
    MOSQ_ERR_NOMEM = 1,             /* out of memory */
    MOSQ_ERR_PROTOCOL = 2,          /* the peer broke the protocol, or properties do not fit */
    MOSQ_ERR_INVAL = 3,             /* an argument is wrong */
    MOSQ_ERR_NO_CONN = 4,           /* there is no connection */
    MOSQ_ERR_CONN_REFUSED = 5,      /* the broker refused it: CONNACK codes of MQTT 3.1 and 3.1.1 */
    MOSQ_ERR_NOT_FOUND = 6,         /* no such item or message id */
    MOSQ_ERR_CONN_LOST = 7,         /* the connection ended unasked */
    MOSQ_ERR_TLS = 8,               /* wrong TLS settings, or TLS broke */
    MOSQ_ERR_PAYLOAD_SIZE = 9,      /* a payload below 0 or above MQTT_MAX_PAYLOAD */
    MOSQ_ERR_NOT_SUPPORTED = 10,    /* not with this protocol version or this build */
    MOSQ_ERR_AUTH = 11,             /* authentication failed */
    MOSQ_ERR_ACL_DENIED = 12,       /* access list says no */
    MOSQ_ERR_UNKNOWN = 13,          /* anything else */
    MOSQ_ERR_ERRNO = 14,            /* a system call failed, see errno */
    MOSQ_ERR_EAI = 15,              /* the name of the host could not be resolved */
    MOSQ_ERR_PROXY = 16,            /* the SOCKS5 proxy refused or broke off */
    MOSQ_ERR_PLUGIN_DEFER = 17,     /* broker plug-ins: no opinion, ask the next */
    MOSQ_ERR_MALFORMED_UTF8 = 18,   /* a string is no UTF-8, or has characters that MQTT refuses */
    MOSQ_ERR_KEEPALIVE = 19,        /* no sign of life from the broker for the keep alive time */
    MOSQ_ERR_LOOKUP = 20,           /* no SRV record was found */
    MOSQ_ERR_MALFORMED_PACKET = 21, /* a packet cannot be parsed */
    MOSQ_ERR_DUPLICATE_PROPERTY = 22, /* a property that may be given once is there twice */
    MOSQ_ERR_TLS_HANDSHAKE = 23,      /* no agreement about TLS, certificates included */
    MOSQ_ERR_QOS_NOT_SUPPORTED = 24,  /* a QoS above the broker's maximum */
    MOSQ_ERR_OVERSIZE_PACKET = 25,    /* a packet above the broker's maximum size */
    MOSQ_ERR_OCSP = 26,               /* the state of the certificate could not be confirmed */
    MOSQ_ERR_TIMEOUT = 27,            /* command line clients: time is over */
    MOSQ_ERR_ALREADY_EXISTS = 31,     /* there is one already */
    MOSQ_ERR_PLUGIN_IGNORE = 32,      /* broker plug-ins: not mine */
    MOSQ_ERR_HTTP_BAD_ORIGIN = 33,    /* WebSockets: a page of this origin is not welcome */

    /* As the MQTT 5.0 reason codes. libmosquitto 2.0 had 29, 30 and 28 for TOPIC_ALIAS_INVALID,
       ADMINISTRATIVE_ACTION and RETAIN_NOT_SUPPORTED; mosquitto_strerror() knows these as well. */
    MOSQ_ERR_UNSPECIFIED = 128,
    MOSQ_ERR_IMPLEMENTATION_SPECIFIC = 131,
    MOSQ_ERR_UNSUPPORTED_PROTOCOL_VERSION = 132,
    MOSQ_ERR_CLIENT_IDENTIFIER_NOT_VALID = 133,
    MOSQ_ERR_BAD_USERNAME_OR_PASSWORD = 134,
    MOSQ_ERR_SERVER_UNAVAILABLE = 136,
    MOSQ_ERR_SERVER_BUSY = 137,
    MOSQ_ERR_BANNED = 138,
    MOSQ_ERR_SERVER_SHUTTING_DOWN = 139,
    MOSQ_ERR_BAD_AUTHENTICATION_METHOD = 140,
    MOSQ_ERR_SESSION_TAKEN_OVER = 142,
    MOSQ_ERR_TOPIC_FILTER_INVALID = 143,
    MOSQ_ERR_TOPIC_NAME_INVALID = 144,
    MOSQ_ERR_PACKET_ID_IN_USE = 145,
    MOSQ_ERR_PACKET_ID_NOT_FOUND = 146,
    MOSQ_ERR_RECEIVE_MAXIMUM_EXCEEDED = 147,
    MOSQ_ERR_TOPIC_ALIAS_INVALID = 148,
    MOSQ_ERR_MESSAGE_RATE_TOO_HIGH = 150,
    MOSQ_ERR_ADMINISTRATIVE_ACTION = 152,
    MOSQ_ERR_PAYLOAD_FORMAT_INVALID = 153,
    MOSQ_ERR_RETAIN_NOT_SUPPORTED = 154,
    MOSQ_ERR_USE_ANOTHER_SERVER = 156,
    MOSQ_ERR_SERVER_MOVED = 157,
    MOSQ_ERR_SHARED_SUBS_NOT_SUPPORTED = 158,
    MOSQ_ERR_CONNECTION_RATE_EXCEEDED = 159,
    MOSQ_ERR_MAXIMUM_CONNECT_TIME = 160,
    MOSQ_ERR_SUBSCRIPTION_IDS_NOT_SUPPORTED = 161,
    MOSQ_ERR_WILDCARD_SUBS_NOT_SUPPORTED = 162
};

/* Protocol versions for MOSQ_OPT_PROTOCOL_VERSION. */
#define MQTT_PROTOCOL_V31 3
#define MQTT_PROTOCOL_V311 4
#define MQTT_PROTOCOL_V5 5

/* Transports for MOSQ_OPT_TRANSPORT. */
#define MOSQ_T_TCP 1
#define MOSQ_T_WEBSOCKETS 2

/*
 * Options of a client. Which function sets one: [int] mosquitto_int_option(), [string]
 * mosquitto_string_option(), [void] mosquitto_void_option(). To be set before connecting; a change
 * holds from the next connection on. Booleans are 0 or 1. Strings are copied; NULL clears one.
 */
enum mosq_opt_t {
    /* [int] MQTT_PROTOCOL_V31, _V311 (default) or _V5. Also mosquitto_opts_set(), with an int*. */
    MOSQ_OPT_PROTOCOL_VERSION = 1,
    /* [void] an OpenSSL SSL_CTX to make connections from; the library takes a reference of its own.
       NULL (default): it makes one from the other settings. Also mosquitto_opts_set(). */
    MOSQ_OPT_SSL_CTX = 2,
    /* [int] apply the other TLS settings to the SSL_CTX given, too. Default 0. */
    MOSQ_OPT_SSL_CTX_WITH_DEFAULTS = 3,
    /* [int] how many QoS 1 and 2 messages the broker may have on their way to us at once, 0-65535
       where 0 counts as 65535; default 20. Said to the broker with 5.0 only. */
    MOSQ_OPT_RECEIVE_MAXIMUM = 4,
    /* [int] how many QoS 1 and 2 messages we have on their way to the broker at once, 0-65535 where
       0 counts as 65535; default 20. The broker's own limit (5.0) holds where it is lower. */
    MOSQ_OPT_SEND_MAXIMUM = 5,
    /* [string] "pem" (default) or "engine": what the key file given to mosquitto_tls_set() is. */
    MOSQ_OPT_TLS_KEYFORM = 6,
    /* [string] an OpenSSL engine. MOSQ_ERR_NOT_SUPPORTED: OpenSSL 3 has replaced engines. */
    MOSQ_OPT_TLS_ENGINE = 7,
    /* [string] SHA-1 of the pass phrase of the engine's key, as 40 hexadecimal digits. */
    MOSQ_OPT_TLS_ENGINE_KPASS_SHA1 = 8,
    /* [int] insist on a stapled OCSP answer that says the broker's certificate is good. Default 0.
     */
    MOSQ_OPT_TLS_OCSP_REQUIRED = 9,
    /* [string] the one application protocol to offer by ALPN, e.g. "mqtt". */
    MOSQ_OPT_TLS_ALPN = 10,
    /* [int] set TCP_NODELAY on the socket. Default 0. */
    MOSQ_OPT_TCP_NODELAY = 11,
    /* [string] local address or host name to connect from. */
    MOSQ_OPT_BIND_ADDRESS = 12,
    /* [int] 1: use TLS, and trust the certificate authorities of the system. Default 0. */
    MOSQ_OPT_TLS_USE_OS_CERTS = 13,
    /* [int] do without the descriptors by which other threads wake up the loop; for programs with
       very many clients. Another thread's requests are then written by itself. Looked at when a
       connection or a loop begins; a descriptor that is there stays. Default 0. */
    MOSQ_OPT_DISABLE_SOCKETPAIR = 14,
    /* [int] MOSQ_T_TCP (default) or MOSQ_T_WEBSOCKETS. */
    MOSQ_OPT_TRANSPORT = 15,
    /* [string] WebSockets: path of the request; default "/mqtt". */
    MOSQ_OPT_HTTP_PATH = 16,
    /* [int] WebSockets: longest answer to the request that is accepted, at least 100 bytes; default
       4096. */
    MOSQ_OPT_HTTP_HEADER_SIZE = 17,

    /* Only in this library, below. */

    /* [int] how many QoS 1 and 2 messages may wait, sent or not, until they are acknowledged;
       mosquitto_publish() answers MOSQ_ERR_QUOTA_EXCEEDED to more. 0 (default): no limit. */
    MQHOME_OPT_QUEUED_MESSAGES = 1001,
    /* [int] how many bytes such messages and unsent QoS 0 messages may take together, likewise. 0
       (default): no limit. */
    MQHOME_OPT_QUEUED_BYTES = 1002,
    /* [string] WebSockets: header lines to add to the request, "Name: value" each, separated by
       "\r\n". MOSQ_ERR_INVAL for lines that are none, and for names that the handshake uses. */
    MQHOME_OPT_HTTP_HEADERS = 1003
};

/* A client. Made by mosquitto_new(), ended by mosquitto_destroy(); its inside is the library's. */
struct mosquitto;

/* One property of MQTT 5.0, and with it the list that follows; NULL is the empty list. See
   libcommon_properties.h. */
typedef struct mqtt5__property mosquitto_property;

/* A message. The payload is bytes, not a string, although a zero byte that is not counted follows.
 */
struct mosquitto_message {
    int mid; /* the packet's id; 0 for QoS 0 */
    char* topic;
    void* payload;
    int payloadlen; /* bytes, 0-268435455; payload may be NULL when it is 0 */
    int qos;        /* 0, 1, 2 */
    bool retain;    /* the broker had kept it */
};

#ifdef __cplusplus
}
#endif

#endif
