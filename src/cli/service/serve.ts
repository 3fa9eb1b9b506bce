import type { Command } from 'commander'
import { readConfig } from '#config.ts'

export function addServe(program: Command): void {
  program
    .command('serve')
    .description('run the service until it is told to stop (SIGTERM, Ctrl-C)')
    .addHelpText(
      'after',
      '\nSettings come from the environment, see docs/operations.md.\n\nExample:\n  $ DOORLIST_PORT=9000 doorlist serve',
    )
    .action(async () => {
      const { serve } = await import('#main.ts')
      await serve(readConfig(process.env))
    })
}

export function addDemo(program: Command): void {
  program
    .command('demo')
    .description('run the service with a demonstration identity provider that pushes people into it')
    .action(async () => {
      const { demo } = await import('./demo.ts')
      await demo(readConfig(process.env))
    })
}
