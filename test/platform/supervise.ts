// A process that only supervises a data folder, for tests that kill it: prints one JSON line when the server is up.
import { startPostgres } from '#platform/postgres/embedded.ts'

const postgres = await startPostgres({ dataDir: process.argv[2] ?? '', settings: { fsync: 'off' } })
console.log(JSON.stringify({ pid: postgres.pid, logins: postgres.logins }))
process.once('SIGTERM', () => void postgres.stop())
