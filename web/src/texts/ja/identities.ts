import type { identities as english } from '../en/identities.ts'

export const identities: typeof english = {
  title: 'リンクされた ID',
  about: 'サインインした人がどのユーザーかを決める識別子です。',
  none: 'リンクされた ID はありません。ID プロバイダーから変わらない識別子が送られると、次のサインインでリンクされます。それまでは、サインインのたびに名前でユーザーを見つけます。',
  identifier: '識別子',
  source: '取得元',
  sources: { sub: 'sub (OpenID Connect)', NameID: 'NameID (persistent 形式)' },
  issuer: '発行者',
  linked: 'リンク日時',
  unlink: 'リンクを解除',
  unlinkTitle: (name) => `${name} の ID のリンクを解除しますか?`,
  unlinkText:
    'ユーザーのすべてのセッションが終了し、記憶されたブラウザーでも再び第 2 要素を求めます。次のサインインでは照合ルールでユーザーを見つけ、そのときの ID をリンクします。',
  unlinkFactors:
    '第 2 要素は残ります。別の人が設定した可能性がある場合は、ユーザーの登録もリセットしてください。',
  unlinked: (name) => `${name} の ID のリンクを解除しました`,
  conflictTitle: 'サインインが拒否されました',
  conflicts: {
    'linked-to-another': (name) =>
      `ID プロバイダーで ${name} としてサインインした人がいますが、この名前のユーザーには別の ID がリンクされています。`,
    'names-another-user': (name, named, linked) =>
      `${linked} の ID が ${name} という名前でサインインしましたが、これは ${named} の名前です。`,
  },
  fixes: {
    'linked-to-another':
      'ユーザーが拒否された ID のものであれば、リンクされている ID を解除してください。そうでなければ、ID プロバイダーで名前を修正してください。',
    'names-another-user': (linked) =>
      `ID プロバイダーで名前を修正するか、新しい名前をプロビジョニングしてください。ID が ${linked} のものでなければ、リンクを解除してください。`,
  },
  refusedIdentity: '拒否された ID',
  refused: (times) => `${times.toLocaleString('ja')} 回拒否`,
  lastRefused: '最終',
  openUser: (name) => `${name} を開く`,
  howTitle: 'ユーザーの識別方法',
  howAbout: 'サインインした人を示すために ID プロバイダーが送るもの。',
  kinds: {
    sub: 'サブジェクト (sub)。変わることがなく、最初のサインインでユーザーにリンクされます。',
    declared: '指定した変わらない識別子。最初のサインインでユーザーにリンクされます。',
    persistent: 'persistent 形式の NameID。変わることがなく、最初のサインインでユーザーにリンクされます。',
    transient: 'transient 形式の NameID。毎回異なるため、属性でユーザーを識別します。',
    email: 'メールアドレスの NameID。サインインのたびにこの名前でユーザーを見つけます。',
    unspecified: '形式が未指定の NameID。サインインのたびにこの名前でユーザーを見つけます。',
    other: 'その他の形式の NameID。サインインのたびにこの名前でユーザーを見つけます。',
  },
  stable: '変わらない',
  name: '名前',
  lastArrived: '最終',
  nothingArrived: '照合方法を最後に変更してから、まだ誰もサインインしていません。',
  recommend:
    '名前はいつか別の人に割り当てられることがあります。プロビジョニングで反映されるまで、新しい持ち主が元のアカウントを使えてしまいます。ID プロバイダーから persistent 形式の NameID か、オブジェクト ID のように変わらない属性を送り、その属性を「変わらない識別子」に指定してください。',
  linkedUsers: (count) => `${count.toLocaleString('ja')} 人のユーザーがリンクされています。`,
  stableIdentifier: '変わらない識別子（任意）',
  stableIdentifierHelp: {
    saml: '変わることがなく、別のユーザーに割り当てられることもない属性。例: http://schemas.microsoft.com/identity/claims/objectidentifier。空欄にすると persistent 形式の NameID を使います。',
    oidc: '変わることがなく、別のユーザーに割り当てられることもないクレーム。例: Entra ID の oid。空欄にすると sub を使います。',
  },
  offersPersistent:
    'この ID プロバイダーは、変わることのない persistent 形式の NameID に対応しています。この形式を選ぶ場合は、ユーザー名と照合する属性も下で指定してください。',
  endTitle: 'すべてのユーザーを照合し直しますか?',
  endText: (linked, signedIn) =>
    `ユーザーの識別方法を変更しました。${linked.toLocaleString('ja')} 人のユーザーのリンクと、この ID プロバイダーの ${signedIn.toLocaleString('ja')} 件のセッションが終了します。各ユーザーは次のサインインで新しいルールにより照合されます。`,
  endAction: (linked) => `保存して ${linked.toLocaleString('ja')} 件のリンクを終了`,
}
