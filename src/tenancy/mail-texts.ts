// What Doorlist writes to administrators. Plain text: nothing in it can be made to look like something else.

export interface MailText {
  readonly subject: string
  readonly text: string
}

export function invitationMail(facts: {
  readonly tenantName: string
  readonly invitedBy: string
  readonly role: string
  readonly url: string
}): MailText {
  const { tenantName, invitedBy, role, url } = facts
  return {
    subject: `You are invited to administer ${tenantName} in Doorlist`,
    text: `${invitedBy} invites you to administer ${tenantName} in Doorlist, as ${role}.

Open this link to set up your account. It works once, for 72 hours:

${url}

If you do not expect this, ignore it: nothing happens without the link.
`,
  }
}

export function resetMail({
  tenantName,
  url,
  life,
}: {
  tenantName: string
  url: string
  life: string
}): MailText {
  return {
    subject: `A new password for ${tenantName} in Doorlist`,
    text: `Somebody asked for a new password for your administrator account of ${tenantName} in Doorlist.

Open this link to choose one. It works once, for ${life}:

${url}

If that was not you, ignore this: your password stays as it is, and the link ends by itself.
`,
  }
}
