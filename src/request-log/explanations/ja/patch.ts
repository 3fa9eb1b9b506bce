import type { PATCH_REFUSALS } from '#protocol/scim/refusals/patch.ts'
import type { Explanations } from '../explanation-text.ts'
import { brokenMessage, correctMapping, sendAgain } from './steps.ts'

const BE_LENIENT = 'ここでこの ID プロバイダーのモードを寛容にしてください。'

export const PATCH: Explanations<keyof typeof PATCH_REFUSALS> = {
  'operation-without-value': ({ op }, { who, idp }) => ({
    cause: `${who} の変更に、値のない「${op}」があります。`,
    steps: [
      `${idp.name} で、ソースがない、または空のマッピングを探してください: ${idp.mapping}。`,
      sendAgain(idp),
    ],
  }),
  'operation-without-path': ({ op }, { who, idp }) => ({
    cause: `${who} の変更に、属性を指定しない「${op}」があります。この ID プロバイダーは厳密に読み取られます。`,
    steps: [BE_LENIENT, sendAgain(idp)],
  }),
  'remove-without-path': (_, { who, idp }) => ({
    cause: `${who} の変更に、対象を指定しない「remove」があります。何も削除されていません。`,
    steps: brokenMessage(idp),
  }),
  'operation-value-not-object': (_, { who, idp }) => ({
    cause: `${who} の変更に、属性の指定がなく、値も属性を含むオブジェクトではないものがあります。`,
    steps: brokenMessage(idp),
  }),
  'path-malformed': ({ path }, subject) => ({
    cause: `ターゲット属性 ${path} が SCIM の書式になっていません。`,
    steps: correctMapping(subject, path),
  }),
  'path-filter-wrong': ({ path, problem }, { who, idp }) => ({
    cause: `ターゲット属性 ${path} のかっこ内の条件を読み取れません(${problem})。${who} は変更されていません。`,
    steps: [`${idp.name} で、ターゲット属性の条件を修正してください: ${idp.mapping}。`, sendAgain(idp)],
  }),
  'filter-selects-nothing': ({ name }, { who, idp }) => ({
    cause: `${who} の ${name} には、ターゲット属性の条件に合う値がありません。`,
    steps: [`ターゲット属性の type と ${who} の値を比べてください: ${idp.mapping}。`, sendAgain(idp)],
  }),
  'filter-selects-many': ({ name }, { who, idp }) => ({
    cause: `${who} の ${name} には、条件に合う値が複数あります。この ID プロバイダーは厳密に読み取られます。`,
    steps: [
      `ターゲット属性の条件が 1 つの値だけを選ぶようにしてください: ${idp.mapping}。`,
      'または、ここでこの ID プロバイダーのモードを寛容にしてください。その場合はすべて変更されます。',
    ],
  }),
  'patch-too-costly': ({ limit }, { who, idp }) => ({
    cause: `${who} の変更では、1 回のリクエストで ${limit} を超える値を比較することになります。`,
    steps: [`${idp.name} が 1 回のリクエストで送信する変更の数を減らしてください。`],
  }),
  'member-without-id': ({ index }, { who, idp }) => ({
    cause: `${who} の ${index + 1} 番目のメンバーに ID がありません。`,
    steps: brokenMessage(idp),
  }),
  'member-unknown': ({ ids }, { who, idp }) => ({
    cause:
      ids.length === 1
        ? `${who} のメンバーがここにいません。ID が ${ids[0]} のユーザーもグループもありません。メンバーは変更されていません。`
        : `${who} のメンバーの一部がここにいません(${ids.join('、')} など)。メンバーは変更されていません。`,
    steps: [
      `${idp.name} で、これらのユーザーもアプリケーションに割り当ててください。メンバーになる前に作成されます。`,
      `その後、グループをもう一度送信します: ${idp.again}。`,
    ],
  }),
  'members-filter-unsupported': (_, { who, idp }) => ({
    cause: `${who} のメンバーが条件で選ばれています。この ID プロバイダーは厳密に読み取られるため、1 つの ID だけを指定できます。`,
    steps: [BE_LENIENT, sendAgain(idp)],
  }),
  'members-filter-too-costly': ({ seconds }, { who, idp }) => ({
    cause: `この条件で ${who} のメンバーを探すには ${seconds} 秒以上かかります。繰り返しても成功しません。`,
    steps: [`${idp.name} がメンバーを ID で指定するようにしてください。`],
  }),
  'members-path-unsupported': ({ path }, { who, idp }) => ({
    cause: `${path} は ${who} の個々のメンバーを変更するものです。メンバーは追加、削除、または全体の置き換えだけができます。`,
    steps: brokenMessage(idp),
  }),
}
