/* One libtoxcore instance, driven by lines: what the files of this folder share. */
#ifndef AMPOULE_INTEROP_PEER_H
#define AMPOULE_INTEROP_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tox/tox.h>

/* The longest command: a custom packet of 1373 bytes or a path, in hex, and some words around it. */
#define LINE_SIZE 16384

/* output.c: one JSON object a line. Every call between begin and end adds one member. */
void json_event(const char *name);
void json_reply(uint32_t sequence);
void json_int(const char *key, int64_t value);
void json_bool(const char *key, bool value);
void json_text(const char *key, const char *value);
void json_hex(const char *key, const uint8_t *bytes, size_t size);
void json_array_begin(const char *key);
void json_object_begin(void);
void json_object_end(void);
void json_array_end(void);
void json_end(void);

/* Size of the decoded bytes, or -1 when the text is not hex or does not fit. "-" stands for nothing at all. */
long hex_decode(const char *text, uint8_t *bytes, size_t capacity);

/* events.c */
void events_listen(Tox *tox);
const char *connection_name(Tox_Connection connection);
const char *user_status_name(Tox_User_Status status);

/* files.c: contents are held in memory, 64 MiB at most. */
void files_listen(Tox *tox);
/* Each returns NULL, or what went wrong. Without a file_id libtoxcore takes a random one. */
const char *file_send(Tox *tox, uint32_t friend_number, const char *path, const uint8_t *name, size_t name_size,
                      uint32_t kind, bool stream, const uint8_t *file_id, uint32_t *file_number);
const char *file_accept(Tox *tox, uint32_t friend_number, uint32_t file_number, const char *path, uint64_t position);
const char *file_control(Tox *tox, uint32_t friend_number, uint32_t file_number, Tox_File_Control control);
/* Lets go of every transfer with a friend: libtoxcore has dropped them itself. */
void files_forget(uint32_t friend_number);

/* commands.c: answers one line. False ends the process cleanly. */
bool command_run(Tox *tox, char *line);

#endif
