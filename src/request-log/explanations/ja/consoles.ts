// Where to find settings in each identity provider's admin console, in the wording of that console: Japanese where
// the console is translated, otherwise English.
import type { Console } from '../explanation-text.ts'
import type { IdpKind } from '../idp-kind.ts'

const ENTRA = 'エンタープライズ アプリケーション › 対象のアプリケーション › プロビジョニング'
const GOOGLE = 'アプリ › ウェブアプリとモバイルアプリ › 対象のアプリケーション › 自動プロビジョニング'

export const CONSOLES: Record<IdpKind, Console> = {
  entra: {
    name: 'Microsoft Entra ID',
    credentials: `${ENTRA} › 接続 › シークレット トークン`,
    endpoint: `${ENTRA} › 接続 › テナントの URL`,
    mapping: `${ENTRA} › 属性マッピング`,
    again:
      '対象のユーザーまたはグループに「オンデマンドでプロビジョニングする」を使います。残りは次のサイクル(40 分)で送信されます',
    log: 'エンタープライズ アプリケーション › 対象のアプリケーション › プロビジョニング ログ',
  },
  okta: {
    name: 'Okta',
    credentials:
      'Applications › 対象のアプリケーション › Provisioning › Integration › Edit › Authorization (API token)',
    endpoint:
      'Applications › 対象のアプリケーション › Provisioning › Integration › Edit › SCIM connector base URL',
    mapping: 'Applications › 対象のアプリケーション › Provisioning › To App › Attribute Mappings',
    again: 'Dashboard › Tasks で失敗したタスクを選び Retry を押すか、To App の Force Sync を使います',
    log: 'Reports › System Log(アプリケーションで絞り込み)',
  },
  onelogin: {
    name: 'OneLogin',
    credentials: 'Applications › 対象のアプリケーション › Configuration › API Connection › SCIM Bearer Token',
    endpoint: 'Applications › 対象のアプリケーション › Configuration › API Connection › SCIM Base URL',
    mapping: 'Applications › 対象のアプリケーション › Parameters',
    again:
      'アプリケーションの Users で失敗したユーザーを選び Retry を押します。More Actions › Sync logins ですべて送信されます',
    log: 'Activity › Events、およびアプリケーションの Users のプロビジョニング状態',
  },
  jumpcloud: {
    name: 'JumpCloud',
    credentials:
      'SSO Applications › 対象のアプリケーション › Identity Management › Configuration settings › Token Key',
    endpoint:
      'SSO Applications › 対象のアプリケーション › Identity Management › Configuration settings › Base URL',
    mapping: 'SSO Applications › 対象のアプリケーション › Identity Management › Attribute mapping',
    again: 'ユーザーを変更するか、ユーザーグループの割り当てを解除して再度割り当てます',
    log: 'Insights › Directory Insights(サービス「SSO」と「directory」)',
  },
  ping: {
    name: 'Ping Identity',
    credentials:
      'Integrations › Provisioning › 対象の接続 › Configuration › Authentication › OAuth Access Token',
    endpoint: 'Integrations › Provisioning › 対象の接続 › Configuration › SCIM Base URL',
    mapping: 'Integrations › Provisioning › 対象のルール › Attribute Mapping',
    again: 'ルールを一度オフにしてからオンにします。すべてのユーザーがもう一度比較されます',
    log: 'Monitoring › Audit、およびルールの同期の概要',
  },
  google: {
    name: 'Google Workspace',
    credentials: `${GOOGLE} › アクセス トークン`,
    endpoint: `${GOOGLE} › エンドポイント URL`,
    mapping: `${GOOGLE} › 属性のマッピング`,
    again: '次回の同期を待つか、自動プロビジョニングを一度オフにしてからオンにします',
    log: 'レポート › 監査と調査 › 管理ログのイベント',
  },
  generic: {
    name: 'ID プロバイダー',
    credentials: 'プロビジョニング(SCIM)の設定の、トークンまたはユーザー名とパスワードの欄',
    endpoint: 'プロビジョニング(SCIM)の設定の、ベース URL またはテナント URL の欄',
    mapping: 'プロビジョニングの属性マッピング',
    again: '同期を開始するか、ユーザーまたはグループを変更して再送信させます',
    log: 'ID プロバイダー側のプロビジョニングのログ',
  },
}
