/* What libtoxcore reports, as one JSON line each. */
#include "peer.h"

const char *connection_name(Tox_Connection connection)
{
    switch (connection) {
        case TOX_CONNECTION_NONE:
            return "none";

        case TOX_CONNECTION_TCP:
            return "tcp";

        case TOX_CONNECTION_UDP:
            return "udp";
    }

    return "unknown";
}

const char *user_status_name(Tox_User_Status status)
{
    switch (status) {
        case TOX_USER_STATUS_NONE:
            return "none";

        case TOX_USER_STATUS_AWAY:
            return "away";

        case TOX_USER_STATUS_BUSY:
            return "busy";
    }

    return "unknown";
}

static void friend_event(const char *name, uint32_t friend_number)
{
    json_event(name);
    json_int("friend", friend_number);
}

static void on_self_connection(Tox *tox, Tox_Connection connection, void *user_data)
{
    json_event("selfConnection");
    json_text("connection", connection_name(connection));
    json_end();
}

static void on_friend_request(Tox *tox, const uint8_t *public_key, const uint8_t *message, size_t length,
                              void *user_data)
{
    json_event("friendRequest");
    json_hex("publicKey", public_key, TOX_PUBLIC_KEY_SIZE);
    json_hex("textHex", message, length);
    json_end();
}

static void on_friend_connection(Tox *tox, uint32_t friend_number, Tox_Connection connection, void *user_data)
{
    if (connection == TOX_CONNECTION_NONE) {
        files_forget(friend_number);
    }

    friend_event("friendConnection", friend_number);
    json_text("connection", connection_name(connection));
    json_end();
}

static void on_friend_name(Tox *tox, uint32_t friend_number, const uint8_t *name, size_t length, void *user_data)
{
    friend_event("friendName", friend_number);
    json_hex("textHex", name, length);
    json_end();
}

static void on_friend_status_message(Tox *tox, uint32_t friend_number, const uint8_t *message, size_t length,
                                     void *user_data)
{
    friend_event("friendStatusMessage", friend_number);
    json_hex("textHex", message, length);
    json_end();
}

static void on_friend_status(Tox *tox, uint32_t friend_number, Tox_User_Status status, void *user_data)
{
    friend_event("friendStatus", friend_number);
    json_text("status", user_status_name(status));
    json_end();
}

static void on_friend_typing(Tox *tox, uint32_t friend_number, bool typing, void *user_data)
{
    friend_event("friendTyping", friend_number);
    json_bool("typing", typing);
    json_end();
}

static void on_friend_message(Tox *tox, uint32_t friend_number, Tox_Message_Type type, const uint8_t *message,
                              size_t length, void *user_data)
{
    friend_event("message", friend_number);
    json_text("kind", type == TOX_MESSAGE_TYPE_ACTION ? "action" : "message");
    json_hex("textHex", message, length);
    json_end();
}

static void on_receipt(Tox *tox, uint32_t friend_number, uint32_t message_id, void *user_data)
{
    friend_event("receipt", friend_number);
    json_int("message", message_id);
    json_end();
}

static void on_lossless(Tox *tox, uint32_t friend_number, const uint8_t *data, size_t length, void *user_data)
{
    friend_event("lossless", friend_number);
    json_hex("packet", data, length);
    json_end();
}

static void on_lossy(Tox *tox, uint32_t friend_number, const uint8_t *data, size_t length, void *user_data)
{
    friend_event("lossy", friend_number);
    json_hex("packet", data, length);
    json_end();
}

void events_listen(Tox *tox)
{
    tox_callback_self_connection_status(tox, on_self_connection);
    tox_callback_friend_request(tox, on_friend_request);
    tox_callback_friend_connection_status(tox, on_friend_connection);
    tox_callback_friend_name(tox, on_friend_name);
    tox_callback_friend_status_message(tox, on_friend_status_message);
    tox_callback_friend_status(tox, on_friend_status);
    tox_callback_friend_typing(tox, on_friend_typing);
    tox_callback_friend_message(tox, on_friend_message);
    tox_callback_friend_read_receipt(tox, on_receipt);
    tox_callback_friend_lossless_packet(tox, on_lossless);
    tox_callback_friend_lossy_packet(tox, on_lossy);
}
