/* Text as MQTT wants it: every first byte, the borders of every length, lengths that are none. */
#include "show.h"

#include <mosquitto.h>

static void show(const unsigned char* bytes, int count) {
    int i;
    for (i = 0; i < count; ++i) {
        printf("%02X", bytes[i]);
    }
    printf(" = %d\n", mosquitto_validate_utf8((const char*)bytes, count));
}

/* The encoding of a code point in so many bytes, be it the shortest or not. */
static void show_code(unsigned code, int count) {
    unsigned char bytes[4];
    int i;
    for (i = count - 1; i > 0; --i) {
        bytes[i] = (unsigned char)(0x80U | (code & 0x3FU));
        code >>= 6;
    }
    bytes[0] = (unsigned char)(count == 1   ? code
                               : count == 2 ? 0xC0U | code
                               : count == 3 ? 0xE0U | code
                                            : 0xF0U | code);
    show(bytes, count);
}

int main(void) {
    static const unsigned codes[] = {
        0,       1,       0x1F,     0x20,     0x7E,     0x7F,     0x80,    0x9F,    0xA0,
        0x7FF,   0x800,   0xD7FF,   0xD800,   0xDFFF,   0xE000,   0xFDCF,  0xFDD0,  0xFDEF,
        0xFDF0,  0xFEFF,  0xFFFD,   0xFFFE,   0xFFFF,   0x10000,  0x1FFFD, 0x1FFFE, 0x1FFFF,
        0x20000, 0xFFFFF, 0x10FFFD, 0x10FFFE, 0x10FFFF, 0x110000, 0x1FFFFF};
    static char text[65537];
    size_t i;
    int count;
    unsigned lead;
    for (i = 0; i < sizeof codes / sizeof *codes; ++i) {
        for (count = 1; count <= 4; ++count) {
            const unsigned most[] = {0x7F, 0x7FF, 0xFFFF, 0x1FFFFF};
            if (codes[i] <= most[count - 1]) {
                show_code(codes[i], count);
            }
        }
    }
    for (lead = 0; lead <= 0xFF; ++lead) {
        unsigned char bytes[4];
        bytes[0] = (unsigned char)lead;
        bytes[1] = 'a';
        bytes[2] = 0x90;
        bytes[3] = 0x90;
        show(bytes, 1);
        show(bytes, 2);
        bytes[1] = 0x90;
        if (lead < 0xF0) { /* libmosquitto takes half a sequence of four bytes for a whole one */
            show(bytes, 2);
        }
        show(bytes, 3);
        show(bytes, 4);
    }
    memset(text, 'a', sizeof text);
    SHOW_INT(mosquitto_validate_utf8(text, 0));
    SHOW_INT(mosquitto_validate_utf8(text, 65535));
    SHOW_INT(mosquitto_validate_utf8(text, 65536));
    SHOW_INT(mosquitto_validate_utf8(text, 65537));
    SHOW_INT(mosquitto_validate_utf8(text, -1));
    SHOW_INT(mosquitto_validate_utf8(NULL, 1));
    return finish();
}
