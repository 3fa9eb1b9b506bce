// The operator's door: `bin/doorlist`. Exit codes: 0 done, 1 refused or failed (one line on stderr says why), 2 wrong
// usage. Commands reach the data through house.ts, whether the service runs or not.
import { Command, CommanderError } from 'commander'
import { readVersion } from '#platform/version.ts'
import { addAdmin } from './admin.ts'
import { addAudit } from './audit.ts'
import { failureLine } from './failure.ts'
import { addGroup } from './group.ts'
import { addIdp } from './idp.ts'
import { addMigrate } from './migrate.ts'
import { addSchema } from './schema.ts'
import { addDemo, addServe } from './serve.ts'
import { simulateCommand } from './simulate.ts'
import { addTenant } from './tenant.ts'
import { addUser } from './user.ts'

function buildProgram(): Command {
  const program = new Command('doorlist')
    .description(
      'People and groups arrive from your identity provider over SCIM 2.0; only who is on the list gets in.',
    )
    .version(readVersion())
    .exitOverride()
    .showSuggestionAfterError()
    .addHelpText(
      'after',
      '\nSettings: DOORLIST_DATA_DIR (./data), DATABASE_URL, DOORLIST_PUBLIC_URL and more, see docs/operations.md',
    )
  addServe(program)
  addDemo(program)
  addMigrate(program)
  addTenant(program)
  addAdmin(program)
  addIdp(program)
  addSchema(program)
  addUser(program)
  addGroup(program)
  addAudit(program)
  program.addCommand(simulateCommand().copyInheritedSettings(program))
  return program
}

async function main(): Promise<void> {
  // Whoever reads our output may stop reading, as `head` does.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
  try {
    await buildProgram().parseAsync()
  } catch (error) {
    // Commander has said already what is wrong; its own code is 0 after --help and --version.
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2
    else {
      process.stderr.write(`${failureLine(error)}\n`)
      process.exitCode = 1
    }
  }
}

await main()
