// Texts that aren't about a single refusal code: bulk requests, rows logged before codes existed, and accepted
// requests.
import type { ExplanationTexts } from '../explanation-text.ts'
import { brokenMessage, newToken, wait } from './steps.ts'

export const BULK_PART: ExplanationTexts['bulkPart'] = ({ failed, operations, first }, { idp }) => ({
  cause: `${operations} 件の操作のうち ${failed} 件が失敗し、残りは実行されました。${first ? `最初の失敗: ${first.cause}` : ''}`,
  steps: first?.steps ?? [
    '下の応答に、各操作の状態と理由があります。',
    `その後、もう一度送信します: ${idp.again}。`,
  ],
})

export const BY_STATUS: ExplanationTexts['byStatus'] = {
  credentials: (_, { idp }) => ({
    cause: 'リクエストに資格情報がないか、有効なものではありませんでした。',
    steps: newToken(idp),
  }),
  forbidden: (_, { idp }) => ({
    cause:
      'リクエストは許可されませんでした。ID プロバイダーがここで無効になっているか、自動プロビジョニングがオフになっています。',
    steps: [
      '両方のスイッチをここで確認してください: アイデンティティプロバイダー › 該当の行。',
      ...wait(idp),
    ],
  }),
  missing: (_, { who, idp }) => ({
    cause: `${who} は(もう)ここに存在しないか、アドレスが SCIM エンドポイントのものではありません。`,
    steps: [`SCIM エンドポイントを ${idp.name} の設定と比べてください: ${idp.endpoint}。`, ...wait(idp)],
  }),
  taken: (_, { who, idp }) => ({
    cause: `${who} の値は、この ID プロバイダーの別のユーザーまたはグループが使用しています。`,
    steps: [`${idp.name} で、どちらかの値を変更してください: ${idp.mapping}。`, ...wait(idp)],
  }),
  changed: (_, { who, idp }) => ({
    cause: `その間に ${who} が変更されました。${idp.name} は読み直してから変更を再送信します。`,
    steps: [],
  }),
  size: (_, { idp }) => ({
    cause: 'リクエストが、一度に受け付けられる大きさを超えています。',
    steps: [`${idp.name} が 1 回のリクエストで送信する量を減らしてください。`],
  }),
  search: (_, { idp }) => ({
    cause: `${idp.name} の検索には応答できません。`,
    steps: [
      `${idp.name} で、照合に使う属性として userName または externalId を選んでください: ${idp.mapping}。`,
    ],
  }),
  bad: (_, { who, idp }) => ({
    cause: `${who} についてのリクエストは受け付けられませんでした。理由はルールに示されています。`,
    steps: [`${idp.name} で、値またはマッピングを修正してください: ${idp.mapping}。`, ...brokenMessage(idp)],
  }),
  later: (_, { idp }) => ({
    cause: 'その時点で、このサービスは応答できませんでした。中途半端な変更は行われていません。',
    steps: wait(idp),
  }),
  internal: (_, { idp }) => ({
    cause: 'このサービスで問題が発生しました。中途半端な変更は行われていません。',
    steps: ['サービスの運用者は、下のリクエスト ID でログから原因を調べられます。', ...wait(idp)],
  }),
}

export const NOTES: ExplanationTexts['notes'] = {
  'attributes-left-out': ({ names }) =>
    `ここで宣言されていないため、次の属性は読み飛ばされました: ${names.join('、')}。残りは実行されました。`,
  'patch-left-out': ({ names }) =>
    `何も変更されていません。${names.join('、') || '指定された属性'} がここで宣言されていないため、メッセージ全体が読み飛ばされました。`,
  'values-converted': ({ names }) => `SCIM の形式に変換されました: ${names.join('、')}。`,
  'active-kept': () =>
    'メッセージは「active」を空にしています。アクセスについては何も示していないため、値はそのまま保持されました。',
  'user-deleted-in-portal': () =>
    'このユーザーはポータルで削除されており、削除されたままです。元に戻すには、ここで復元するか、ID プロバイダーから「active: true」を送信してください。',
  'user-disabled-in-portal': () =>
    'ID プロバイダーではこのユーザーは有効ですが、管理者がここで無効にしています。管理者が有効にするまで、このユーザーはサインインできません。',
}
