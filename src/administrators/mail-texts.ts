// Emails to administrators, in the language of the page on which they were requested. They are plain text, so that a
// name or address in them can't pose as a link or a button.
import type { Language } from '#platform/language.ts'

export interface MailText {
  readonly subject: string
  readonly text: string
}

interface InvitationFacts {
  readonly tenantName: string
  readonly invitedBy: string
  readonly role: string
  readonly url: string
}

interface ResetFacts {
  readonly tenantName: string
  readonly url: string
  readonly minutes: number
}

interface MailTexts {
  invitation(facts: InvitationFacts): MailText
  reset(facts: ResetFacts): MailText
}

const MAILS: Record<Language, MailTexts> = {
  en: {
    invitation: ({ tenantName, invitedBy, role, url }) => ({
      subject: `You are invited to administer ${tenantName} in Doorlist`,
      text: `${invitedBy} invites you to administer ${tenantName} in Doorlist, as ${role}.

Open this link to set up your account. It works once, for 72 hours:

${url}

If you do not expect this, ignore it: nothing happens without the link.
`,
    }),
    reset: ({ tenantName, url, minutes }) => ({
      subject: `A new password for ${tenantName} in Doorlist`,
      text: `Somebody asked for a new password for your administrator account of ${tenantName} in Doorlist.

Open this link to choose one. It works once, for ${minutes < 120 ? `${minutes} minutes` : `${minutes / 60} hours`}:

${url}

If that was not you, ignore this: your password stays as it is, and the link ends by itself.
`,
    }),
  },
  ja: {
    invitation: ({ tenantName, invitedBy, role, url }) => ({
      subject: `Doorlist：${tenantName}の管理者への招待`,
      text: `${invitedBy}から、Doorlistで${tenantName}を管理する${ROLES[role] ?? role}として招待されました。

次のリンクを開いてアカウントを設定してください。有効期間は72時間、1回だけ使えます：

${url}

心当たりがない場合は、このメールを無視してください。リンクを開かなければ何も変わりません。
`,
    }),
    reset: ({ tenantName, url, minutes }) => ({
      subject: `Doorlist：${tenantName}のパスワード再設定`,
      text: `Doorlistの${tenantName}の管理者アカウントについて、パスワードの再設定が依頼されました。

次のリンクを開いて設定してください。有効期間は${minutes < 120 ? `${minutes}分` : `${minutes / 60}時間`}、1回だけ使えます：

${url}

心当たりがない場合は、このメールを無視してください。パスワードは変わらず、リンクは自動的に無効になります。
`,
    }),
  },
}

const ROLES: Record<string, string> = { owner: 'オーナー', admin: '管理者', auditor: '監査者' }

export function invitationMail(language: Language, facts: InvitationFacts): MailText {
  return MAILS[language].invitation(facts)
}

export function resetMail(language: Language, facts: ResetFacts): MailText {
  return MAILS[language].reset(facts)
}
