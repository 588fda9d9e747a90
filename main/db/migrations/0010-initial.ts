/** `sealed` columns hold what ColumnCipher made. Times are Unix milliseconds; friends are public keys in upper-case hex. */
export const initial = {
  version: 10,
  sql: `
    CREATE TABLE engine_state (
      fingerprint BLOB PRIMARY KEY CHECK (length(fingerprint) = 16),
      sealed      BLOB NOT NULL
    ) STRICT;

    CREATE TABLE friends (
      id          INTEGER PRIMARY KEY,
      fingerprint BLOB NOT NULL UNIQUE CHECK (length(fingerprint) = 16),
      sealed      BLOB NOT NULL
    ) STRICT;

    CREATE TABLE messages (
      id           INTEGER PRIMARY KEY AUTOINCREMENT,
      friend_id    INTEGER NOT NULL REFERENCES friends (id) ON DELETE CASCADE,
      message_id   BLOB UNIQUE CHECK (length(message_id) = 16),
      is_outgoing  INTEGER NOT NULL CHECK (is_outgoing IN (0, 1)),
      sequence     INTEGER,
      sent_at      INTEGER NOT NULL,
      state        TEXT NOT NULL,
      reason       TEXT,
      held         INTEGER,
      wanted       INTEGER,
      expires_at   INTEGER,
      is_read      INTEGER NOT NULL CHECK (is_read IN (0, 1)),
      sealed       BLOB NOT NULL
    ) STRICT;
    CREATE INDEX messages_by_friend ON messages (friend_id, id);
    CREATE UNIQUE INDEX messages_by_sequence ON messages (friend_id, sequence) WHERE is_outgoing = 0 AND sequence IS NOT NULL;
    CREATE INDEX messages_unread ON messages (friend_id) WHERE is_outgoing = 0 AND is_read = 0;

    CREATE TABLE delivery_steps (
      row_id INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
      at     INTEGER NOT NULL,
      state  TEXT NOT NULL,
      reason TEXT
    ) STRICT;
    CREATE INDEX delivery_steps_by_row ON delivery_steps (row_id);

    CREATE TABLE friend_requests (
      fingerprint BLOB PRIMARY KEY CHECK (length(fingerprint) = 16),
      received_at INTEGER NOT NULL,
      sealed      BLOB NOT NULL
    ) STRICT;

    CREATE TABLE settings (
      name   TEXT PRIMARY KEY,
      sealed BLOB NOT NULL
    ) STRICT;
  `,
}
