import { Argument, Command, InvalidArgumentError, Option } from 'commander'
import type { Credentials } from '#simulator/client.ts'
import { DIALECTS, findDialect } from '#simulator/dialects.ts'
import { openProgress } from '#simulator/progress.ts'
import { type Summary, simulate } from '#simulator/simulate.ts'
import { jsonSummary, printSummary } from '#simulator/summary.ts'

// `doorlist simulate`: sends what an identity provider would send to any SCIM endpoint. It needs no database and no running
// Doorlist. The credentials are never printed.

interface Options {
  endpoint: string
  token?: string
  key?: string
  secret?: string
  users: number
  groups: number
  cycles: number
  seed: number
  domain: string
  parallel?: number
  timeout: number
  verify?: true
  json?: true
}

const HELP = `
Identity providers:
${DIALECTS.map(({ name, title, group }) => `  ${name.padEnd(18)}${title}${group ? '' : ' (users only)'}`).join('\n')}

It tests the connection, provisions every user and group (look up, create, add members), and then runs incremental
cycles: new users, profile changes, deactivations, reactivations, deletions, renamed groups, changed members. The same seed
gives the same users, so a second run finds the users of the first one.

With --verify, every answer is compared with what was sent, and at the end every user, group and membership is read
back. This tests any SCIM service, not only Doorlist.

Exit codes: 0 all answers are correct, 1 errors, differences or an early end, 2 wrong usage.

Examples:
  $ DOORLIST_SIMULATE_TOKEN=… doorlist simulate okta --endpoint http://127.0.0.1:8080/scim/v2/… --users 1000 --groups 50
  $ doorlist simulate entra --endpoint https://… --key … --secret … --cycles 3 --json`

/** Returns the `simulate` command. */
export function simulateCommand(): Command {
  return new Command('simulate')
    .summary('send users and groups to a SCIM endpoint, as an identity provider would')
    .description('Sends made-up users and groups to a SCIM endpoint, as a real identity provider would.')
    .addArgument(
      new Argument('<identity-provider>', 'identity provider to simulate').choices(
        DIALECTS.map(({ name }) => name),
      ),
    )
    .requiredOption('--endpoint <url>', 'SCIM endpoint of the identity provider', endpoint)
    .addOption(new Option('--token <token>', 'bearer token').env('DOORLIST_SIMULATE_TOKEN'))
    .addOption(new Option('--key <key>', 'key, for HTTP Basic authentication instead of a token'))
    .addOption(new Option('--secret <secret>', 'secret for the key').env('DOORLIST_SIMULATE_SECRET'))
    .option('--users <n>', 'number of users', count, 200)
    .option('--groups <n>', 'number of groups; every user is in the first', count, 12)
    .option('--cycles <n>', 'number of incremental cycles after the first sync', count, 0)
    .option('--seed <n>', 'seed for the made-up users', count, 1)
    .option('--domain <name>', 'domain of user names and email addresses', 'harbour.example')
    .option(
      '--parallel <n>',
      'parallel requests (default: as many as that identity provider sends)',
      positive,
    )
    .option('--timeout <seconds>', 'maximum time for one answer', positive, 60)
    .option('--verify', 'compare what the service returns with what was sent, and list the differences')
    .option('--json', 'print only the summary, as JSON')
    .addHelpText('after', HELP)
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
    .action(run)
}

async function run(name: string, options: Options, command: Command): Promise<void> {
  const dialect = findDialect(name)
  const credentials = readCredentials(options, command)
  if (!dialect || !credentials)
    return command.error('error: give either --token, or --key and --secret', { exitCode: 2 })

  const view = options.json ? undefined : openProgress(process.stdout)
  const interruption = new AbortController()
  const interrupt = () => interruption.abort()
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt)
  try {
    const summary = await simulate({
      dialect,
      endpoint: options.endpoint,
      credentials,
      users: options.users,
      groups: options.groups,
      cycles: options.cycles,
      seed: options.seed,
      domain: options.domain,
      ...(options.parallel && { parallel: options.parallel }),
      patience: { timeoutSeconds: options.timeout },
      verify: options.verify === true,
      signal: interruption.signal,
      ...(view && { onProgress: view.report }),
    })
    view?.end()
    process.stdout.write(`${options.json ? jsonSummary(summary) : printSummary(summary)}\n`)
    if (isWrong(summary)) process.exitCode = 1
  } finally {
    view?.end()
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
  }
}

function isWrong({ errors, stopped, verification }: Summary): boolean {
  return errors > 0 || stopped !== undefined || (verification?.differences ?? 0) > 0
}

// The command line wins over the environment. A token and a key on one command line contradict each other.
function readCredentials({ token, key, secret }: Options, command: Command): Credentials | undefined {
  const tokenGiven = command.getOptionValueSource('token') === 'cli'
  if (key !== undefined) return secret && !tokenGiven ? { key: key.trim(), secret: secret.trim() } : undefined
  return token?.trim() ? { token: token.trim() } : undefined
}

function endpoint(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const usable =
    url && ['http:', 'https:'].includes(url.protocol) && !url.username && !url.search && !url.hash
  if (!usable) throw new InvalidArgumentError('Enter an http or https URL without user, query or fragment.')
  return url.href
}

function count(text: string): number {
  if (!/^\d{1,7}$/.test(text)) throw new InvalidArgumentError('Enter a whole number from 0 to 9999999.')
  return Number(text)
}

function positive(text: string): number {
  if (count(text) === 0) throw new InvalidArgumentError('Enter a number of at least 1.')
  return Number(text)
}
