// The text that `serve` prints when it is ready: addresses, and what to do next.

export interface Welcome {
  readonly publicUrl: string
  readonly database: string
  readonly milliseconds: number
  /** Set while the default tenant has no owner. */
  readonly setupLink: string | undefined
  /** Warnings for operators about missing protection. */
  readonly warnings: readonly string[]
}

/** Returns the lines for the terminal; programs read the JSON log. */
export function welcome({ publicUrl, database, milliseconds, setupLink, warnings }: Welcome): string {
  const first = setupLink
    ? [
        '',
        '  First start: open this link to create the first administrator (it works once, for 24 hours)',
        `    ${setupLink}`,
        '  or run: bin/doorlist admin create --email you@example.com --role owner',
      ]
    : []
  return [
    '',
    `  Doorlist is ready (${Math.round(milliseconds)} ms, ${database})`,
    '',
    `  Portal  ${publicUrl}/admin`,
    `  SCIM    ${publicUrl}/scim/v2/{identity provider}`,
    `  OAuth   ${publicUrl}/oauth/token`,
    `  Health  ${publicUrl}/readyz`,
    ...warnings.flatMap((warning) => ['', `  Warning: ${warning}`]),
    ...first,
    '',
    '  Connect an identity provider in the portal, or run: bin/doorlist idp create --help',
    '',
  ].join('\n')
}
