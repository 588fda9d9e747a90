/** Desktop notifications. */
export const notices = {
  messageTitle: (name: string) => name,
  messageBody: 'New message',
  requestTitle: 'Friend request',
  requestBody: (key: string) => `${key}… wants to be your friend`,
  storedTitle: (name: string) => `Waiting for ${name}`,
  storedBody: 'Your message now waits on the network.',
  collectedTitle: (name: string) => `${name} has it`,
  collectedBody: 'Your message was collected.',
}
