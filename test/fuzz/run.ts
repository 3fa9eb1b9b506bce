// `npm run fuzz`: the fuzz tests with as many inputs as one likes, bounded by time and by count.
import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import path from 'node:path'
import { parseArgs } from 'node:util'

const HELP = `npm run fuzz -- [options]
  --seconds N    stop after so long, in each of the two parts (3600)
  --count N      inputs to readers in the process (1000000)
  --requests N   requests over HTTP (100000)
  --seed N       the same seed gives the same inputs; a random one otherwise
  --from N       begin with this input: one that failed can be run alone, with --count 1
  --only NAME    in-process, or http`

const option = { type: 'string' } as const
const { values } = parseArgs({
  options: {
    seconds: option,
    count: option,
    requests: option,
    seed: option,
    from: option,
    only: option,
    help: { type: 'boolean', short: 'h' },
  },
})

if (values.help) console.info(HELP)
else run()

function run(): void {
  const seed = values.seed ?? String(randomInt(2 ** 31))
  console.info(`seed ${seed}`)
  const root = path.resolve(import.meta.dirname, '../..')
  const file = values.only === undefined ? 'test/fuzz' : `test/fuzz/${values.only}.test.ts`
  const child = spawn(
    path.join(root, 'node_modules/.bin/vitest'),
    ['run', '--project', 'integration', file],
    {
      cwd: root,
      stdio: 'inherit',
      env: {
        ...process.env,
        FUZZ_SEED: seed,
        FUZZ_FROM: values.from ?? '0',
        FUZZ_SECONDS: values.seconds ?? '3600',
        FUZZ_COUNT: values.count ?? '1000000',
        FUZZ_REQUESTS: values.requests ?? '100000',
      },
    },
  )
  child.on('exit', (code) => {
    process.exitCode = code ?? 1
  })
}
