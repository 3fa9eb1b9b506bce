import { html } from '../page.ts'
import type { Texts } from './en.ts'

export const ja: Texts = {
  language: 'ja',
  signIn: 'サインイン',
  redirects: {
    signedOut: {
      title: 'ここからはサインアウトしました',
      link: 'アイデンティティプロバイダーからもサインアウト',
    },
    enter: { title: 'サインインしました', link: 'アプリケーションへ進む' },
    again: { title: 'もう一度サインインします', link: 'アイデンティティプロバイダーへ進む' },
    through: (name: string) => ({ title: `${name} でサインイン`, link: '続ける' }),
  },
  continue: '続ける',
  home: 'ホーム',
  choose: {
    heading: (tenant) => `${tenant}にサインイン`,
    email: '仕事用のメールアドレス',
    byEmail: '続ける',
    unknown: 'このアドレスに対応するアイデンティティプロバイダーはありません。下から選んでください。',
    notAnAddress: 'メールアドレスの形式ではありません（例：ada@example.com）。',
    orChoose: 'またはアイデンティティプロバイダーを選択',
    through: 'どのアイデンティティプロバイダーを使いますか？',
    none: 'サインインに使えるアイデンティティプロバイダーがまだありません。管理者がポータルで接続します。',
  },
  through: (provider) => `${provider}でサインイン`,
  local: {
    name: 'ユーザー名またはメールアドレス',
    password: 'パスワード',
    forgotten: 'パスワードを忘れた場合',
  },
  methods: {
    totp: '認証アプリ',
    passkey: 'パスキー',
    email: 'メールで届くコード',
    phone: 'SMSで届くコード',
    recovery: 'リカバリーコード',
  },
  factor: {
    title: '二要素認証',
    heading: 'もう一段階の確認',
    otherWay: '別の方法',
    remember: (days) => `このブラウザーでは${days}日間確認しない`,
    sixDigits: '6桁の数字',
    codeOfApp: '認証アプリに今表示されているコード',
    codeSentTo: (hint) => `${hint}に送信したコード`,
    canBeSent: (hint) => `${hint}にコードを送信できます。`,
    numberHint: (ending) => `末尾が${ending}の電話番号`,
    replaced:
      'お使いの二要素認証の方法は、組織で使えなくなりました。もう一度だけ確認してから、新しい方法を設定してください。',
    send: 'コードを送信',
    sendAnother: 'コードを再送信',
    recoveryHeading: 'リカバリーコードを使う',
    recoveryText: '二要素認証の設定時に表示された10個のうちの1つです。それぞれ1回だけ使えます。',
    passkeyText: 'このアカウント用に作成したパスキーで確認してください。',
    usePasskey: 'パスキーを使う',
    passkeyThere: 'この端末には、このアカウントのパスキーがすでにあります。',
    passkeyFailed: '確認できませんでした。もう一度試すか、別の方法を使ってください。',
    passkeyNeedsScript: 'パスキーにはJavaScriptが必要です。別の方法があれば、そちらを使ってください。',
    noneWorks:
      '現在、ここで使える二要素認証の方法がありません。アカウントの管理者に登録のリセットを依頼してください。',
    notOffered: 'この確認方法はここでは使えません。',
    noPasskeySent:
      'パスキーが送信されませんでした。パスキーにはJavaScriptが必要です。別の方法があれば、そちらを使ってください。',
  },
  enroll: {
    title: '二要素認証の設定',
    asked: '組織の設定により、二要素認証が必要です。',
    app: '認証アプリの設定',
    appText: 'スマートフォンの認証アプリで読み取り、表示されたコードを入力してください。',
    qr: '認証アプリ用のQRコード',
    cannotScan: '読み取れない場合',
    key: 'アプリに次のキーを入力してください：',
    setUp: '設定する',
    passkey: 'パスキーの設定',
    passkeyText: 'パスキーはこの端末またはセキュリティキーに保存され、指紋、顔、PINで確認します。',
    makePasskey: 'パスキーを作成',
    email: 'メールで届くコード',
    phone: 'SMSで届くコード',
    codeGoesTo: (hint) => `サインインのたびに、${hint}にコードを送信します。`,
    codeOnItsWay: (hint) => `${hint}にコードを送信しました。`,
    yourPhone: '登録する電話',
    goodFor: { email: '有効期間は60秒です。', phone: '有効期間は5分です。' },
    number: '電話番号（国番号から）',
    notANumber: '国番号から始まる電話番号ではありません（例：+81 90 1234 5678）。',
    noneWorks:
      '組織の設定により二要素認証が必要ですが、ここで使える方法がありません。アカウントの管理者に問い合わせてください。',
  },
  recovery: {
    title: 'リカバリーコード',
    heading: 'リカバリーコードを保管してください',
    text: '二要素認証の手段を失ったとき、それぞれ1回だけ使えます。表示は今回のみです。印刷するか、パスワードマネージャーに保管してください。',
    kept: '保管しました',
  },
  desktop: {
    heading: '使用するデスクトップ',
    text: '外からも接続できるように、普段使うコンピューターの名前を登録します。',
    name: 'コンピューターの名前',
    hint: 'システム設定に表示される名前です（例：DESKTOP-4F7Q2）。',
  },
  password: {
    forgotten: 'パスワードの再設定',
    forgottenHeading: 'パスワードを忘れた場合',
    forgottenText: '新しいパスワードを設定するリンクをメールで送ります。',
    sendLink: 'リンクを送信',
    noMail: 'このサービスはメールを送信できません。アカウントの管理者に問い合わせてください。',
    look: 'メールを確認してください',
    lookText:
      'その名前のアカウントとメールアドレスがあれば、パスワードを設定するリンクを送信しました。有効期間は60分です。30分以内に送信済みの場合は、そのリンクをご利用ください。',
    choose: 'パスワードの設定',
    forAccount: (name) => `アカウント：${name}`,
    new: '新しいパスワード',
    rule: (characters) => `${characters}文字以上。いくつかの言葉を組み合わせると、安全で覚えやすくなります。`,
    again: 'もう一度入力',
    set: 'パスワードを設定',
    isSet: 'パスワードを設定しました',
    change: 'パスワードの変更',
    current: '現在のパスワード',
    changeIt: '変更する',
    isChanged: 'パスワードを変更しました',
    signedOutElsewhere: 'ほかの場所ではすべてサインアウトしました。',
    keptElsewhere: (provider) => `パスワードは${provider}で管理されています。変更はそちらで行ってください。`,
  },
  portal: {
    welcome: (name) => `ようこそ、${name}さん`,
    applications: 'アプリケーション',
    noApplication: '使えるアプリケーションはまだありません。管理者が通常はグループを通じて許可します。',
    account: 'アカウント',
    signOut: 'サインアウト',
    back: '戻る',
  },
  profile: {
    title: 'プロフィール',
    link: '組織に登録されている情報',
    userName: 'ユーザー名',
    comesFrom: '組織に登録されている情報です。変更はディレクトリーの管理者に依頼してください。',
    attributes: {
      displayName: '名前',
      email: 'メールアドレス',
      phoneNumber: '電話番号',
      title: '役職',
      department: '部署',
      manager: '上司',
      employeeNumber: '社員番号',
      personalDesktop: '使用するデスクトップ',
    },
  },
  sessions: {
    title: 'サインイン中の場所',
    link: '確認し、覚えのないものを終了',
    since: (at) => html`${at}から`,
    seen: (at) => html`最終アクセス：${at}`,
    this: 'このブラウザー',
    someBrowser: 'ブラウザー',
    end: 'このセッションを終了',
    endOf: (browser, address) => `${browser}（${address}）のセッションを終了`,
    endOthers: 'ほかのすべての場所でサインアウト',
    unknown: '覚えのないセッションがあれば、終了してパスワードを変更してください。',
  },
  security: {
    title: '二要素認証',
    link: 'パスワード以外の確認方法',
    text: 'サインイン時にこのうちの1つを使います。1台を失っても困らないように、2つ登録しておいてください。',
    notAsked: '組織の設定では二要素認証が求められないため、ここで設定するものはありません。',
    added: (at) => html`${at}に追加`,
    used: (at) => html`最終使用：${at}`,
    neverUsed: '未使用',
    elsewhere: 'このサービスの別のアドレス用',
    notAllowed: '管理者はこの方法を許可していません。',
    remove: '削除',
    removeOf: (name) => `${name}を削除`,
    onlyOne: '登録されているのはこれだけです。削除する前に別のものを追加してください。',
    add: '追加する',
    nothingToAdd: 'ここで追加できるものはありません。',
    addTotp: '認証アプリを追加',
    addPasskey: 'パスキーを追加',
    passkeyName: '名前',
    passkeyNameHint: '見分けるための名前です（例：仕事用ノートPC）。',
    recovery: 'リカバリーコード',
    codesLeft: (n) => (n === 0 ? '残りはありません。' : `残り${n}個です。`),
    newCodes: '新しいリカバリーコードを作成',
    newCodesText: '新しい10個に置き換わり、以前のものは使えなくなります。',
    removeTitle: (name) => `${name}を削除しますか？`,
    removeText: '削除するとサインインに使えなくなります。ほかの方法はそのまま残ります。',
    fresh: '離席中にほかの人が操作できないように、もう一度サインインが必要です。',
    tooOld: 'もう一度サインインしてください',
  },
  messages: {
    denied: 'サインインできません',
    ask: '組織のアカウント管理者に問い合わせてください。',
    beginAgain: 'もう一度やり直してください',
    nothingHere: '見つかりません',
    refused: '実行できません',
    notUnderstood: '処理できません',
    malformed: 'リクエストの形式が正しくありません。',
    unstorable: (field) =>
      `項目「${field}」に保存できない文字（NULまたは不完全なサロゲートペア）が含まれています。`,
    tooMany: '試行回数が多すぎます',
    tooManyText: (minutes) =>
      `試行回数の上限に達しました。${minutes}分後にもう一度お試しください。以前サインインしたことのあるブラウザーでは、引き続きサインインできます。`,
    away: '現在利用できません',
    awayText: 'サービスが応答できません。しばらくしてからもう一度お試しください。',
    failed: '問題が発生しました',
    failedText: '記録しました。もう一度お試しください。',
    waiting: '有効化を待っています',
    waitingText:
      '登録は完了しました。組織の管理者がアカウントを有効化したあと、もう一度サインインしてください。',
    signedOut: 'サインアウトしました',
    signInAgain: 'もう一度サインイン',
    sessionEnded: 'サインインの有効期限が切れているため、何も変更されていません。',
    otherSite: 'ほかのサイトからのリクエストです。',
    pleaseSignIn: 'サインインしてください',
    cannotEnter: '利用できません',
  },
  denials: {
    'idp-disabled': 'このアイデンティティプロバイダーからのサインインは現在停止されています。',
    inactive: 'アカウントが無効になっています。',
    disabled: '管理者がアカウントを停止しています。',
    deleted: 'アカウントは削除されました。',
    'external-factor-missing':
      '組織のサインインで二要素認証が必要ですが、今回のサインインでは行われていませんでした。',
    'sign-in-time-missing':
      'この操作には最近のサインインが必要ですが、アイデンティティプロバイダーからサインインの時刻が通知されていません。管理者がアイデンティティプロバイダー側で設定できます。',
    'sign-in-too-old':
      'この操作には最近のサインインが必要ですが、アイデンティティプロバイダーで再度のサインインが行われませんでした。アイデンティティプロバイダーからサインアウトして、もう一度試してください。',
    'not-on-the-list': '組織の利用者一覧に登録されていません。',
    'linked-to-another':
      'このユーザー名のアカウントは別のIDにリンクされているため、サインインできませんでした。',
    'names-another-user':
      'アイデンティティプロバイダーから別のアカウントのユーザー名が送られたため、サインインできませんでした。',
    'look-alike': 'ユーザー名が別のアカウントの名前に似ていますが、同じではありません。',
    'ambiguous-external-id':
      'ID プロバイダーから送られた識別子を複数のアカウントが持っているため、サインインは拒否されました。',
    'identifier-missing': '本人を識別するための値がアイデンティティプロバイダーから送られませんでした。',
    'transient-name-id':
      'アイデンティティプロバイダーから毎回異なる名前（一時的な NameID）が送られるため、本人を確認できません。',
  },
  refusals: {
    'The user name or password is wrong.': 'ユーザー名またはパスワードが違います。',
    'The code is wrong or was already used.': 'コードが違うか、すでに使われています。',
    'The code is wrong or has expired.': 'コードが違うか、有効期間が過ぎています。',
    'The recovery code is wrong or was already used.': 'リカバリーコードが違うか、すでに使われています。',
    'The passkey does not belong to this account.': 'このアカウントのパスキーではありません。',
    'The code could not be sent. Try again in a moment, or use another method.':
      'コードを送信できませんでした。しばらくしてから試すか、別の方法を使ってください。',
    'This account already has a second factor. Sign in again and use it.':
      'このアカウントには二要素認証がすでに設定されています。それを使ってもう一度サインインしてください。',
    'This sign-in expired or was started in another browser. Start again.':
      '時間が経ちすぎたか、別のブラウザーで始めたサインインです。最初からやり直してください。',
    'This sign-in was not started in this browser. Start again.':
      'このブラウザーで始めたサインインではありません。最初からやり直してください。',
    'This sign-in was already used. Start again.':
      'このサインインはすでに使われました。最初からやり直してください。',
    'This response from your identity provider was already used. Start again.':
      'アイデンティティプロバイダーのこの応答はすでに使われました。最初からやり直してください。',
    'The response from your identity provider was not accepted.':
      'アイデンティティプロバイダーの応答を受け付けられませんでした。',
    'Your identity provider refused the sign-in.':
      'アイデンティティプロバイダーがサインインを許可しませんでした。',
    'This identity belongs to another user': 'このIDは別のユーザーのものです。',
    'This link is not valid. It was used, has expired, or was replaced by a newer one.':
      'このリンクは使えません。使用済みか、期限切れか、新しいリンクに置き換えられています。',
    'This took too long or was already done. Start again.':
      '時間が経ちすぎたか、すでに完了しています。最初からやり直してください。',
    'This link into the application has expired. Open the application again.':
      'この入口はもう使えません。アプリケーションをもう一度開いてください。',
    'There is no organization with this name.': 'その名前の組織はありません。',
    'This identity provider does not exist or is disabled.':
      'そのアイデンティティプロバイダーはないか、停止されています。',
    'There is nothing at this address.': 'このアドレスには何もありません。',
    'No application is registered at this address.': 'このアドレスのアプリケーションは登録されていません。',
    'The gateway address names a tenant that does not exist.':
      'ゲートウェイのアドレスに指定されたテナントは存在しません。',
    'This gateway serves several tenants. Name yours in the configuration of the proxy: /gateway/{tenant}/verify.':
      'このゲートウェイには複数のテナントがあります。プロキシの設定でテナントを指定してください: /gateway/{tenant}/verify',
    'Open the application again.': 'アプリケーションをもう一度開いてください。',
    'This application requires a second factor, but your identity provider is set to ask for none.':
      'このアプリケーションには二要素認証が必要ですが、アイデンティティプロバイダーは求めない設定です。',
    'There is no such passkey': 'そのパスキーはありません。',
    'There is no authenticator app': '認証アプリは登録されていません。',
    'There is already an authenticator app. Remove it first.':
      '認証アプリはすでに登録されています。先に削除してください。',
    'This passkey is already registered.': 'このパスキーはすでに登録されています。',
  },
  invalid: (field, rule) => {
    const few = /at least (\d+) characters/.exec(rule)?.[1]
    if (few) return `${few}文字以上にしてください。`
    const many = /at most (\d+) characters/.exec(rule)?.[1]
    if (many) return `${many}文字以内にしてください。`
    return RULES[rule] ?? `${FIELDS[field] ?? field}が正しくありません。`
  },
}

const RULES: Record<string, string> = {
  'differs between the two fields': '2回の入力が一致していません。',
  'is wrong': '現在のパスワードが違います。',
  'is the same as the current one': '現在と同じパスワードです。',
  'is one of the most used passwords, which attackers try first':
    '多くの人が使っており、最初に推測されるパスワードです。別のものにしてください。',
  'is mostly your name, your address or the name of this service':
    '名前、メールアドレス、またはサービス名がほとんどを占めています。別のものにしてください。',
  'must not be empty': '入力してください。',
  'is wrong or has expired': 'コードが違うか、有効期間が過ぎています。',
  'is not the one that the app shows now. Check the time of your device':
    'アプリに今表示されているコードと違います。端末の時刻を確認してください。',
  'was not created for this site just now': 'このサイト用に今作成されたパスキーではありません。',
}

const FIELDS: Record<string, string> = {
  password: 'パスワード',
  current: '現在のパスワード',
  code: 'コード',
  credential: 'パスキー',
  personalDesktop: '名前',
  number: '電話番号',
  name: '名前',
}
