import type { Command } from 'commander'
import { createAdministrator, listAdministrators, type Role } from '#tenancy/administrators.ts'
import { readPasswordOr } from './ask.ts'
import { inTenant } from './house.ts'
import { choice, type DataOptions, withData } from './options.ts'
import { printJson, printLine, printTable } from './print.ts'

interface CreateOptions extends DataOptions {
  readonly email: string
  readonly name?: string
  readonly role: Role
  readonly passwordFile?: string
}

const CREATE_HELP = `
The password is asked for, or read from the first line of a file; never given as an argument.

Examples:
  $ doorlist admin create --email ada@example.com --name "Ada Lovelace" --role owner
  $ doorlist admin create --email bo@example.com --role auditor --password-file ./password.txt --json`

export function addAdmin(program: Command): void {
  const admin = program.command('admin').description('portal accounts of administrators')

  withData(admin.command('create').description('make an administrator'))
    .requiredOption('--email <address>', 'e-mail address')
    .option('--name <name>', 'name for people; the e-mail address otherwise')
    .addOption(
      choice('--role <role>', 'what the account may do', ['owner', 'admin', 'auditor']).default('admin'),
    )
    .option('--password-file <file>', 'file with the password in its first line; - for stdin')
    .addHelpText('after', CREATE_HELP)
    .action(create)

  withData(admin.command('list').description('list the administrators')).action(
    ({ tenant, json }: DataOptions) =>
      inTenant(tenant, async ({ db, tenantId }) => {
        const administrators = await listAdministrators(db, tenantId)
        if (json) return printJson(administrators)
        printTable(administrators, {
          email: (a) => a.email,
          name: (a) => a.name,
          role: (a) => a.role,
          disabled: (a) => a.disabled,
          created: (a) => a.createdAt,
        })
      }),
  )
}

async function create({
  tenant,
  json,
  email,
  name = email,
  role,
  passwordFile,
}: CreateOptions): Promise<void> {
  const password = await readPasswordOr(passwordFile)
  await inTenant(tenant, async ({ db, witness }) => {
    const administrator = await createAdministrator(db, witness, { email, name, role, password })
    if (json) return printJson(administrator)
    printLine(`${administrator.email} is now ${role} of the tenant ${tenant}`)
  })
}
