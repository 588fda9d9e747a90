/*
 * The commands, one a line: SEQUENCE VERB ARGUMENT... Texts, paths and packets are hex, so that every byte passes;
 * "-" is an empty one. Each is answered by one line {"reply":SEQUENCE, ...}, with "error" when it was refused.
 */
#include "peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tox/toxencryptsave.h>

#define ARGUMENTS_MAX 6

typedef struct Command {
    const char *verb;
    int argument_count;
    /* Adds members to the reply that is open. Returns NULL, or why it was refused. */
    const char *(*run)(Tox *tox, char **arguments);
} Command;

static uint8_t bytes[LINE_SIZE / 2];

static uint32_t number(const char *text)
{
    return (uint32_t)strtoul(text, NULL, 10);
}

static const char *run_id(Tox *tox, char **arguments)
{
    uint8_t address[TOX_ADDRESS_SIZE];
    uint8_t dht_key[TOX_PUBLIC_KEY_SIZE];
    tox_self_get_address(tox, address);
    tox_self_get_dht_id(tox, dht_key);
    json_hex("toxId", address, sizeof(address));
    json_hex("publicKey", address, TOX_PUBLIC_KEY_SIZE);
    json_hex("dhtKey", dht_key, sizeof(dht_key));
    json_int("udpPort", tox_self_get_udp_port(tox, NULL));
    json_text("connection", connection_name(tox_self_get_connection_status(tox)));
    return NULL;
}

static const char *run_profile(Tox *tox, char **arguments)
{
    tox_self_get_name(tox, bytes);
    json_hex("nameHex", bytes, tox_self_get_name_size(tox));
    tox_self_get_status_message(tox, bytes);
    json_hex("statusMessageHex", bytes, tox_self_get_status_message_size(tox));
    json_text("status", user_status_name(tox_self_get_status(tox)));
    return NULL;
}

static const char *run_bootstrap(Tox *tox, char **arguments)
{
    if (hex_decode(arguments[2], bytes, TOX_PUBLIC_KEY_SIZE) != TOX_PUBLIC_KEY_SIZE) {
        return "bad key";
    }

    return tox_bootstrap(tox, arguments[0], (uint16_t)number(arguments[1]), bytes, NULL) ? NULL : "bad address";
}

static const char *run_add(Tox *tox, char **arguments)
{
    uint8_t address[TOX_ADDRESS_SIZE];
    const long size = hex_decode(arguments[1], bytes, sizeof(bytes));

    if (hex_decode(arguments[0], address, sizeof(address)) != sizeof(address) || size < 0) {
        return "bad argument";
    }

    Tox_Err_Friend_Add error;
    const uint32_t friend_number = tox_friend_add(tox, address, bytes, (size_t)size, &error);
    json_int("friend", friend_number);

    switch (error) {
        case TOX_ERR_FRIEND_ADD_OK:
            return NULL;

        case TOX_ERR_FRIEND_ADD_TOO_LONG:
            return "too long";

        case TOX_ERR_FRIEND_ADD_BAD_CHECKSUM:
            return "bad checksum";

        case TOX_ERR_FRIEND_ADD_ALREADY_SENT:
            return "already sent";

        default:
            return "tox_friend_add refused";
    }
}

static const char *run_accept(Tox *tox, char **arguments)
{
    if (hex_decode(arguments[0], bytes, TOX_PUBLIC_KEY_SIZE) != TOX_PUBLIC_KEY_SIZE) {
        return "bad key";
    }

    Tox_Err_Friend_Add error;
    json_int("friend", tox_friend_add_norequest(tox, bytes, &error));
    return error == TOX_ERR_FRIEND_ADD_OK ? NULL : "tox_friend_add_norequest refused";
}

static const char *run_delete(Tox *tox, char **arguments)
{
    return tox_friend_delete(tox, number(arguments[0]), NULL) ? NULL : "no such friend";
}

static const char *run_name(Tox *tox, char **arguments)
{
    const long size = hex_decode(arguments[0], bytes, sizeof(bytes));
    return size >= 0 && tox_self_set_name(tox, bytes, (size_t)size, NULL) ? NULL : "too long";
}

static const char *run_status_message(Tox *tox, char **arguments)
{
    const long size = hex_decode(arguments[0], bytes, sizeof(bytes));
    return size >= 0 && tox_self_set_status_message(tox, bytes, (size_t)size, NULL) ? NULL : "too long";
}

static const char *run_status(Tox *tox, char **arguments)
{
    for (Tox_User_Status status = TOX_USER_STATUS_NONE; status <= TOX_USER_STATUS_BUSY; ++status) {
        if (strcmp(arguments[0], user_status_name(status)) == 0) {
            tox_self_set_status(tox, status);
            return NULL;
        }
    }

    return "no such status";
}

static const char *run_typing(Tox *tox, char **arguments)
{
    return tox_self_set_typing(tox, number(arguments[0]), number(arguments[1]) != 0, NULL) ? NULL : "no such friend";
}

static const char *send_message(Tox *tox, uint32_t friend_number, const char *kind, size_t size, uint32_t *message)
{
    const Tox_Message_Type type = strcmp(kind, "action") == 0 ? TOX_MESSAGE_TYPE_ACTION : TOX_MESSAGE_TYPE_NORMAL;
    Tox_Err_Friend_Send_Message error;
    *message = tox_friend_send_message(tox, friend_number, type, bytes, size, &error);

    switch (error) {
        case TOX_ERR_FRIEND_SEND_MESSAGE_OK:
            return NULL;

        case TOX_ERR_FRIEND_SEND_MESSAGE_FRIEND_NOT_CONNECTED:
            return "friend not connected";

        case TOX_ERR_FRIEND_SEND_MESSAGE_TOO_LONG:
            return "too long";

        case TOX_ERR_FRIEND_SEND_MESSAGE_EMPTY:
            return "empty";

        case TOX_ERR_FRIEND_SEND_MESSAGE_SENDQ:
            return "queue full";

        default:
            return "no such friend";
    }
}

static const char *run_send(Tox *tox, char **arguments)
{
    const long size = hex_decode(arguments[2], bytes, sizeof(bytes));

    if (size < 0) {
        return "bad text";
    }

    uint32_t message;
    const char *const error = send_message(tox, number(arguments[0]), arguments[1], (size_t)size, &message);
    json_int("message", message);
    return error;
}

/* FRIEND KIND COUNT PREFIX: sends PREFIX0, PREFIX1, ... without letting libtoxcore run in between. */
static const char *run_burst(Tox *tox, char **arguments)
{
    const long prefix_size = hex_decode(arguments[3], bytes, TOX_MAX_MESSAGE_LENGTH);

    if (prefix_size < 0) {
        return "bad text";
    }

    const char *error = NULL;
    json_array_begin("messages");

    for (uint32_t i = 0; i < number(arguments[2]) && error == NULL; ++i) {
        const int digits = snprintf((char *)bytes + prefix_size, 16, "%u", i);
        uint32_t message;
        error = send_message(tox, number(arguments[0]), arguments[1], (size_t)(prefix_size + digits), &message);

        if (error == NULL) {
            json_object_begin();
            json_int("message", message);
            json_object_end();
        }
    }

    json_array_end();
    return error;
}

static const char *run_lossless(Tox *tox, char **arguments)
{
    const long size = hex_decode(arguments[1], bytes, sizeof(bytes));
    return size >= 0 && tox_friend_send_lossless_packet(tox, number(arguments[0]), bytes, (size_t)size, NULL)
           ? NULL : "refused";
}

static const char *run_lossy(Tox *tox, char **arguments)
{
    const long size = hex_decode(arguments[1], bytes, sizeof(bytes));
    return size >= 0 && tox_friend_send_lossy_packet(tox, number(arguments[0]), bytes, (size_t)size, NULL)
           ? NULL : "refused";
}

static bool path_decode(const char *text, char *path, size_t capacity)
{
    const long size = hex_decode(text, (uint8_t *)path, capacity - 1);

    if (size < 0) {
        return false;
    }

    path[size] = '\0';
    return true;
}

/* FRIEND PATH NAME data|avatar known|stream FILE_ID: none lets libtoxcore choose one */
static const char *run_file_send(Tox *tox, char **arguments)
{
    char path[4096];
    uint8_t file_id[TOX_FILE_ID_LENGTH];
    const long name_size = hex_decode(arguments[2], bytes, TOX_MAX_FILENAME_LENGTH);
    const long id_size = hex_decode(arguments[5], file_id, sizeof(file_id));

    if (!path_decode(arguments[1], path, sizeof(path)) || name_size < 0
            || (id_size != 0 && id_size != TOX_FILE_ID_LENGTH)) {
        return "bad argument";
    }

    const uint32_t kind = strcmp(arguments[3], "avatar") == 0 ? TOX_FILE_KIND_AVATAR : TOX_FILE_KIND_DATA;
    uint32_t file_number = 0;
    const char *const error = file_send(tox, number(arguments[0]), path, bytes, (size_t)name_size, kind,
                                        strcmp(arguments[4], "stream") == 0, id_size == 0 ? NULL : file_id,
                                        &file_number);
    json_int("file", file_number);
    return error;
}

/* FRIEND FILE PATH POSITION: from a position above 0 it continues the file that is at the path. */
static const char *run_file_accept(Tox *tox, char **arguments)
{
    char path[4096];

    if (!path_decode(arguments[2], path, sizeof(path))) {
        return "bad path";
    }

    return file_accept(tox, number(arguments[0]), number(arguments[1]), path, strtoull(arguments[3], NULL, 10));
}

static const char *run_file_pause(Tox *tox, char **arguments)
{
    return file_control(tox, number(arguments[0]), number(arguments[1]), TOX_FILE_CONTROL_PAUSE);
}

static const char *run_file_resume(Tox *tox, char **arguments)
{
    return file_control(tox, number(arguments[0]), number(arguments[1]), TOX_FILE_CONTROL_RESUME);
}

static const char *run_file_cancel(Tox *tox, char **arguments)
{
    return file_control(tox, number(arguments[0]), number(arguments[1]), TOX_FILE_CONTROL_CANCEL);
}

static void write_friend(Tox *tox, uint32_t friend_number)
{
    json_object_begin();
    json_int("friend", friend_number);
    tox_friend_get_public_key(tox, friend_number, bytes, NULL);
    json_hex("publicKey", bytes, TOX_PUBLIC_KEY_SIZE);
    tox_friend_get_name(tox, friend_number, bytes, NULL);
    json_hex("nameHex", bytes, tox_friend_get_name_size(tox, friend_number, NULL));
    tox_friend_get_status_message(tox, friend_number, bytes, NULL);
    json_hex("statusMessageHex", bytes, tox_friend_get_status_message_size(tox, friend_number, NULL));
    json_text("status", user_status_name(tox_friend_get_status(tox, friend_number, NULL)));
    json_text("connection", connection_name(tox_friend_get_connection_status(tox, friend_number, NULL)));
    json_bool("typing", tox_friend_get_typing(tox, friend_number, NULL));
    json_object_end();
}

static const char *run_friends(Tox *tox, char **arguments)
{
    const size_t count = tox_self_get_friend_list_size(tox);
    uint32_t *const friend_numbers = (uint32_t *)calloc(count + 1, sizeof(uint32_t));

    if (friend_numbers == NULL) {
        return "out of memory";
    }

    tox_self_get_friend_list(tox, friend_numbers);
    json_array_begin("friends");

    for (size_t i = 0; i < count; ++i) {
        write_friend(tox, friend_numbers[i]);
    }

    json_array_end();
    free(friend_numbers);
    return NULL;
}

/* PASSPHRASE: encrypted with it, or plain for an empty one. */
static const char *run_save(Tox *tox, char **arguments)
{
    const long passphrase_size = hex_decode(arguments[0], bytes, sizeof(bytes));
    const size_t size = tox_get_savedata_size(tox);
    uint8_t *const plain = (uint8_t *)malloc(size);
    uint8_t *const sealed = (uint8_t *)malloc(size + TOX_PASS_ENCRYPTION_EXTRA_LENGTH);
    const char *error = NULL;

    if (passphrase_size < 0 || plain == NULL || sealed == NULL) {
        error = "bad passphrase";
    } else if (tox_get_savedata(tox, plain), passphrase_size == 0) {
        json_hex("savedata", plain, size);
    } else if (tox_pass_encrypt(plain, size, bytes, (size_t)passphrase_size, sealed, NULL)) {
        json_hex("savedata", sealed, size + TOX_PASS_ENCRYPTION_EXTRA_LENGTH);
    } else {
        error = "tox_pass_encrypt refused";
    }

    free(plain);
    free(sealed);
    return error;
}

static const Command commands[] = {
    {"id", 0, run_id},
    {"profile", 0, run_profile},
    {"bootstrap", 3, run_bootstrap},
    {"add", 2, run_add},
    {"accept", 1, run_accept},
    {"delete", 1, run_delete},
    {"name", 1, run_name},
    {"status-message", 1, run_status_message},
    {"status", 1, run_status},
    {"typing", 2, run_typing},
    {"send", 3, run_send},
    {"burst", 4, run_burst},
    {"lossless", 2, run_lossless},
    {"lossy", 2, run_lossy},
    {"file-send", 6, run_file_send},
    {"file-accept", 4, run_file_accept},
    {"file-pause", 2, run_file_pause},
    {"file-resume", 2, run_file_resume},
    {"file-cancel", 2, run_file_cancel},
    {"friends", 0, run_friends},
    {"save", 1, run_save},
};

static const char *dispatch(Tox *tox, const char *verb, char **arguments, int argument_count)
{
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); ++i) {
        if (strcmp(commands[i].verb, verb) == 0) {
            return commands[i].argument_count == argument_count ? commands[i].run(tox, arguments)
                   : "wrong number of arguments";
        }
    }

    return "no such command";
}

bool command_run(Tox *tox, char *line)
{
    const char *const sequence = strtok(line, " ");
    const char *const verb = strtok(NULL, " ");

    if (sequence == NULL || verb == NULL) {
        return true;
    }

    char *arguments[ARGUMENTS_MAX] = {0};
    int argument_count = 0;

    while (argument_count < ARGUMENTS_MAX && (arguments[argument_count] = strtok(NULL, " ")) != NULL) {
        ++argument_count;
    }

    const bool is_close = strcmp(verb, "close") == 0;
    json_reply(number(sequence));
    const char *const error = is_close ? NULL : dispatch(tox, verb, arguments, argument_count);

    if (error != NULL) {
        json_text("error", error);
    }

    json_end();
    return !is_close;
}
