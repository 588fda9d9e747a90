/* File transfers from and to paths. A transfer holds its whole content in memory, so that its hash is one call. */
#include "peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONTENT_SIZE_MAX (64 * 1024 * 1024)
#define TRANSFERS_MAX 32
/* How often a transfer says how far it is. */
#define PROGRESS_STEP (64 * 1024)

typedef struct Transfer {
    bool used;
    uint32_t friend_number;
    uint32_t file_number;
    uint8_t *content;
    size_t size;
    /* The announced size, UINT64_MAX for a stream; of a transfer that we receive only. */
    uint64_t expected_size;
    uint64_t reported;
    /* Where a received file is written; empty for one that we send. */
    char path[4096];
} Transfer;

static Transfer transfers[TRANSFERS_MAX];

static Transfer *transfer_find(uint32_t friend_number, uint32_t file_number)
{
    for (size_t i = 0; i < TRANSFERS_MAX; ++i) {
        Transfer *const transfer = &transfers[i];

        if (transfer->used && transfer->friend_number == friend_number && transfer->file_number == file_number) {
            return transfer;
        }
    }

    return NULL;
}

static Transfer *transfer_new(uint32_t friend_number, uint32_t file_number)
{
    for (size_t i = 0; i < TRANSFERS_MAX; ++i) {
        if (!transfers[i].used) {
            transfers[i] = (Transfer) {
                .used = true, .friend_number = friend_number, .file_number = file_number
            };
            return &transfers[i];
        }
    }

    return NULL;
}

static void transfer_free(Transfer *transfer)
{
    free(transfer->content);
    *transfer = (Transfer) {
        0
    };
}

static bool reserve(Transfer *transfer, uint64_t size)
{
    if (size > CONTENT_SIZE_MAX) {
        return false;
    }

    if (size > transfer->size) {
        uint8_t *const grown = (uint8_t *)realloc(transfer->content, size);

        if (grown == NULL) {
            return false;
        }

        memset(grown + transfer->size, 0, size - transfer->size);
        transfer->content = grown;
        transfer->size = size;
    }

    return true;
}

/* Reads the first `size` bytes of a file, or all of it. */
static bool read_file(Transfer *transfer, const char *path, uint64_t size)
{
    FILE *const file = fopen(path, "rb");

    if (file == NULL) {
        return false;
    }

    fseek(file, 0, SEEK_END);
    const long length = ftell(file);
    rewind(file);
    const uint64_t wanted = size < (uint64_t)length ? size : (uint64_t)length;
    const bool ok = length >= 0 && reserve(transfer, wanted) && fread(transfer->content, 1, wanted, file) == wanted;
    fclose(file);
    return ok;
}

static bool write_file(const Transfer *transfer)
{
    FILE *const file = fopen(transfer->path, "wb");

    if (file == NULL) {
        return false;
    }

    const bool ok = fwrite(transfer->content, 1, transfer->size, file) == transfer->size;
    return fclose(file) == 0 && ok;
}

static void report(const char *name, const Transfer *transfer)
{
    json_event(name);
    json_int("friend", transfer->friend_number);
    json_int("file", transfer->file_number);
}

static void report_progress(Transfer *transfer, uint64_t position)
{
    if (position < transfer->reported + PROGRESS_STEP) {
        return;
    }

    transfer->reported = position;
    report("fileProgress", transfer);
    json_int("position", (int64_t)position);
    json_end();
}

/* The last word about a transfer that ran to its end. */
static void report_done(const char *name, const Transfer *transfer, bool complete)
{
    uint8_t hash[TOX_HASH_LENGTH] = {0};
    tox_hash(hash, transfer->content, transfer->size);
    report(name, transfer);
    json_bool("complete", complete);
    json_int("size", (int64_t)transfer->size);
    json_hex("sha256", hash, sizeof(hash));
    json_end();
}

const char *file_send(Tox *tox, uint32_t friend_number, const char *path, const uint8_t *name, size_t name_size,
                      uint32_t kind, bool stream, const uint8_t *file_id, uint32_t *file_number)
{
    Transfer *const transfer = transfer_new(friend_number, UINT32_MAX);

    if (transfer == NULL) {
        return "too many transfers";
    }

    if (!read_file(transfer, path, UINT64_MAX)) {
        transfer_free(transfer);
        return "file cannot be read";
    }

    Tox_Err_File_Send error;
    *file_number = tox_file_send(tox, friend_number, kind, stream ? UINT64_MAX : transfer->size, file_id, name,
                                 name_size, &error);

    if (error != TOX_ERR_FILE_SEND_OK) {
        transfer_free(transfer);
        return error == TOX_ERR_FILE_SEND_FRIEND_NOT_CONNECTED ? "friend not connected" : "tox_file_send refused";
    }

    transfer->file_number = *file_number;
    return NULL;
}

const char *file_accept(Tox *tox, uint32_t friend_number, uint32_t file_number, const char *path, uint64_t position)
{
    Transfer *const transfer = transfer_find(friend_number, file_number);

    if (transfer == NULL) {
        return "no such transfer";
    }

    snprintf(transfer->path, sizeof(transfer->path), "%s", path);

    if (position > 0) {
        if (!read_file(transfer, path, position) || transfer->size != position) {
            return "no file with that many bytes to continue";
        }

        transfer->reported = position;

        if (!tox_file_seek(tox, friend_number, file_number, position, NULL)) {
            return "tox_file_seek refused";
        }
    }

    return file_control(tox, friend_number, file_number, TOX_FILE_CONTROL_RESUME);
}

const char *file_control(Tox *tox, uint32_t friend_number, uint32_t file_number, Tox_File_Control control)
{
    if (!tox_file_control(tox, friend_number, file_number, control, NULL)) {
        return "tox_file_control refused";
    }

    Transfer *const transfer = transfer_find(friend_number, file_number);

    if (control == TOX_FILE_CONTROL_CANCEL && transfer != NULL) {
        transfer_free(transfer);
    }

    return NULL;
}

void files_forget(uint32_t friend_number)
{
    for (size_t i = 0; i < TRANSFERS_MAX; ++i) {
        if (transfers[i].used && transfers[i].friend_number == friend_number) {
            transfer_free(&transfers[i]);
        }
    }
}

static void on_chunk_request(Tox *tox, uint32_t friend_number, uint32_t file_number, uint64_t position, size_t length,
                             void *user_data)
{
    Transfer *const transfer = transfer_find(friend_number, file_number);

    if (transfer == NULL) {
        return;
    }

    if (length == 0) {
        report_done("fileSent", transfer, position == transfer->size);
        transfer_free(transfer);
        return;
    }

    /* Less than was asked for ends a stream. */
    const uint64_t left = position < transfer->size ? transfer->size - position : 0;
    const size_t size = left < length ? left : length;
    tox_file_send_chunk(tox, friend_number, file_number, position, transfer->content + position, size, NULL);
    report_progress(transfer, position + size);
}

static void on_receive(Tox *tox, uint32_t friend_number, uint32_t file_number, uint32_t kind, uint64_t file_size,
                       const uint8_t *filename, size_t filename_length, void *user_data)
{
    Transfer *const transfer = transfer_new(friend_number, file_number);

    if (transfer == NULL || (file_size != UINT64_MAX && file_size > CONTENT_SIZE_MAX)) {
        tox_file_control(tox, friend_number, file_number, TOX_FILE_CONTROL_CANCEL, NULL);
        return;
    }

    transfer->expected_size = file_size;
    uint8_t file_id[TOX_FILE_ID_LENGTH] = {0};
    tox_file_get_file_id(tox, friend_number, file_number, file_id, NULL);
    report("fileOffer", transfer);
    json_text("kind", kind == TOX_FILE_KIND_AVATAR ? "avatar" : "data");
    json_int("size", file_size == UINT64_MAX ? -1 : (int64_t)file_size);
    json_hex("fileId", file_id, sizeof(file_id));
    json_hex("textHex", filename, filename_length);
    json_end();
}

static void on_receive_chunk(Tox *tox, uint32_t friend_number, uint32_t file_number, uint64_t position,
                             const uint8_t *data, size_t length, void *user_data)
{
    Transfer *const transfer = transfer_find(friend_number, file_number);

    if (transfer == NULL) {
        return;
    }

    if (length == 0) {
        const bool whole = transfer->expected_size == UINT64_MAX || transfer->size == transfer->expected_size;
        report_done("fileReceived", transfer, write_file(transfer) && whole);
        transfer_free(transfer);
        return;
    }

    if (!reserve(transfer, position + length)) {
        file_control(tox, friend_number, file_number, TOX_FILE_CONTROL_CANCEL);
        return;
    }

    memcpy(transfer->content + position, data, length);
    report_progress(transfer, position + length);
}

static void on_control(Tox *tox, uint32_t friend_number, uint32_t file_number, Tox_File_Control control,
                       void *user_data)
{
    static const char *const names[] = {"resume", "pause", "cancel"};
    json_event("fileControl");
    json_int("friend", friend_number);
    json_int("file", file_number);
    json_text("control", control <= TOX_FILE_CONTROL_CANCEL ? names[control] : "unknown");
    json_end();

    Transfer *const transfer = transfer_find(friend_number, file_number);

    if (control == TOX_FILE_CONTROL_CANCEL && transfer != NULL) {
        transfer_free(transfer);
    }
}

void files_listen(Tox *tox)
{
    tox_callback_file_chunk_request(tox, on_chunk_request);
    tox_callback_file_recv(tox, on_receive);
    tox_callback_file_recv_chunk(tox, on_receive_chunk);
    tox_callback_file_recv_control(tox, on_control);
}
