/// Text as MQTT wants it.

#include "client/include/mosquitto/libcommon_utf8.h"
#include "mqtt/utf8.hpp"

int mosquitto_validate_utf8(const char* str, int len) {
    constexpr int len_max = 65'536;
    if (str == nullptr || len < 0 || len > len_max) {
        return MOSQ_ERR_INVAL;
    }
    const std::string_view text(str, static_cast<std::size_t>(len));
    return mq::mqtt::is_valid_string(text) ? MOSQ_ERR_SUCCESS : MOSQ_ERR_MALFORMED_UTF8;
}
