import type { BULK_REFUSALS } from '#protocol/scim/refusals/bulk.ts'
import type { Explanations } from '../explanation-text.ts'
import { brokenMessage, wait } from './steps.ts'

export const BULK: Explanations<keyof typeof BULK_REFUSALS> = {
  'bulk-too-long': ({ operations, limit }, { idp }) => ({
    cause: `一括リクエストの操作の数が ${operations} で、上限の ${limit} を超えています。`,
    steps: [`${idp.name} が 1 回のリクエストで送信する操作を ${limit} 以下にしてください。`],
  }),
  'bulk-fail-on-errors': (_, { idp }) => ({
    cause: '一括リクエストの failOnErrors が 1 以上の整数ではありません。',
    steps: brokenMessage(idp),
  }),
  'bulk-path-wrong': (_, { idp }) => ({
    cause: '一括リクエストに、対象のユーザーまたはグループが正しく指定されていない操作があります。',
    steps: brokenMessage(idp),
  }),
  'bulk-id-missing': (_, { idp }) => ({
    cause: '一括リクエストに、bulkId のない作成の操作があります。',
    steps: brokenMessage(idp),
  }),
  'bulk-id-repeated': ({ bulkId }, { idp }) => ({
    cause: `一括リクエストの 2 つの操作に、同じ bulkId「${bulkId}」があります。2 つ目は実行されていません。`,
    steps: brokenMessage(idp),
  }),
  'bulk-id-unknown': ({ bulkId }, { idp }) => ({
    cause: `操作が参照する「${bulkId}」は、このリクエストで作成されていません。作成に失敗したか、作成の操作がありません。`,
    steps: ['下の応答で、その bulkId の操作を確認してください。修正が必要なのはその失敗です。', ...wait(idp)],
  }),
  'bulk-version-malformed': (_, { idp }) => ({
    cause: '一括リクエストに、バージョンの指定が SCIM の書式になっていない操作があります。',
    steps: brokenMessage(idp),
  }),
  'bulk-not-begun': (_, { idp }) => ({
    cause: '一括リクエストに時間がかかり、この操作は開始されませんでした。',
    steps: [...wait(idp), `頻繁に起こる場合は、${idp.name} が 1 回に送信する操作の数を減らしてください。`],
  }),
  'bulk-outcome-unknown': (_, { idp }) => ({
    cause: 'この操作の間にデータベースとの接続が失われました。実行されたかどうかは不明です。',
    steps: ['実行されたかどうかをここで確認してください。', ...wait(idp)],
  }),
}
