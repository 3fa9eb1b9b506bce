import type { SERVICE_REFUSALS } from '#protocol/scim/refusals/service.ts'
import type { Explanations } from '../explanation-text.ts'
import { brokenMessage, newToken, sendAgain, wait } from './steps.ts'

const COPY_ENDPOINT =
  'ここで SCIM エンドポイントをコピーしてください: アイデンティティプロバイダー › 該当の行。'

export const SERVICE: Explanations<keyof typeof SERVICE_REFUSALS> = {
  'http-malformed': (_, { idp }) => ({
    cause: '届いた内容は HTTP のリクエストではありませんでした。',
    steps: [`${idp.name} とこのサービスの間のプロキシを確認してください。`],
  }),
  'http-timeout': (_, { idp }) => ({
    cause: 'リクエスト全体が時間内に届きませんでした。',
    steps: [`${idp.name} とこのサービスの間のネットワークを確認してください。`, ...wait(idp)],
  }),
  'headers-too-large': (_, { idp }) => ({
    cause: 'リクエストのアドレスとヘッダーが、このサービスで受け付ける大きさを超えています。',
    steps: [`${idp.name} またはプロキシが追加する長いヘッダー(Cookie など)がないか確認してください。`],
  }),
  'address-malformed': (_, { idp }) => ({
    cause: 'リクエストのアドレスの書き方が正しくありません(不完全なパーセント記号があります)。',
    steps: brokenMessage(idp),
  }),
  'address-too-long': (_, { idp }) => ({
    cause: 'リクエストのアドレスが、このサービスのどのアドレスよりも長くなっています。',
    steps: [COPY_ENDPOINT, `${idp.name} に、何も追加せずに貼り付けてください: ${idp.endpoint}。`],
  }),
  'address-unstorable': (_, { idp }) => ({
    cause: 'リクエストのアドレスに、テキストでは使えない文字が含まれています。',
    steps: brokenMessage(idp),
  }),
  'filter-unstorable': (_, { idp }) => ({
    cause: '検索条件に、テキストでは使えない文字が含まれています。',
    steps: [`${idp.name} が検索に使う値を修正してください: ${idp.mapping}。`, sendAgain(idp)],
  }),
  'endpoint-unknown': (_, { idp }) => ({
    cause:
      'アドレスが SCIM エンドポイントのものではありません。ID プロバイダー側のベース URL が、ここに表示されるものと異なります。',
    steps: [COPY_ENDPOINT, `${idp.name} に、何も追加せずにそのまま貼り付けてください: ${idp.endpoint}。`],
  }),
  'method-not-allowed': ({ method }, { idp }) => ({
    cause: `このアドレスに ${method} は使えません。多くの場合、ID プロバイダー側のベース URL が、ここに表示されるものと異なります。`,
    steps: [COPY_ENDPOINT, `${idp.name} に、何も追加せずにそのまま貼り付けてください: ${idp.endpoint}。`],
  }),
  'not-implemented': ({ what }, { idp }) => ({
    cause: `${idp.name} が、このサービスにない ${what} を要求しました。`,
    steps: [`${idp.name} でその機能をオフにしてください: ${idp.endpoint}。`],
  }),
  'credentials-missing': (_, { idp }) => ({
    cause: 'リクエストに資格情報がありませんでした。',
    steps: newToken(idp),
  }),
  'credentials-invalid': (_, { idp }) => ({
    cause:
      'リクエストの資格情報はここでは認識されません。一部しかコピーされていないか、ここで発行されたものではありません。',
    steps: newToken(idp),
  }),
  'credentials-retired': (_, { idp }) => ({
    cause: '管理者が廃止した資格情報でリクエストが送信されました。',
    steps: newToken(idp),
  }),
  'credentials-expired': ({ at }, { idp }) => ({
    cause: `${at} に期限が切れた資格情報でリクエストが送信されました。`,
    steps: newToken(idp),
  }),
  'credentials-of-another': (_, { idp }) => ({
    cause: '別の ID プロバイダーの資格情報でリクエストが送信されました。',
    steps: [
      'エンドポイントとトークンの両方が、この ID プロバイダーのものであることを確認してください。',
      `エンドポイントを ${idp.name} に貼り付けてください: ${idp.endpoint}。`,
      ...newToken(idp).slice(1),
    ],
  }),
  'idp-disabled': (_, { idp }) => ({
    cause: 'この ID プロバイダーはここで無効になっているため、サインインとプロビジョニングは拒否されます。',
    steps: [
      'ここで有効にしてください: アイデンティティプロバイダー › 該当の行。これまでのユーザーとグループは保持されています。',
      `その間に失敗した内容は ${idp.name} が再送信します。急ぐ場合: ${idp.again}。`,
    ],
  }),
  'provisioning-off': (_, { idp }) => ({
    cause: 'この ID プロバイダーの自動プロビジョニングはオフになっています。',
    steps: [
      'ここで自動プロビジョニングをオンにしてください: アイデンティティプロバイダー › 該当の行。これまでのユーザーとグループは保持されています。',
      `その間に失敗した内容は ${idp.name} が再送信します。急ぐ場合: ${idp.again}。`,
    ],
  }),
  'too-many-requests': ({ seconds }, { idp }) => ({
    cause: `${idp.name} が 1 秒間に受け付けられる数を超えるリクエストを送信したため、${seconds} 秒待つように応答しました。`,
    steps: [
      `${idp.name} は自動的に続行します。何時間も続く場合は、サービスの運用者が DOORLIST_SCIM_RATE を引き上げられます。`,
    ],
  }),
  'idp-changing': (_, { idp }) => ({
    cause: '同じ瞬間に管理者がこの ID プロバイダーを保存しました。中途半端な変更は行われていません。',
    steps: wait(idp),
  }),
  busy: (_, { idp }) => ({
    cause: '処理が集中し、一度に受け付けられる量を超えました。中途半端な変更は行われていません。',
    steps: wait(idp),
  }),
  'database-unavailable': (_, { idp }) => ({
    cause: 'その時点で、このサービスはデータベースに接続できませんでした。中途半端な変更は行われていません。',
    steps: [
      `${idp.name} が自動的に再試行します。停止していた時間は アプリゲートウェイに表示されます。急ぐ場合: ${idp.again}。`,
    ],
  }),
  'took-too-long': ({ seconds }, { idp }) => ({
    cause: `データベースには接続できましたが、${seconds} 秒以内に処理が終わりませんでした。中途半端な変更は行われていません。`,
    steps: [...wait(idp), '頻繁に起こる場合は、サービスの運用者がデータベースの負荷を確認してください。'],
  }),
  internal: (_, { idp }) => ({
    cause: 'このサービスで問題が発生しました。中途半端な変更は行われていません。',
    steps: ['サービスの運用者は、下のリクエスト ID でログから原因を調べられます。', ...wait(idp)],
  }),
}
