/** Preloaded by restart.js: ends this process when the one that started it is gone, even by kill -9. */
if (process.channel) {
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
  process.channel.unref()
}
