import type { signingKeys as english } from '../en/signing-keys.ts'

export const signingKeys: typeof english = {
  title: '署名鍵',
  about:
    'Doorlist は Remote-Token ヘッダーをこれらの鍵で署名します。アプリケーションは鍵の一覧で署名を検証し、発行者が下の値であることを確認します。',
  issuer: '発行者 (issuer)',
  keysUrl: '鍵の一覧 (JWKS)',
  none: '最初の鍵は、アプリケーションが鍵の一覧を読み込むか、ユーザーが初めてアプリケーションを開いたときに作成されます。',
  key: '鍵ID',
  status: '状態',
  state: { next: '次の鍵', signing: '使用中', retiring: '終了待ち' },
  signsFrom: '使用開始',
  publishedUntil: '公開終了',
  created: '作成',
  actions: '操作',
  revokeShort: '取り消す',
  rotate: '鍵を更新',
  rotateTitle: '署名鍵を更新しますか?',
  rotateText:
    '新しい鍵は直ちに公開され、5分後から署名に使われます。現在の鍵は、署名したトークンの有効期限が切れるまで公開されます。鍵の一覧を読み込むアプリケーションの変更は不要です。',
  rotated: '新しい鍵を公開しました。5分後から署名に使われます。',
  rotating: '新しい鍵はすでに公開されています。その鍵が使われ始めると、再び更新できます。',
  revoke: '鍵を取り消す',
  revokeOf: (id) => `鍵 ${id} を取り消す`,
  revokeTitle: 'この署名鍵を取り消しますか?',
  revokeText: {
    signing:
      'この鍵は直ちに署名をやめ、鍵の一覧から外れ、別の鍵に切り替わります。鍵が漏えいした可能性がある場合に取り消してください。一覧の写しを使うアプリケーションは、読み込み直すまで (通常は数分以内) ユーザーを拒否することがあります。',
    next: 'この鍵は一覧から外れ、使われません。現在の鍵が引き続き署名します。',
    retiring: 'この鍵は直ちに一覧から外れます。この鍵で署名されたトークンは拒否されます。',
  },
  revoked: '鍵を取り消しました。',
}
