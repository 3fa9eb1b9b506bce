// What `serve` says when it is ready: where everything is, and what to do next.

export interface Welcome {
  readonly publicUrl: string
  readonly database: string
  readonly milliseconds: number
  /** Given on a first run, while the default tenant has no owner. */
  readonly setupLink: string | undefined
}

/** Lines for a person at a terminal; programs read the JSON log. */
export function welcome({ publicUrl, database, milliseconds, setupLink }: Welcome): string {
  const first = setupLink
    ? [
        '',
        '  First run: become the first administrator, with this link (valid once, for 24 hours)',
        `    ${setupLink}`,
        '  or with: bin/doorlist admin create --email you@example.com --role owner',
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
    ...first,
    '',
    '  Connect an identity provider: bin/doorlist idp create --help',
    '',
  ].join('\n')
}
