import type { RESOURCE_REFUSALS, Taken } from '#protocol/scim/refusals/resource.ts'
import type { Console, Explanations } from '../explanation-text.ts'
import { brokenMessage, sendAgain, wait } from './steps.ts'

function gone({ name, again }: Console): readonly string[] {
  return [
    `${name} がもう一度検索して作成するようにしてください: ${again}。`,
    '誤って削除された場合は、監査ログで誰がいつ削除したかを確認できます。',
  ]
}

const STATES = {
  active: '',
  deactivated: '(ID プロバイダーにより無効化)',
  disabled: '(管理者により無効化)',
  'deleted-in-portal': '(ポータルで削除済み)',
} as const

function holder({ holderName, holderState = 'active' }: Taken, type: 'ユーザー' | 'グループ'): string {
  const named = holderName === undefined ? `別の${type}` : `${type}「${holderName}」`
  return `${named}${STATES[holderState]}`
}

/** Returns the first step, which depends on why the user who has the value can't sign in. */
function release({ holderState }: Taken, { name }: Console): readonly string[] {
  switch (holderState) {
    case 'deactivated':
      return [`同じユーザーの場合は、新しく作成せずに、${name} でそのユーザーを有効にしてください。`]
    case 'disabled':
      return ['同じユーザーの場合は、ここでそのユーザーを有効にしてください: ユーザー。']
    case 'deleted-in-portal':
      return ['同じユーザーの場合は、ここでそのユーザーを復元してください: ユーザー。']
    default:
      return []
  }
}

const SHARED_IDS =
  'または、ここで外部 ID の重複を許可してください: ID プロバイダー › この ID プロバイダー › 外部 ID を一意にする。'
const SHARED_USER_IDS = `${SHARED_IDS}サインインで外部 ID によってユーザーを探す間は、ユーザーの外部 ID は一意のままです。`

function quotedValue({ value }: Taken): string {
  return value === undefined ? '' : `「${value}」`
}

export const RESOURCES: Explanations<keyof typeof RESOURCE_REFUSALS> = {
  'user-not-found': (_, { who, idp }) => ({
    cause: `${who} は(もう)ここに存在しませんが、${idp.name} は以前の ID を使い続けています。`,
    steps: gone(idp),
  }),
  'group-not-found': (_, { who, idp }) => ({
    cause: `${who} は(もう)ここに存在しませんが、${idp.name} は以前の ID を使い続けています。`,
    steps: gone(idp),
  }),
  'document-not-found': ({ id }, { idp }) => ({
    cause: `${idp.name} が、このサービスにない ${id} の説明を要求しました。`,
    steps: [
      `独自のスキーマの場合は、ここで宣言してください。それ以外は ${idp.name} から削除してください: ${idp.mapping}。`,
    ],
  }),
  'user-name-taken': (taken, { idp }) => ({
    cause: `userName${quotedValue(taken)}は、${holder(taken, 'ユーザー')}が使用しています。大文字と小文字は区別されません。`,
    steps: [
      ...release(taken, idp),
      `別のユーザーの場合は、${idp.name} でどちらかの名前を変更するか、重複しない値を userName にマッピングしてください: ${idp.mapping}。`,
      `同じユーザーの場合は、${idp.name} が userName で照合するようにしてください。その後、もう一度送信します: ${idp.again}。`,
    ],
  }),
  'external-id-taken': (taken, { idp }) => ({
    cause: `externalId${quotedValue(taken)}は、${holder(taken, 'ユーザー')}が使用しています。`,
    steps: [
      ...release(taken, idp),
      `ユーザーごとに異なる ID(オブジェクト ID など)を externalId にマッピングしてください: ${idp.mapping}。`,
      SHARED_USER_IDS,
      sendAgain(idp),
    ],
  }),
  'group-external-id-taken': (taken, { idp }) => ({
    cause: `externalId${quotedValue(taken)}は、${holder(taken, 'グループ')}が使用しています。`,
    steps: [
      `グループごとに異なる ID(オブジェクト ID など)を externalId にマッピングしてください: ${idp.mapping}。`,
      SHARED_IDS,
      sendAgain(idp),
    ],
  }),
  'group-name-taken': (taken, { idp }) => ({
    cause: `グループ名${quotedValue(taken)}は、${holder(taken, 'グループ')}が使用しています。大文字と小文字は区別されません。`,
    steps: [
      `${idp.name} で、どちらかのグループの名前を変更するか、割り当てから外してください。`,
      'または、ここで同じ名前のグループを許可してください: アイデンティティプロバイダー › 該当の行 › グループ名を一意にする。',
      sendAgain(idp),
    ],
  }),
  'entity-tag-malformed': (_, { idp }) => ({
    cause: 'リクエストのバージョンの指定が HTTP の書式になっていません。',
    steps: brokenMessage(idp),
  }),
  'version-changed': (_, { who, idp }) => ({
    cause: `その間に ${who} が変更されました。${idp.name} は読み直してから変更を再送信します。`,
    steps: [],
  }),
  'user-name-in-motion': (_, { who, idp }) => ({
    cause: `同じ瞬間に ${who} の作成と削除が繰り返されました。中途半端な変更は行われていません。`,
    steps: wait(idp),
  }),
}
