import type { Command } from 'commander'
import { printJson, printLine } from '../print.ts'
import { withContext } from './context.ts'

export function addMigrate(program: Command): void {
  program
    .command('migrate')
    .description('apply pending database migrations (serve does it too)')
    .option('--json', 'print JSON')
    .action(({ json }: { json?: true }) =>
      withContext(async ({ migrated }) => {
        if (json) return printJson({ migrated })
        printLine(migrated.length > 0 ? `Applied: ${migrated.join(', ')}` : 'No migrations are pending')
      }),
    )
}
