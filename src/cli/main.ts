// The command line for operators, `bin/doorlist`. This folder owns the commands, their help and their output. It holds no
// logic: each command calls the folder that owns the thing. Exit codes: 0 done, 1 refused or failed (one line on stderr says
// why), 2 wrong usage. Start with this file; then read service/context.ts, which gives a command its database.
import { Command, CommanderError } from 'commander'
import { Invalid } from '#errors.ts'
import { Interrupted } from '#platform/stop-signals.ts'
import { readVersion } from '#platform/version.ts'
import { failureLine } from './failure.ts'

type Add = (program: Command) => void

/** In the order of the help. Each is loaded only when it is needed, so that `serve` starts quickly. */
const COMMANDS: Readonly<Record<string, () => Promise<Add>>> = {
  serve: async () => (await import('./service/serve.ts')).addServe,
  demo: async () => (await import('./service/serve.ts')).addDemo,
  migrate: async () => (await import('./service/migrate.ts')).addMigrate,
  tenant: async () => (await import('./people/tenant.ts')).addTenant,
  admin: async () => (await import('./people/admin.ts')).addAdmin,
  idp: async () => (await import('./idp/idp.ts')).addIdp,
  schema: async () => (await import('./idp/schema.ts')).addSchema,
  user: async () => (await import('./people/user.ts')).addUser,
  group: async () => (await import('./people/group.ts')).addGroup,
  'signing-key': async () => (await import('./signing-key.ts')).addSigningKey,
  audit: async () => (await import('./audit.ts')).addAudit,
  simulate: async () => {
    const { simulateCommand } = await import('./service/simulate.ts')
    return (program) => program.addCommand(simulateCommand().copyInheritedSettings(program))
  },
}

/** Returns the named command, or all of them for the help and for an unknown command. */
async function commandsFor([name = '']: readonly string[]): Promise<Add[]> {
  const named = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  return Promise.all((named ? [named] : Object.values(COMMANDS)).map((load) => load()))
}

function buildProgram(commands: readonly Add[]): Command {
  const program = new Command('doorlist')
    .description(
      'Users and groups from your identity provider over SCIM 2.0, sign-in through it, and an app gateway.',
    )
    .version(readVersion())
    .exitOverride()
    .showSuggestionAfterError()
    .addHelpText(
      'after',
      '\nCommands read the same settings as the service: environment variables, or the file that DOORLIST_CONFIG names.\nThe most important: DOORLIST_DATA_DIR (./data), DATABASE_URL, DOORLIST_PUBLIC_URL. All: docs/settings.md',
    )
  for (const add of commands) add(program)
  return program
}

/** Ends as a program does that handles no signals, so that a shell's loop ends with its command. */
function endBy(signal: NodeJS.Signals): void {
  process.removeAllListeners(signal)
  process.kill(process.pid, signal)
}

async function main(): Promise<void> {
  // The reader of the output may stop reading, as `head` does.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
  try {
    await buildProgram(await commandsFor(process.argv.slice(2))).parseAsync()
  } catch (error) {
    // Commander has already printed what is wrong. Its own code is 0 after --help and --version.
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2
    else if (error instanceof Interrupted) endBy(error.signal)
    else {
      process.stderr.write(`${failureLine(error)}\n`)
      process.exitCode = error instanceof Invalid && error.field === 'after' ? 2 : 1
    }
  }
}

await main()
