/** What a page of a conversation shows of the files, and what a start looks for, without reading all of them. */
export const transferPlaces = {
  version: 30,
  sql: `
    CREATE INDEX file_transfers_by_place ON file_transfers (friend_id, after_message_id, id);
    CREATE INDEX file_transfers_unfinished ON file_transfers (id) WHERE state NOT IN ('finished', 'cancelled', 'failed');
  `,
}
