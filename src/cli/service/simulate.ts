import { Argument, Command, InvalidArgumentError, Option } from 'commander'
import type { Credentials } from '#simulator/client.ts'
import { DIALECTS, findDialect } from '#simulator/dialects.ts'
import { openProgress } from '#simulator/progress.ts'
import { type Summary, simulate } from '#simulator/simulate.ts'
import { jsonSummary, printSummary } from '#simulator/summary.ts'

// `doorlist simulate`: an identity provider at work against any SCIM endpoint. It needs no database and no running
// service of ours; the credentials are those of one identity provider, and are never printed.

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

It tests the connection, provisions every person and group (look-up, create, members), and then runs incremental
cycles: hires, profile changes, deactivations, reactivations, deletions, groups renamed and regrouped. The same seed
makes the same people, so a second run takes the accounts of the first one over.

With --verify every echo is compared with what was sent, and in the end every user, group and membership is read
back: that tells how true any SCIM service is to what identity providers send.

Exit code: 0 every answer was right, 1 some were wrong or differ or the simulation ended early, 2 wrong usage.

Examples:
  $ DOORLIST_SIMULATE_TOKEN=… doorlist simulate okta --endpoint http://127.0.0.1:8080/scim/v2/… --users 1000 --groups 50
  $ doorlist simulate entra --endpoint https://… --key … --secret … --cycles 3 --json`

/** The `simulate` command, to be added to the program. */
export function simulateCommand(): Command {
  return new Command('simulate')
    .summary('push people and groups as an identity provider would')
    .description(
      'Pushes made-up people and groups to a SCIM endpoint, the way a real identity provider does.',
    )
    .addArgument(
      new Argument('<identity-provider>', 'whose behaviour to take on').choices(
        DIALECTS.map(({ name }) => name),
      ),
    )
    .requiredOption('--endpoint <url>', 'SCIM endpoint of the identity provider', endpoint)
    .addOption(new Option('--token <token>', 'bearer token').env('DOORLIST_SIMULATE_TOKEN'))
    .addOption(new Option('--key <key>', 'key, for HTTP Basic instead of a token'))
    .addOption(
      new Option('--secret <secret>', 'secret that belongs to the key').env('DOORLIST_SIMULATE_SECRET'),
    )
    .option('--users <n>', 'how many people', count, 200)
    .option('--groups <n>', 'how many groups; the first holds everybody', count, 12)
    .option('--cycles <n>', 'incremental cycles after the first sync', count, 0)
    .option('--seed <n>', 'whole number that the people follow from', count, 1)
    .option('--domain <name>', 'what user names and addresses end in', 'harbour.example')
    .option('--parallel <n>', 'requests in flight (default: as that identity provider does)', positive)
    .option('--timeout <seconds>', 'longest wait for one answer', positive, 60)
    .option('--verify', 'compare what the service shows with what was sent, and list the differences')
    .option('--json', 'print the summary as JSON and nothing else')
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

// What stands on the command line wins over the environment; token and key on one line contradict each other.
function readCredentials({ token, key, secret }: Options, command: Command): Credentials | undefined {
  const tokenGiven = command.getOptionValueSource('token') === 'cli'
  if (key !== undefined) return secret && !tokenGiven ? { key: key.trim(), secret: secret.trim() } : undefined
  return token?.trim() ? { token: token.trim() } : undefined
}

function endpoint(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const usable =
    url && ['http:', 'https:'].includes(url.protocol) && !url.username && !url.search && !url.hash
  if (!usable)
    throw new InvalidArgumentError('It must be an http or https URL without user, query or fragment.')
  return url.href
}

function count(text: string): number {
  if (!/^\d{1,7}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 0 to 9999999.')
  return Number(text)
}

function positive(text: string): number {
  if (count(text) === 0) throw new InvalidArgumentError('It must be at least 1.')
  return Number(text)
}
