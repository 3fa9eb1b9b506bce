import type { signIn as english } from '../en/sign-in.ts'

export const signIn: typeof english = {
  title: 'サインイン',
  email: 'メールアドレス',
  password: 'パスワード',
  submit: 'サインイン',
  withPasskey: 'パスキーでサインイン',
  or: 'または',
  forgotten: 'パスワードをお忘れですか？',
  again: '最初からやり直す',
  otherWays: '以前サインインしたことのあるブラウザー、またはパスキーでは、引き続きサインインできます。',
  organisation: {
    title: '組織を選択',
    about: 'このメールアドレスとパスワードは複数の組織で使われています。',
  },
  factor: {
    title: '二要素認証',
    code: 'コード',
    codeHint: '認証アプリに表示される6桁の数字',
    recoveryCode: 'リカバリーコード',
    recoveryCodeHint: '二要素認証の設定時に保管したコード（1回のみ有効）',
    passkey: 'パスキーを使う',
    useRecoveryCode: 'リカバリーコードを使う',
    useCode: '認証アプリを使う',
    confirm: '確認',
    none: 'このアドレスで使える認証要素がなく、リカバリーコードも残っていません。オーナーにリセットを依頼するか、サービスの運用者に連絡してください：doorlist admin reset-factors',
  },
  forgottenPage: {
    title: 'パスワードの再設定',
    about: '管理者のメールアドレスであれば、再設定用リンクを送信します。リンクは1回のみ、60分間有効です。',
    send: 'リンクを送信',
    sentTitle: 'メールを確認してください',
    sentText: (email) =>
      `${email} が管理者のものであれば、リンクを送信しました。30分以内に送信済みの場合は、そのリンクをご利用ください。届かない場合は迷惑メールを確認するか、他のオーナーに連絡してください。`,
    noMail:
      'このサービスはメールを送信しません。オーナーに再設定リンクを依頼するか、運用者に連絡してください：doorlist admin reset-password',
    back: 'サインインに戻る',
  },
  passkeyFailed:
    'パスキーを使用できませんでした（キャンセル、時間切れ、またはこのサイトのパスキーがありません）。',
  proof: {
    title: '本人確認',
    about: '重要な変更です。本人確認をしてください。確認は15分間有効です。',
  },
}
