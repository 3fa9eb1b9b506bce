// Mails and text messages to users, in the language of the page that they are on, or of whoever invites them. Plain text,
// without values from outside, so that nothing in them can be forged.
import type { Language } from '#platform/language.ts'

interface MailText {
  readonly subject: string
  readonly text: string
}

interface CodeFacts {
  readonly code: string
  readonly host: string
  readonly seconds: number
}

interface LinkFacts {
  readonly kind: 'invitation' | 'reset'
  readonly tenantName: string
  readonly userName: string
  readonly url: string
}

interface MailTexts {
  code(facts: CodeFacts): MailText
  message(code: string): string
  passwordLink(facts: LinkFacts): MailText
}

const MAILS: Record<Language, MailTexts> = {
  en: {
    code: ({ code, host, seconds }) => ({
      subject: `${code} is your sign-in code`,
      text: `${code}

Use this code to sign in at ${host}. It works once, for ${seconds} seconds.

If you aren’t signing in, someone else is trying to use your account. Tell your administrator, and don’t share this code.
`,
    }),
    message: (code) => `${code} is your sign-in code. Do not share it.`,
    passwordLink: ({ kind, tenantName, userName, url }) => ({
      subject:
        kind === 'invitation' ? `Your account at ${tenantName}` : `Reset your password for ${tenantName}`,
      text: `${kind === 'invitation' ? `You have an account at ${tenantName}. Your user name is ${userName}.` : `Someone asked to reset the password of your account at ${tenantName}.`}

Open this link to choose a password. The link works once, for ${kind === 'invitation' ? '72 hours' : '60 minutes'}:

${url}

If you didn’t expect this email, ignore it. Nothing changes unless you open the link.
`,
    }),
  },
  ja: {
    code: ({ code, host, seconds }) => ({
      subject: `サインイン用コード：${code}`,
      text: `${code}

は、${host}へのサインイン用コードです。有効期間は${seconds}秒、1回だけ使えます。

サインインの操作をしていない場合は、ほかの人があなたの名前を使っています。管理者に連絡し、コードは誰にも教えないでください。
`,
    }),
    message: (code) => `サインイン用コード：${code} 誰にも教えないでください。`,
    passwordLink: ({ kind, tenantName, userName, url }) => ({
      subject: kind === 'invitation' ? `${tenantName}のアカウント` : `${tenantName}のパスワード再設定`,
      text: `${kind === 'invitation' ? `${tenantName}のアカウントが作成されました。ユーザー名は${userName}です。` : `${tenantName}のアカウントについて、パスワードの再設定が依頼されました。`}

次のリンクを開いてパスワードを設定してください。有効期間は${kind === 'invitation' ? '72時間' : '60分'}、1回だけ使えます：

${url}

心当たりがない場合は、このメールを無視してください。リンクを開かなければ何も変わりません。
`,
    }),
  },
}

export function codeMail(language: Language, facts: CodeFacts): MailText {
  return MAILS[language].code(facts)
}

/** Returns a text message. Its last line lets phones fill the code in on this host only. */
export function codeMessage(language: Language, { code, host }: CodeFacts): string {
  return `${MAILS[language].message(code)}\n\n@${host.replace(/:\d+$/, '')} #${code}`
}

export function passwordLinkMail(language: Language, facts: LinkFacts): MailText {
  return MAILS[language].passwordLink(facts)
}
