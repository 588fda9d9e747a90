/*
 * A real libtoxcore peer for the interop tests: commands on standard input, JSON lines on standard output.
 *
 *   peer --port-from N --port-to N [--load PATH] [--passphrase HEX] [--local-discovery] [--log]
 *
 * UDP over IPv4 only, never TCP. The first line out is {"event":"ready", ...} or {"event":"failed","reason":...}.
 * Standard input at its end, SIGTERM and SIGINT close it cleanly, so that friends see it leave.
 */
#include "peer.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tox/toxencryptsave.h>
#include <unistd.h>

/* libtoxcore would rest up to 50 ms between two looks at its socket. */
#define REST_MS_MAX 20

static volatile sig_atomic_t is_asked_to_stop = 0;

static void on_signal(int signal_number)
{
    is_asked_to_stop = 1;
}

static void on_log(Tox *tox, Tox_Log_Level level, const char *file, uint32_t line, const char *function,
                   const char *message, void *user_data)
{
    fprintf(stderr, "libtoxcore: %s:%u %s: %s\n", file, line, function, message);
}

static int fail(const char *reason)
{
    json_event("failed");
    json_text("reason", reason);
    json_end();
    return 1;
}

typedef struct Savedata {
    uint8_t *bytes;
    size_t size;
} Savedata;

/* Returns NULL, or why the savefile cannot be used. */
static const char *savedata_read(Savedata *savedata, const char *path, const char *passphrase)
{
    FILE *const file = fopen(path, "rb");

    if (file == NULL) {
        return "savefile cannot be read";
    }

    fseek(file, 0, SEEK_END);
    const long length = ftell(file);
    rewind(file);
    savedata->size = length < 0 ? 0 : (size_t)length;
    savedata->bytes = (uint8_t *)calloc(1, savedata->size + TOX_PASS_ENCRYPTION_EXTRA_LENGTH);
    const bool ok = savedata->bytes != NULL && fread(savedata->bytes, 1, savedata->size, file) == savedata->size;
    fclose(file);

    if (!ok) {
        return "savefile cannot be read";
    }

    if (passphrase == NULL || savedata->size < TOX_PASS_ENCRYPTION_EXTRA_LENGTH) {
        return NULL;
    }

    uint8_t secret[LINE_SIZE / 2];
    const long secret_size = hex_decode(passphrase, secret, sizeof(secret));
    uint8_t *const plain = (uint8_t *)calloc(1, savedata->size);

    if (secret_size < 0 || plain == NULL
            || !tox_pass_decrypt(savedata->bytes, savedata->size, secret, (size_t)secret_size, plain, NULL)) {
        free(plain);
        return "savefile cannot be decrypted";
    }

    free(savedata->bytes);
    savedata->bytes = plain;
    savedata->size -= TOX_PASS_ENCRYPTION_EXTRA_LENGTH;
    return NULL;
}

static const char *new_error(Tox_Err_New error)
{
    switch (error) {
        case TOX_ERR_NEW_OK:
            return NULL;

        case TOX_ERR_NEW_PORT_ALLOC:
            return "port in use";

        case TOX_ERR_NEW_LOAD_ENCRYPTED:
            return "savefile is encrypted";

        case TOX_ERR_NEW_LOAD_BAD_FORMAT:
            return "savefile has a bad format";

        default:
            return "tox_new refused";
    }
}

static const char *option(int argc, char **argv, const char *name)
{
    for (int i = 1; i + 1 < argc; ++i) {
        if (strcmp(argv[i], name) == 0) {
            return argv[i + 1];
        }
    }

    return NULL;
}

static bool flag(int argc, char **argv, const char *name)
{
    for (int i = 1; i < argc; ++i) {
        if (strcmp(argv[i], name) == 0) {
            return true;
        }
    }

    return false;
}

static uint16_t port_option(int argc, char **argv, const char *name)
{
    const char *const value = option(argc, argv, name);
    return value == NULL ? 0 : (uint16_t)strtoul(value, NULL, 10);
}

static Tox *start(int argc, char **argv, const char **reason)
{
    Savedata savedata = {0};
    const char *const path = option(argc, argv, "--load");
    *reason = path == NULL ? NULL : savedata_read(&savedata, path, option(argc, argv, "--passphrase"));

    if (*reason != NULL) {
        free(savedata.bytes);
        return NULL;
    }

    struct Tox_Options *const options = tox_options_new(NULL);
    tox_options_set_udp_enabled(options, true);
    tox_options_set_ipv6_enabled(options, false);
    tox_options_set_tcp_port(options, 0);
    tox_options_set_local_discovery_enabled(options, flag(argc, argv, "--local-discovery"));
    tox_options_set_start_port(options, port_option(argc, argv, "--port-from"));
    tox_options_set_end_port(options, port_option(argc, argv, "--port-to"));

    if (flag(argc, argv, "--log")) {
        tox_options_set_log_callback(options, on_log);
    }

    if (path != NULL) {
        tox_options_set_savedata_type(options, TOX_SAVEDATA_TYPE_TOX_SAVE);
        tox_options_set_savedata_data(options, savedata.bytes, savedata.size);
    }

    Tox_Err_New error;
    Tox *tox = tox_new(options, &error);
    tox_options_free(options);
    free(savedata.bytes);
    *reason = new_error(error);

    /* A savefile read in part comes with an instance: half a profile is none. */
    if (*reason != NULL && tox != NULL) {
        tox_kill(tox);
        tox = NULL;
    }

    return tox;
}

/* Takes what has come in and answers every whole line. False when it is time to end. */
static bool read_commands(Tox *tox)
{
    static char buffer[LINE_SIZE];
    static size_t filled = 0;
    const ssize_t size = read(STDIN_FILENO, buffer + filled, sizeof(buffer) - filled);

    if (size < 0 && (errno == EINTR || errno == EAGAIN)) {
        return true;
    }

    if (size <= 0) {
        return false;
    }

    filled += (size_t)size;
    char *line = buffer;
    char *end;

    while ((end = (char *)memchr(line, '\n', filled - (size_t)(line - buffer))) != NULL) {
        *end = '\0';

        if (!command_run(tox, line)) {
            return false;
        }

        line = end + 1;
    }

    filled -= (size_t)(line - buffer);
    memmove(buffer, line, filled);
    return filled < sizeof(buffer);
}

int main(int argc, char **argv)
{
    signal(SIGTERM, on_signal);
    signal(SIGINT, on_signal);
    const char *reason;
    Tox *const tox = start(argc, argv, &reason);

    if (tox == NULL) {
        return fail(reason);
    }

    events_listen(tox);
    files_listen(tox);
    json_event("ready");
    json_int("udpPort", tox_self_get_udp_port(tox, NULL));
    json_end();

    bool is_running = true;

    while (is_running && !is_asked_to_stop) {
        tox_iterate(tox, NULL);
        const uint32_t interval = tox_iteration_interval(tox);
        struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
        const int ready = poll(&input, 1, interval < REST_MS_MAX ? (int)interval : REST_MS_MAX);

        if (ready > 0) {
            is_running = read_commands(tox);
        }
    }

    tox_kill(tox);
    return 0;
}
