/** Desktop notifications. */
export const notices = {
  messageTitle: (name: string) => name,
  messageBody: 'New message',
  fileTitle: (name: string) => name,
  fileBody: (file: string) => `Wants to send you a file: ${file}`,
  fileBodyUnnamed: 'Wants to send you a file',
  requestTitle: 'Friend request',
  requestBody: (key: string) => `${key}… wants to be your friend`,
  storedTitle: (name: string) => `Waiting for ${name}`,
  storedBody: 'Your message now waits on the network.',
  collectedTitle: (name: string) => `${name} has it`,
  collectedBody: 'Your message was collected.',
}
