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
      const { serve } = await import('../main.ts')
      await serve(readConfig(process.env))
    })
}
