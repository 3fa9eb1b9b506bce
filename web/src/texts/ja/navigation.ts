import type { navigation as english } from '../en/navigation.ts'

export const navigation: typeof english = {
  label: 'メイン',
  overview: '概要',
  settings: '設定',
  configurations: '構成',
  identityProviders: 'アイデンティティプロバイダー',
  accounts: 'アカウント',
  users: 'ユーザー',
  groups: 'グループ (IdP)',
  applications: 'アプリケーション',
  gateways: 'アプリゲートウェイ',
  analytics: '分析',
  ztna: 'ZTNA',
  activityLog: 'アクティビティログ',
  auditLog: '監査ログ',
  systemLog: 'システムログ',
  tenant: 'テナント',
  administrators: 'ユーザー',
  apiKeys: 'APIキー',
  tenantSettings: '設定',
}
