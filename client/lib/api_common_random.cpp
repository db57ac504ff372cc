/// Random bytes.

#include "client/include/mosquitto/libcommon_random.h"

#include <openssl/rand.h>

int mosquitto_getrandom(void* bytes, int count) {
    if (count < 0 || (bytes == nullptr && count > 0)) {
        return MOSQ_ERR_UNKNOWN;
    }
    return RAND_bytes(static_cast<unsigned char*>(bytes), count) == 1 ? MOSQ_ERR_SUCCESS
                                                                      : MOSQ_ERR_UNKNOWN;
}
