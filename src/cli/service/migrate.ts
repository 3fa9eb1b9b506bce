import type { Command } from 'commander'
import { printJson, printLine } from '../print.ts'
import { inHouse } from './house.ts'

export function addMigrate(program: Command): void {
  program
    .command('migrate')
    .description('bring the database to the shape that this version needs; serve does it too')
    .option('--json', 'print JSON')
    .action(({ json }: { json?: true }) =>
      inHouse(async ({ migrated }) => {
        if (json) return printJson({ migrated })
        printLine(migrated.length > 0 ? `Migrated: ${migrated.join(', ')}` : 'The database is up to date')
      }),
    )
}
