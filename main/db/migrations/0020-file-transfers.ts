/** Files that went from one to the other while both were online. `sealed` holds names, sizes, paths and reasons. */
export const fileTransfers = {
  version: 20,
  sql: `
    CREATE TABLE file_transfers (
      id               INTEGER PRIMARY KEY AUTOINCREMENT,
      friend_id        INTEGER NOT NULL REFERENCES friends (id) ON DELETE CASCADE,
      is_outgoing      INTEGER NOT NULL CHECK (is_outgoing IN (0, 1)),
      after_message_id INTEGER NOT NULL,
      started_at       INTEGER NOT NULL,
      state            TEXT NOT NULL,
      is_read          INTEGER NOT NULL CHECK (is_read IN (0, 1)),
      sealed           BLOB NOT NULL
    ) STRICT;
    CREATE INDEX file_transfers_by_friend ON file_transfers (friend_id, id);
    CREATE INDEX file_transfers_unread ON file_transfers (friend_id) WHERE is_read = 0;
  `,
}
