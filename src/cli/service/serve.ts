import type { Command } from 'commander'
import { readConfig } from '#config.ts'

export function addServe(program: Command): void {
  program
    .command('serve')
    .description('run the service (stop it with Ctrl-C or SIGTERM)')
    .addHelpText('after', '\nSettings: docs/settings.md\n\nExample:\n  $ DOORLIST_PORT=9000 doorlist serve')
    .action(async () => {
      const { serve } = await import('#main.ts')
      await serve(readConfig(process.env))
    })
}

export function addDemo(program: Command): void {
  program
    .command('demo')
    .description('run the service and let a simulated Okta send 200 users and 12 groups')
    .action(async () => {
      const { demo } = await import('./demo.ts')
      await demo(readConfig(process.env))
    })
}
