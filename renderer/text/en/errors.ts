/** What went wrong, by the code that crossed the bridge; then what was kept and what to do. */
export const errors = {
  invalid: 'That is not possible as it was entered.',
  internal: 'Something went wrong inside Ampoule. Nothing you wrote is lost; please try again.',
  notFound: 'It is no longer there.',
  conflict: 'It has changed in the meantime. Look again and repeat it if you still want to.',
  impossible: 'That is not possible now.',
  wrongPassphrase: 'That is not the passphrase. Nothing was changed.',
  unreadable: 'The file cannot be read. Your data were not changed.',
  busy: 'Ampoule does not answer at the moment. Nothing you wrote is lost; try again in a moment.',
  notOpen: 'Your profile is not open yet.',
  diskFull:
    'The disk is full or does not take anything. Nothing you wrote before is lost. Make room: Ampoule goes on by itself.',
  /** The host's own words, for those who want them. */
  details: (reason: string) => `In detail: ${reason}`,
  couldNot: {
    load: 'Your conversations could not be loaded',
    copy: 'Nothing was copied',
    addFriend: 'The friend was not added',
    acceptRequest: 'The request was not accepted',
    dismissRequest: 'The request was not dismissed',
    changeProfile: 'Your profile was not changed',
    readPicture: 'The picture could not be read',
  },
  copyBlocked: 'The clipboard is blocked. Select the text and copy it by keyboard.',
  crashedTitle: 'This view stopped working',
  crashedBody: 'Your messages are safe with Ampoule. Load the view again to go on.',
  reloadView: 'Load again',
}
