import type { Command } from 'commander'
import {
  createAdministrator,
  findAdministratorByEmail,
  listAdministrators,
  type Role,
} from '#administrators/administrators.ts'
import { resetFactors } from '#administrators/change-administrator.ts'
import { replacePassword } from '#administrators/own-account.ts'
import { readPasswordOr } from '../ask.ts'
import { choice, type DataOptions, withData } from '../options.ts'
import { printJson, printLine, printTable } from '../print.ts'
import { ownUrl, withTenantContext } from '../service/context.ts'

interface CreateOptions extends DataOptions {
  readonly email: string
  readonly name?: string
  readonly role: Role
  readonly passwordFile?: string
}

const CREATE_HELP = `
The command asks for the password, or reads it from the first line of a file. It can't be given as an argument.

Examples:
  $ doorlist admin create --email ada@example.com --name "Ada Lovelace" --role owner
  $ doorlist admin create --email bo@example.com --role auditor --password-file ./password.txt --json`

export function addAdmin(program: Command): void {
  const admin = program.command('admin').description('manage administrators of the portal')

  withData(admin.command('create').description('create an administrator'))
    .requiredOption('--email <address>', 'email address')
    .option('--name <name>', 'display name (default: the email address)')
    .addOption(
      choice('--role <role>', 'role of the administrator', [
        'owner',
        'admin',
        'auditor',
      ]).makeOptionMandatory(),
    )
    .option('--password-file <file>', 'file with the password in its first line (- reads from stdin)')
    .addHelpText('after', CREATE_HELP)
    .action(create)

  withData(admin.command('list').description('list administrators')).action(({ tenant, json }: DataOptions) =>
    withTenantContext(tenant, async ({ db, tenantId }) => {
      const administrators = await listAdministrators(db, tenantId)
      if (json) return printJson(administrators)
      printTable(administrators, {
        email: (a) => a.email,
        name: (a) => a.name,
        role: (a) => a.role,
        disabled: (a) => a.disabled,
        factors: (a) => a.factors,
        created: (a) => a.createdAt,
      })
    }),
  )

  withData(admin.command('reset-password <email>').description('set a new password and end all sessions'))
    .option('--password-file <file>', 'file with the password in its first line (- reads from stdin)')
    .action(resetPassword)

  withData(
    admin.command('reset-factors <email>').description('remove all second factors and end all sessions'),
  ).action(clearFactors)
}

async function resetPassword(
  email: string,
  { tenant, json, passwordFile }: DataOptions & { readonly passwordFile?: string },
): Promise<void> {
  const password = await readPasswordOr(passwordFile)
  await withTenantContext(tenant, async ({ db, tenantId, auditContext }) => {
    const administrator = await findAdministratorByEmail(db, tenantId, email)
    await replacePassword(db, auditContext, administrator, password)
    if (json) return printJson({ id: administrator.id, email: administrator.email })
    printLine(`${administrator.email} has a new password. All sessions have ended.`)
  })
}

async function clearFactors(email: string, { tenant, json }: DataOptions): Promise<void> {
  await withTenantContext(tenant, async ({ db, config, tenantId, auditContext }) => {
    const { id, email: address } = await findAdministratorByEmail(db, tenantId, email)
    const tools = { db, publicUrl: () => ownUrl(config) }
    const { factors, needsPassword } = await resetFactors(tools, auditContext, id)
    if (json) return printJson({ id, email: address, factors, needsPassword })
    printLine(`${factors} second factors of ${address} were removed. All sessions have ended.`)
    if (needsPassword)
      printLine(
        `The password is too short to be used without a second factor, so it no longer works. Set a new one: doorlist admin reset-password ${address}`,
      )
  })
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
  await withTenantContext(tenant, async ({ db, auditContext }) => {
    const administrator = await createAdministrator(db, auditContext, { email, name, role, password })
    if (json) return printJson(administrator)
    printLine(`${administrator.email} was created as ${role} of the tenant ${tenant}`)
  })
}
