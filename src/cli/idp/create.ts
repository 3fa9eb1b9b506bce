import type { Command } from 'commander'

import { createIdentityProvider } from '#identity-providers/create.ts'

import { openSeal } from '#identity-providers/secrets.ts'
import type { Activation, Enroll, Mfa, Mode } from '#identity-providers/settings.ts'
import { firstLine, readTextFile } from '../ask.ts'
import { choice, type DataOptions, withData } from '../options.ts'
import { inTenant } from '../service/house.ts'
import { printProvided } from './print.ts'

interface CreateOptions extends DataOptions {
  readonly name: string
  readonly type: 'saml' | 'oidc'
  readonly entityIssuer?: string
  readonly ssoUrl?: string
  readonly certificateFile?: string
  readonly issuer?: string
  readonly clientId?: string
  readonly clientSecretFile?: string
  readonly scope?: string[]
  readonly autoProvisioning?: true
  readonly mfa: Mfa
  readonly enroll: Enroll
  readonly activation: Activation
  readonly mode: Mode
  readonly uniqueGroupNames: boolean
  readonly stableIdentifier?: string
}

const HELP = `
With --auto-provisioning it prints the SCIM endpoint, key, secret and token, this once; the sign-in details must then be
complete. With --json it prints {"id","name","type","scim":{"endpoint","key","secret","token"}}.

Examples:
  $ doorlist idp create --name Okta --type saml --entity-issuer http://www.okta.com/exk1 \\
      --sso-url https://example.okta.com/app/exk1/sso/saml --certificate-file okta.pem --auto-provisioning --json
  $ doorlist idp create --name Entra --type oidc --issuer https://login.microsoftonline.com/TENANT/v2.0 \\
      --client-id 8f1c… --client-secret-file secret.txt --scope email profile`

export function addIdpCreate(idp: Command): void {
  withData(idp.command('create').description('make an identity provider'))
    .requiredOption('--name <name>', 'its name')
    .addOption(choice('--type <type>', 'how its people sign in', ['saml', 'oidc']).makeOptionMandatory())
    .option('--entity-issuer <uri>', 'saml: entityID of the identity provider')
    .option('--sso-url <url>', 'saml: its single sign-on URL')
    .option('--certificate-file <pem>', 'saml: file with its signing certificates, in PEM form')
    .option('--issuer <url>', 'oidc: issuer')
    .option('--client-id <id>', 'oidc: client ID')
    .option('--client-secret-file <file>', 'oidc: file with the client secret in its first line')
    .option('--scope <scope...>', 'oidc: scopes beside openid (default: profile email)')
    .option('--auto-provisioning', 'let it provision over SCIM, and make credentials')
    .addOption(
      choice('--mfa <mode>', 'second factor', ['mandatory', 'none', 'external']).default('mandatory'),
    )
    .addOption(choice('--enroll <method>', 'who starts enrolment', ['admin', 'self']).default('admin'))
    .addOption(
      choice('--activation <how>', 'activation of users', ['automatic', 'manual']).default('automatic'),
    )
    .addOption(choice('--mode <mode>', 'how strictly SCIM is read', ['lenient', 'strict']).default('lenient'))
    .option('--stable-identifier <claim>', 'claim or attribute that never changes, such as oid of Entra ID')
    .option('--no-unique-group-names', 'allow several groups of one name')
    .addHelpText('after', HELP)
    .action(create)
}

function create(options: CreateOptions): Promise<void> {
  const { certificateFile, clientSecretFile, scope: scopes, entityIssuer, ssoUrl, issuer, clientId } = options
  const certificates = certificateFile === undefined ? undefined : readTextFile(certificateFile)
  const clientSecret = clientSecretFile === undefined ? undefined : firstLine(clientSecretFile)
  const details = { entityIssuer, ssoUrl, certificates, issuer, clientId, clientSecret, scopes }
  return inTenant(options.tenant, async ({ db, auditContext, config }) => {
    const seal = clientSecret === undefined ? undefined : await openSeal(db, config)
    const provided = await createIdentityProvider(db, auditContext, { ...options, details }, seal)
    printProvided(config, provided, options.json)
  })
}
