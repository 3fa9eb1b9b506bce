import type { FILTER_REFUSALS } from '#protocol/scim/refusals/filter.ts'
import type { QUERY_REFUSALS } from '#protocol/scim/refusals/query.ts'
import type { Console, Explanations } from '../explanation-text.ts'
import { brokenMessage } from './steps.ts'

function matchBy({ name, mapping }: Console): readonly string[] {
  return [`${name} で、照合に使う属性として userName または externalId を選んでください: ${mapping}。`]
}

/** Returns the advice for paging and sort order, which the client sets, not the administrator. */
function clientSettings({ name }: Console): readonly string[] {
  return [
    `${name} による一覧の要求が SCIM 2.0 の書式になっていません。ユーザーのデータを修正する必要はありません。`,
    `ページの大きさや並び順の設定があれば修正してください。なければ、下のリクエストを添えて ${name} のサポートに問い合わせてください。`,
  ]
}

function fullSync({ name }: Console): string {
  return `${name} で完全同期を開始してください。最初のページから始まります。`
}

export const FILTERS: Explanations<keyof typeof FILTER_REFUSALS> = {
  'filter-too-large': (_, { idp }) => ({
    cause: '検索条件が大きすぎます。',
    steps: [`${idp.name} が一度に検索する値の数を減らしてください。`, ...matchBy(idp)],
  }),
  'filter-syntax': (_, { idp }) => ({
    cause: `${idp.name} が、SCIM の書式になっていないフィルターで検索しました。`,
    steps: [...matchBy(idp), ...brokenMessage(idp)],
  }),
  'filter-attribute-unknown': ({ name }, { idp }) => ({
    cause: `${idp.name} が、ここにはない属性 ${name} で検索しました。`,
    steps: matchBy(idp),
  }),
  'filter-attribute-secret': ({ name }, { idp }) => ({
    cause: `${idp.name} が ${name} で検索しました。これは機密の属性で、検索には使えません。`,
    steps: matchBy(idp),
  }),
  'filter-attribute-complex': ({ name }, { idp }) => ({
    cause: `${idp.name} が、複数の部分からなる ${name} で検索しました。部分を 1 つ指定する必要があります。`,
    steps: matchBy(idp),
  }),
  'filter-brackets': ({ name }, { idp }) => ({
    cause: `${idp.name} が、リストではない ${name} に、かっこで条件を付けて検索しました。`,
    steps: matchBy(idp),
  }),
  'filter-operator-unknown': ({ op }, { idp }) => ({
    cause: `${idp.name} が、SCIM の演算子ではない「${op}」で検索しました。`,
    steps: brokenMessage(idp),
  }),
  'filter-operator-unfit': ({ op, name }, { idp }) => ({
    cause:
      name === undefined
        ? `${idp.name} が、値なしの検索に「${op}」を使いました。`
        : `${idp.name} が、${name} には使えない「${op}」で検索しました。`,
    steps: matchBy(idp),
  }),
  'filter-value-unfit': ({ name, type }, { idp }) => ({
    cause: `${idp.name} が ${name} を、${type} ではない値と比較しました。`,
    steps: matchBy(idp),
  }),
}

export const QUERIES: Explanations<keyof typeof QUERY_REFUSALS> = {
  'parameter-not-integer': ({ name }, { idp }) => ({
    cause: `リクエストの ${name} が整数ではありません。`,
    steps: clientSettings(idp),
  }),
  'parameter-repeated': ({ name }, { idp }) => ({
    cause: `リクエストに ${name} が 2 回以上あります。`,
    steps: clientSettings(idp),
  }),
  'filter-repeated': (_, { idp }) => ({
    cause: 'リクエストにフィルターが 2 つ以上あります。',
    steps: matchBy(idp),
  }),
  'count-out-of-range': ({ limit }, { idp }) => ({
    cause: `${idp.name} が、0 から ${limit} までではないページの大きさを要求しました。`,
    steps: clientSettings(idp),
  }),
  'sort-unknown': ({ name }, { idp }) => ({
    cause: `${idp.name} が、ここにはない属性 ${name} の順に並べるよう要求しました。`,
    steps: clientSettings(idp),
  }),
  'sort-impossible': ({ name }, { idp }) => ({
    cause: `${idp.name} が、並べ替えに使えない ${name} の順に並べるよう要求しました。`,
    steps: clientSettings(idp),
  }),
  'sort-order-unknown': (_, { idp }) => ({
    cause: `${idp.name} が、昇順でも降順でもない並び順を要求しました。`,
    steps: clientSettings(idp),
  }),
  'sort-value-too-long': ({ limit }, { idp }) => ({
    cause: `ページの最後の値が ${limit} 文字を超えるため、続きを取得できません。`,
    steps: [`${idp.name} で、別の属性の順に並べるか、並べ替えをやめてください。`],
  }),
  'attributes-both': (_, { idp }) => ({
    cause: 'リクエストが、必要な属性と不要な属性の両方を指定しています。',
    steps: clientSettings(idp),
  }),
  'attributes-too-long': ({ limit }, { idp }) => ({
    cause: `リクエストの属性の一覧が ${limit} 文字を超えています。`,
    steps: clientSettings(idp),
  }),
  'cursor-unknown': (_, { idp }) => ({
    cause: `${idp.name} が、その一覧のものではないカーソルで次のページを要求しました。`,
    steps: [fullSync(idp), ...brokenMessage(idp)],
  }),
  'cursor-expired': ({ seconds }, { idp }) => ({
    cause: `${idp.name} が次のページを要求するまでに ${Math.round(seconds / 60)} 分以上かかりました。`,
    steps: [fullSync(idp)],
  }),
  'cursor-other-count': ({ count }, { idp }) => ({
    cause: `${idp.name} が、一覧の途中でページの大きさを ${count} から変更しました。`,
    steps: clientSettings(idp),
  }),
  'discovery-filter': (_, { idp }) => ({
    cause: `${idp.name} が、このサービスの仕様の情報を検索しました。この情報は全体としてのみ取得できます。`,
    steps: brokenMessage(idp),
  }),
  'query-too-costly': ({ seconds }, { idp }) => ({
    cause: `この検索に使える索引がなく、${seconds} 秒以上かかります。繰り返しても成功しません。`,
    steps: matchBy(idp),
  }),
}
