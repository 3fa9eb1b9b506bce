// What Doorlist writes to the people of an identity provider. Plain text: nothing in it can be made to look like
// something else, and names that come from outside stand in none of it.

interface CodeFacts {
  readonly code: string
  readonly host: string
  readonly seconds: number
}

export function codeMail({ code, host, seconds }: CodeFacts) {
  return {
    subject: `${code} is your sign-in code`,
    text: `${code}

is the code for your sign-in at ${host}. It is good for ${seconds} seconds, once.

If you are not signing in, somebody else is, with your name: tell your administrator, and give the code to nobody.
`,
  }
}

/** The last line lets phones fill the code in at this host alone. */
export function codeMessage({ code, host }: CodeFacts): string {
  return `${code} is your sign-in code. Give it to nobody.\n\n@${host.replace(/:\d+$/, '')} #${code}`
}

interface LinkFacts {
  readonly kind: 'invitation' | 'reset'
  readonly tenantName: string
  readonly userName: string
  readonly url: string
}

export function passwordLinkMail({ kind, tenantName, userName, url }: LinkFacts) {
  const isInvitation = kind === 'invitation'
  return {
    subject: isInvitation ? `Your account at ${tenantName}` : `A new password for ${tenantName}`,
    text: `${isInvitation ? `You have an account at ${tenantName}. Your user name is ${userName}.` : `Somebody asked for a new password for your account at ${tenantName}.`}

Open this link to choose a password. It works once, for ${isInvitation ? '72 hours' : '30 minutes'}:

${url}

If you do not expect this, ignore it: nothing happens without the link.
`,
  }
}
