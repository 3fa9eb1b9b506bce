// `doorlist serve` without the command line around it, for tests that end it in every way a process can end.
import { readConfig } from '#config.ts'
import { serve } from '#main.ts'

// Mistakes of our own, on demand.
process.on('SIGUSR2', () => {
  void Promise.reject(new Error('a promise that nobody awaits'))
})

await serve(readConfig(process.env))
