#include "peer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* True right after an opening bracket: the next member needs no comma before it. */
static bool is_first = true;

static void comma(void)
{
    if (!is_first) {
        putchar(',');
    }

    is_first = false;
}

static void member(const char *key)
{
    comma();
    printf("\"%s\":", key);
}

void json_event(const char *name)
{
    json_object_begin();
    json_text("event", name);
}

void json_reply(uint32_t sequence)
{
    json_object_begin();
    json_int("reply", sequence);
}

void json_int(const char *key, int64_t value)
{
    member(key);
    printf("%" PRId64, value);
}

void json_bool(const char *key, bool value)
{
    member(key);
    fputs(value ? "true" : "false", stdout);
}

/* For words of our own only: nothing is escaped. */
void json_text(const char *key, const char *value)
{
    member(key);
    printf("\"%s\"", value);
}

void json_hex(const char *key, const uint8_t *bytes, size_t size)
{
    member(key);
    putchar('"');

    for (size_t i = 0; i < size; ++i) {
        printf("%02X", bytes[i]);
    }

    putchar('"');
}

void json_array_begin(const char *key)
{
    member(key);
    putchar('[');
    is_first = true;
}

void json_array_end(void)
{
    putchar(']');
    is_first = false;
}

void json_object_begin(void)
{
    comma();
    putchar('{');
    is_first = true;
}

void json_object_end(void)
{
    putchar('}');
    is_first = false;
}

void json_end(void)
{
    json_object_end();
    putchar('\n');
    fflush(stdout);
    is_first = true;
}

static int hex_digit(char digit)
{
    const char *const digits = "0123456789abcdef0123456789ABCDEF";
    const char *const found = digit == '\0' ? NULL : strchr(digits, digit);
    return found == NULL ? -1 : (int)((found - digits) % 16);
}

long hex_decode(const char *text, uint8_t *bytes, size_t capacity)
{
    if (strcmp(text, "-") == 0) {
        return 0;
    }

    const size_t digits = strlen(text);

    if (digits % 2 != 0 || digits / 2 > capacity) {
        return -1;
    }

    for (size_t i = 0; i < digits / 2; ++i) {
        const int high = hex_digit(text[2 * i]);
        const int low = hex_digit(text[2 * i + 1]);

        if (high < 0 || low < 0) {
            return -1;
        }

        bytes[i] = (uint8_t)(high * 16 + low);
    }

    return (long)(digits / 2);
}
