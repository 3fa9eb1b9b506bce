import type { tenantSettings as english } from '../en/tenant-settings.ts'

export const tenantSettings: typeof english = {
  title: '設定',
  about: '利用者に表示する名前とロゴ、サインインへの案内を設定します。',
  brand: {
    title: '名前とロゴ',
    about: 'サインイン画面とアプリケーション一覧の上部に表示されます。',
    name: '名前',
    nameHint: '利用者に通じる組織の名前です。',
    logo: 'ロゴ',
    logoHint: 'PNG、JPEG、WebP。256 KiBまで。高さ40ピクセルまでで、明暗両方の背景に表示されます。',
    logoTooLarge: '画像が256 KiBを超えています。小さい画像を選んでください。',
    logoAlt: 'ロゴ',
    noLogo: 'ロゴなし',
    choose: '画像を選択',
    removeLogo: 'ロゴを削除',
    signInUrl: '利用者のサインイン用アドレス',
    signInHint: 'このアドレスを利用者に案内してください。',
  },
  domains: {
    title: 'メールドメイン',
    about:
      '確認済みドメインのアドレスを入力した人は、対応するアイデンティティプロバイダーに直接進みます。ドメインは本人確認には使われません。',
    add: 'ドメインを追加',
    emptyTitle: 'ドメインはまだありません',
    emptyText:
      '現在、利用者は一覧から選んでいます。ドメインを追加すると、メールアドレスから自動的に案内されます。',
    domain: 'ドメイン',
    domainHint: '利用者のメールアドレスの@より後の部分です。',
    submit: '追加',
    leadsTo: '案内先',
    noProvider: 'アイデンティティプロバイダーなし',
    leadsNowhere: 'このドメインの人は一覧から選びます。',
    state: { pending: '確認待ち', verified: '確認済み', lost: '失効', missing: 'レコードがありません' },
    consequence: {
      pending: 'DNSにレコードが登録されるまで、案内には使われません。',
      verified: 'このドメインの人はアイデンティティプロバイダーに案内されます。',
      lost: 'レコードが3日間なかったため、再び登録されるまで一覧から選ぶ方式になります。',
      missing: 'DNSからレコードがなくなっています。元に戻してください。',
    },
    leadsUntil: '案内が続く期限：',
    putIntoDns:
      'ドメインのDNSに次のTXTレコードを登録してから確認してください。反映に1時間ほどかかることがあります。',
    recordName: 'TXTレコードの名前',
    recordValue: 'TXTレコードの値',
    check: '今すぐ確認',
    checked: '最終確認：',
    found: (domain) => `${domain}を確認しました`,
    notFound: (domain) => `${domain}のレコードはまだありません`,
    remove: '削除',
    removeOf: (domain) => `${domain}を削除`,
    removed: (domain) => `${domain}を削除しました`,
    removeTitle: (domain) => `${domain}を削除しますか？`,
    removeText: (provider) =>
      provider === null
        ? '現在は案内に使われていないため、影響はありません。再び追加すれば、同じレコードで確認できます。'
        : `このドメインの人は${provider}に案内されなくなり、一覧から選びます。サインアウトはされません。再び追加すれば、同じレコードで確認できます。`,
  },
}
