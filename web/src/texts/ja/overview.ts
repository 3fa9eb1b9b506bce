import type { overview as english } from '../en/overview.ts'

export const overview: typeof english = {
  about: '全体の状態をひと目で確認できます。',
  users: 'ユーザー',
  states: { active: '有効', inactive: '無効', disabled: '停止中', deleted: '削除済み' },
  groups: 'グループ',
  sync: 'アイデンティティプロバイダー',
  lastSync: '最終同期',
  usersOf: (n) => `${n.toLocaleString('ja')}人のユーザー`,
  syncStates: { ok: '同期中', failing: '失敗中', late: '長時間同期なし', never: '未同期', off: 'オフ' },
  noIdpTitle: 'アイデンティティプロバイダーがありません',
  noIdpText: '接続すると、ユーザーとグループが自動的に取り込まれます。',
  toIdps: 'アイデンティティプロバイダーへ',
  recent: '最近の変更',
  failures: '確認が必要な失敗',
  failuresAbout: '過去7日間',
  noFailures: '過去7日間に失敗はありません。',
  noChanges: 'まだ変更はありません。',
  seeAll: 'すべて表示',
  gateways: 'アプリゲートウェイ',
  up: (n) => `稼働中 ${n}`,
  lost: (n) => `応答なし ${n}`,
}
